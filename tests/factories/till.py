"""What is taken at the counter, for tests: without a word more it is Olga's drawer and one bill paid whole in cash."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from billing.desk.annulling import annul_desk_payment
from billing.desk.bills import ShownBill, payable_bills
from billing.desk.shifts import close_shift, expected_cash, open_shift
from billing.desk.taking import CardSlip, CashHandedOver, DeskOrder, take_desk_payment
from billing.external_payments import CardMeans
from billing.models import Invoice, TillPayment, TillShift
from oficina.shared.dates import today
from oficina.shared.ids import public_id
from oficina.shared.money import ZERO
from tests.factories.accounts import ServiceAccountFactory, UserFactory
from tests.factories.billing import InvoiceFactory

OPENING_CASH = Decimal("5000.00")


def opened_till(clerk: User, *, cash: Decimal = OPENING_CASH) -> TillShift:
    """A shift of this person, open."""
    return open_shift(clerk, cash, now=timezone.now())


def card_slip(coupon: str = "42", *, terminal: str = "61234567", batch: str = "18") -> CardSlip:
    """What the terminal printed for a Visa."""
    card = CardMeans(brand="visa", funding="debit", last4="4417")
    return CardSlip(card=card, terminal=terminal, batch=batch, coupon=coupon, authorization="A1B2C3")


def desk_order(
    *invoices: Invoice,
    amount: Decimal | None = None,
    means: CashHandedOver | CardSlip | None = None,
    key: str | None = None,
) -> DeskOrder:
    """Bills of one account as they are shown now; paid whole and with the exact cash unless the test says otherwise."""
    account = invoices[0].account
    shown = shown_now(invoices)
    wanted = sum((bill.due for bill in shown), ZERO) if amount is None else amount
    return DeskOrder(
        account=account,
        bills=shown,
        amount=wanted,
        means=means or CashHandedOver(handed_over=wanted),
        key=key or public_id(),
    )


def shown_now(invoices: Sequence[Invoice]) -> list[ShownBill]:
    """The prices of today."""
    priced = payable_bills(invoices[0].account, on=today()).in_bulk([invoice.pk for invoice in invoices])
    return [ShownBill(invoice_id=bill.pk, due=bill.amount_due) for bill in priced.values()]


def taken_at_desk(*invoices: Invoice, by: User, means: CashHandedOver | CardSlip | None = None) -> TillPayment:
    """Bills of one account paid at the counter, in the open shift of this person."""
    return take_desk_payment(desk_order(*invoices, means=means), by=by, now=timezone.now())


def a_row_of_each_table() -> None:
    """A closed shift with cash; and one that is open, with cash, a card and a card that was annulled. Of new people."""
    account = ServiceAccountFactory.create()
    first, second = UserFactory.create(is_staff=True), UserFactory.create(is_staff=True)
    closed = opened_till(first)
    taken_at_desk(InvoiceFactory.create(account=account), by=first)
    closed_till(closed)
    shift = opened_till(second)
    taken_at_desk(InvoiceFactory.create(account=account), by=second)
    for coupon in ("1", "2"):
        slip = card_slip(coupon, terminal=f"T{shift.pk}")
        card = taken_at_desk(InvoiceFactory.create(account=account), by=second, means=slip)
    annul_desk_payment(card.pk, by=second, reason="Otra cuenta", now=timezone.now())


def closed_till(shift: TillShift, *, counted: Decimal | None = None, reason: str = "") -> TillShift:
    """The shift, closed by its clerk with all its cash unless the test says otherwise."""
    expected = expected_cash(shift)
    return close_shift(
        shift.pk,
        by=shift.clerk,
        counted=expected if counted is None else counted,
        expected=expected,
        reason=reason,
        now=timezone.now(),
    )
