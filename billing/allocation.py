"""Where the money of a settled payment goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from billing.enums import AllocationReason, CreditReason
from billing.hooks import InvoiceChange, tell_invoices
from billing.models import CreditEntry, CreditUse, Payment, Receipt
from billing.receipts import schedule_receipt
from oficina.shared.money import ZERO


def allocate_payment(payment: Payment, *, at: datetime) -> Receipt:
    """Put the money of a payment that just became `succeeded` on its bills, and issue its receipt.

    The caller holds the locks of account and payment; the bills are locked here, by id. What a bill does not take and
    what no item asked for becomes credit. Upper apps are told of the bills that are now paid, and drawing and
    mailing the receipt is scheduled, all in the caller's transaction.
    """
    if payment.paid_at is None or payment.amount_received is None:
        raise ValueError(f"payment {payment.pk} has not received anything")
    paid_on = timezone.localdate(payment.paid_at)
    items = payment.items.order_by("invoice_id").values_list("pk", "invoice_id")
    put = {invoice_id: _allocate_item(item_id, paid_on=paid_on, at=at) for item_id, invoice_id in items}
    _credit_what_no_item_asked_for(payment, at=at)
    tell_of_money(put)
    receipt = Receipt.objects.create(payment=payment, issued_at=at)
    schedule_receipt(receipt)
    return receipt


@dataclass(frozen=True, kw_only=True)
class MoneyForBill:
    """Pesos of a payment meant for a bill, with the surcharge, in all, that was promised for it."""

    payment_id: int
    invoice_id: int
    amount: Decimal
    surcharge_when_paid: Decimal
    reason: AllocationReason
    credit_use: CreditUse | None = None


@dataclass(frozen=True)
class Put:
    """What a bill took of the money that was put on it, in pesos, and whether it is paid now."""

    taken: Decimal
    settled: bool


def put_on_bill(money: MoneyForBill, *, on: date, at: datetime) -> Put:
    """Put money on a bill, at the price of a local date, up to what the bill still needs.

    The rule is `billing_put_on_bill` in `billing/sql/allocation.sql`. The caller holds the locks of account and
    payment, and tells the upper apps.
    """
    use_id = money.credit_use.pk if money.credit_use else None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT taken, settled FROM billing_put_on_bill(%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                money.payment_id, money.invoice_id, money.amount, money.surcharge_when_paid, on, at, money.reason,
                use_id,
            ],
        )  # fmt: skip
        taken, settled = cursor.fetchone() or (ZERO, False)
    return Put(taken, settled)


def tell_of_money(put: Mapping[int, Put]) -> None:
    """Tell the upper apps which of these bills, by their ids, are paid now, and which only took money."""
    tell_invoices(InvoiceChange.SETTLED, sorted(pk for pk, each in put.items() if each.settled))
    tell_invoices(
        InvoiceChange.BALANCE_MOVED, sorted(pk for pk, each in put.items() if each.taken and not each.settled)
    )


def _allocate_item(item_id: int, *, paid_on: date, at: datetime) -> Put:
    """Runs the rule of `billing/sql/allocation.sql`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT taken, settled FROM billing_allocate_item(%s, %s, %s)", [item_id, paid_on, at])
        taken, settled = cursor.fetchone() or (ZERO, False)
    return Put(taken, settled)


def _credit_what_no_item_asked_for(payment: Payment, *, at: datetime) -> None:
    asked: Decimal = payment.items.aggregate(total=Sum("amount"))["total"] or ZERO
    rest = (payment.amount_received or ZERO) - asked
    if rest > 0:
        CreditEntry.objects.create(
            account_id=payment.account_id,
            payment=payment,
            amount=rest,
            reason=CreditReason.UNASSIGNED,
            created_at=at,
        )
