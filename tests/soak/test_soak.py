"""A short soak in every run of the suite. `make soak SECONDS=…` runs a longer one; docs/soak.md."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.soak.campaign import report, run_campaign
from tests.soak.ground import Ground, soak_ground

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SECONDS = 40
SEED = 1


@pytest.fixture
def ground(transactional_db: None, tmp_path: Path) -> Iterator[Ground]:
    with soak_ground(tmp_path) as running:
        yield running


def test_nothing_makes_the_money_go_wrong(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    campaign = run_campaign(ground, seconds=SECONDS, seed=SEED)

    with capsys.disabled():
        sys.stdout.write(f"\n{report(campaign)}\n")
    assert campaign.failures == []
    assert campaign.runs > 0
