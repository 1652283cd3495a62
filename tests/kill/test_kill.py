"""Web and worker die by SIGKILL at each marked point of scenarios 6 to 8: nothing is lost, nothing happens twice.

Real processes on a real database, with the local Stripe beside them. docs/killing-processes.md tells of the points.
"""

from collections import Counter
from collections.abc import Callable

import pytest

from billing.enums import PaymentState
from billing.models import Allocation, Receipt
from tests.kill.aftermath import check_nothing_lost_nothing_twice, pay_what_is_open, recover
from tests.kill.conftest import ROUNDS
from tests.kill.points import POINTS, Point
from tests.kill.stage import Stage

pytestmark = pytest.mark.django_db(transaction=True)

CUSTOMERS = 3


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_killed_at_a_marked_point(
    point: Point, stages: Callable[[int], Stage], tell: Callable[[str, Counter[str]], None]
) -> None:
    counted = Counter[str]()
    for _ in range(ROUNDS):
        stage = stages(CUSTOMERS)
        with point.reached(stage):
            stage.processes.kill(point.dies)
        stage.wait_until_nothing_is_under_way()
        check_what_is_left(point, stage)

        recover(stage)
        pay_what_is_open(stage)

        check_nothing_lost_nothing_twice(stage)
        counted.update(rounds=1, in_hand=CUSTOMERS)
    tell(str(point), counted)


def check_what_is_left(point: Point, stage: Stage) -> None:
    """The dead left what was committed before, and nothing of what they were at."""
    states = [PaymentState(payment.state) for payment in stage.payments()]
    settled = states.count(PaymentState.SUCCEEDED)
    assert states == [point.first_left or point.left, *[point.left] * (len(stage.customers) - 1)]
    assert Receipt.objects.filter(payment__account__in=stage.account_ids).count() == settled
    assert Allocation.objects.filter(payment__account__in=stage.account_ids).count() == 2 * settled
