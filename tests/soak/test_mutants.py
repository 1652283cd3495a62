"""Deliberate bugs that need a certain order of events to show: played in that order, the soak notices each of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.soak.campaign import play
from tests.soak.ground import Ground, soak_ground
from tests.soak.mutants import MUTANTS
from tests.soak.orders import ORDERS
from tests.soak.violations import Violation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def ground(transactional_db: None, tmp_path: Path) -> Iterator[Ground]:
    with soak_ground(tmp_path) as running:
        yield running


def test_each_is_noticed_by_its_truth_and_nothing_is_without_it(ground: Ground) -> None:
    put_in = {mutant.name: mutant.put_in for mutant in MUTANTS}
    for name, (truth, steps) in ORDERS.items():
        with put_in[name](), pytest.raises(Violation) as noticed:
            play(ground, steps)
        assert (name, noticed.value.truth) == (name, truth)
        play(ground, steps)
