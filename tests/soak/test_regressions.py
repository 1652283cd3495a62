"""What the soak found, as sequences of acts that are played again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from billing.models import Discrepancy
from tests.soak.campaign import play
from tests.soak.ground import Ground, soak_ground
from tests.soak.world import Step

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def ground(transactional_db: None, tmp_path: Path) -> Iterator[Ground]:
    with soak_ground(tmp_path) as running:
        yield running


REFUND_OVERTAKES_ITS_PAYMENT: list[Step] = [
    # Only charge.refunded came, which names no reference of ours: the refund passed for one of nobody's payment.
    ("start", {"bills": [6], "who": 1}),
    ("drop", {"about": "checkout.session.*", "times": 8}),
    ("hold", {"about": "*", "order": "reversed", "seed": 0, "size": 0, "times": 3}),
    ("refund_before_we_know", {"payment": 0, "share": 50}),
    ("release", {"order": "reversed", "seed": 0}),
]

REFUND_OF_LATE_MONEY: list[Step] = [
    # The payment had been given up, so that nobody asked about it, and the refund was put before the office.
    ("start", {"bills": [6], "who": 1}),
    ("close_too_late", {"times": 1}),
    ("start", {"bills": [6, 1], "who": 0}),
    ("drop", {"about": "checkout.session.*", "times": 8}),
    ("refund_before_we_know", {"payment": 0, "share": 25}),
]

REVERSAL_BEFORE_ITS_OPERATION: list[Step] = [
    # Not a fault: an operation that was undone before it was told never comes in.
    ("notify_reversal", {"number": 1, "copies": 2}),
    ("notify", {"number": 1, "lines": {1: 2489, 5: 64000}, "copies": 2}),
    ("rendicion", {"number": 1, "lines": {1: 2489, 5: 64000}}),
]

REVERSAL_OF_WHAT_WAS_GIVEN_BACK: list[Step] = [
    # The office had given all of it back: nothing was left to undo, and the hourly job took it up for ever.
    ("notify", {"number": 1, "lines": {5: 250050}, "copies": 1}),
    ("refund", {"payment": 0, "share": 100, "clicks": 1}),
    ("notify_reversal", {"number": 1, "copies": 1}),
]

REVERSAL_KEPT_BY_A_PROCESS_THAT_DIED: list[Step] = [
    # Not a fault: nobody was answered, and the stored message is acted on all the same.
    ("let_crash", {"point": "event stored"}),
    ("notify_reversal", {"number": 6, "copies": 1}),
]

DATABASE_DOWN_WHILE_WEBHOOKS_ARE_UNDER_WAY: list[Step] = [
    # Not a fault: the payment is refused at once, and messages before it are still being answered without a database.
    ("start", {"bills": [4, 4, 3], "who": 1}),
    ("two_tabs", {"first": [1, 0, 4], "second": [6], "who": [1, 1]}),
    ("surcharge", {"bill": 3, "cents": 9020}),
    ("pay", {"card": "refunds fail later", "payment": 2}),
    ("pay_while_the_database_is_down", {"payment": 4}),
    ("one_event_many_times", {"copies": 2, "payment": 5}),
]

LATE_MONEY_FOR_WHAT_ANOTHER_CHECKOUT_OFFERS: list[Step] = [
    # The bill was paid by the attempt that had been given up, and the other checkout went on asking for it.
    ("start", {"bills": [6], "who": 1}),
    ("close_too_late", {"times": 1}),
    ("start", {"bills": [6, 1], "who": 0}),
    ("pay_what_was_given_up", {"payment": 0}),
]


@pytest.mark.parametrize("waits", [True, False], ids=["waits", "goes on"])
@pytest.mark.parametrize(
    "steps",
    [
        REFUND_OVERTAKES_ITS_PAYMENT,
        REFUND_OF_LATE_MONEY,
        REVERSAL_BEFORE_ITS_OPERATION,
        REVERSAL_OF_WHAT_WAS_GIVEN_BACK,
        REVERSAL_KEPT_BY_A_PROCESS_THAT_DIED,
        DATABASE_DOWN_WHILE_WEBHOOKS_ARE_UNDER_WAY,
        LATE_MONEY_FOR_WHAT_ANOTHER_CHECKOUT_OFFERS,
    ],
    ids=[
        "refund overtakes",
        "refund of late money",
        "reversal first",
        "reversal of nothing left",
        "reversal kept, not answered",
        "database down",
        "late money",
    ],
)
def test_what_once_went_wrong(ground: Ground, steps: list[Step], *, waits: bool) -> None:
    """`play` raises at the first invariant that does not hold, after each step and at rest."""
    play(ground, steps, waits=waits)


def test_a_payment_and_its_refund_that_nobody_told_of_in_order_are_nothing_for_the_office(ground: Ground) -> None:
    play(ground, REFUND_OVERTAKES_ITS_PAYMENT)

    assert Discrepancy.objects.count() == 0
