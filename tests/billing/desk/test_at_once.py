"""The counter at the moment of something else: real commits, each thread with its own connection."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import User
from billing.desk.annulling import annul_desk_payment
from billing.desk.refusals import AnnulmentTooLate, BillsMoved, CouponUsed, NoOpenShift, ShiftAlreadyOpen, TillMoved
from billing.desk.shifts import close_shift, open_shift
from billing.desk.taking import DeskOrder, take_desk_payment
from billing.models import CreditEntry, Payment, Receipt, Refund, TillPayment, TillShift
from billing.refusals import BillingRefusal
from billing.settlement import settle_payment
from tests.billing.ledger.test_concurrency import at_once
from tests.factories.accounts import ServiceAccountFactory, UserFactory
from tests.factories.billing import InvoiceFactory, open_checkout, paid
from tests.factories.till import OPENING_CASH, card_slip, desk_order, opened_till, taken_at_desk
from tests.ledger_invariants import ledger_invariants

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4
PRICE = Decimal("1000.00")


@pytest.fixture(autouse=True)
def _books_hold() -> Iterator[None]:
    yield
    ledger_invariants()


def clerk() -> User:
    """Somebody of the office with an open shift."""
    person = UserFactory.create(is_staff=True)
    opened_till(person)
    return person


def done(act: Callable[[], object]) -> str:
    """`done`, or the name of what refused it."""
    try:
        act()
    except BillingRefusal as refusal:
        return type(refusal).__name__
    return "done"


def takes(order: DeskOrder, by: User) -> Callable[[], str]:
    return lambda: done(partial(take_desk_payment, order, by=by, now=timezone.now()))


def test_a_form_sent_ten_times_at_once_is_one_payment() -> None:
    order, by = desk_order(InvoiceFactory.create()), clerk()
    assert at_once(*[takes(order, by)] * 10) == ["done"] * 10
    assert (Payment.objects.count(), TillPayment.objects.count(), Receipt.objects.count()) == (1, 1, 1)


def test_two_clerks_take_one_bill_once() -> None:
    for _ in range(ROUNDS):
        bill = InvoiceFactory.create()
        outcomes = at_once(*[takes(desk_order(bill), clerk()) for _ in range(3)])
        assert sorted(outcomes) == [BillsMoved.__name__, BillsMoved.__name__, "done"]
        assert bill.allocations.count() == 1


def test_the_counter_or_the_checkout_pays_and_no_peso_is_lost() -> None:
    for _ in range(ROUNDS):
        bill = InvoiceFactory.create()
        checkout = open_checkout(bill)
        at_desk, _ = at_once(
            takes(desk_order(bill), clerk()),
            partial(done, partial(settle_payment, checkout.pk, paid(checkout), cause="webhook")),
        )
        bill.refresh_from_db()
        credit = CreditEntry.objects.filter(account=bill.account).balance()
        assert bill.is_paid
        assert (at_desk, credit) in [("done", PRICE), (BillsMoved.__name__, Decimal("0.00"))]


def test_one_coupon_is_taken_once() -> None:
    for coupon in range(ROUNDS):
        bills = [InvoiceFactory.create(account=ServiceAccountFactory.create()) for _ in range(3)]
        orders = [desk_order(bill, means=card_slip(f"{coupon + 1}")) for bill in bills]
        outcomes = at_once(*[takes(order, clerk()) for order in orders])
        assert sorted(outcomes) == [CouponUsed.__name__, CouponUsed.__name__, "done"]
    assert Payment.objects.count() == ROUNDS, "what was refused left no payment"


def test_a_shift_closes_with_or_without_what_is_being_taken() -> None:
    for _ in range(ROUNDS):
        by = clerk()
        shift = TillShift.objects.still_open().of(by).get()
        closing = partial(
            close_shift, shift.pk, by=by, counted=OPENING_CASH, expected=OPENING_CASH, reason="", now=timezone.now()
        )
        outcomes = at_once(takes(desk_order(InvoiceFactory.create()), by), partial(done, closing))
        assert outcomes in (["done", TillMoved.__name__], [NoOpenShift.__name__, "done"])


def test_it_is_annulled_once_or_the_shift_is_closed_before() -> None:
    for _ in range(ROUNDS):
        by = clerk()
        bill = InvoiceFactory.create()
        taken = taken_at_desk(bill, by=by)
        annulling = partial(annul_desk_payment, taken.pk, by=by, reason="Otra cuenta", now=timezone.now())
        total = OPENING_CASH + PRICE
        closing = partial(
            close_shift, taken.shift_id, by=by, counted=total, expected=total, reason="", now=timezone.now()
        )
        outcomes = at_once(*[partial(done, annulling)] * 3, partial(done, closing))
        refunds = Refund.objects.filter(payment=taken.payment).count()
        assert (outcomes, refunds) in [
            (["done", "done", "done", TillMoved.__name__], 1),
            ([AnnulmentTooLate.__name__] * 3 + ["done"], 0),
        ]


def test_two_windows_open_one_shift() -> None:
    person = UserFactory.create(is_staff=True)
    opening = partial(open_shift, person, Decimal("100.00"), now=timezone.now())
    assert sorted(at_once(*[partial(done, opening)] * 4)) == [ShiftAlreadyOpen.__name__] * 3 + ["done"]
    assert TillShift.objects.count() == 1
