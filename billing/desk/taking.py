"""Taking a payment at the counter: one act for the ledger and the till."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import psycopg
from django.db import IntegrityError, transaction

from accounts.models import ServiceAccount, User
from billing.desk.bills import ShownBill, as_shown, lines_for, refuse_under_way
from billing.desk.refusals import CouponUsed, HandedOverTooLittle, TillKeyUsed
from billing.desk.shifts import lock_shift_to_take_in
from billing.enums import PaymentChannel, TillMeans
from billing.external_payments import CardMeans, ReceivedOperation, record_external_payment
from billing.locks import lock_account, lock_invoices
from billing.models import TillPayment
from oficina.shared.dates import local_day

CAUSE = "caja"


@dataclass(frozen=True, kw_only=True)
class CashHandedOver:
    """Pesos that somebody put on the counter; the change is what exceeds the payment."""

    handed_over: Decimal


@dataclass(frozen=True, kw_only=True)
class CardSlip:
    """What the card terminal printed. A coupon counts once for its terminal and batch."""

    card: CardMeans
    terminal: str
    batch: str
    coupon: str
    authorization: str


@dataclass(frozen=True, kw_only=True)
class DeskOrder:
    """What is paid: `bills` as they were shown, `amount` in pesos on them, the ones due first, first. `key` is that of
    the form.
    """

    account: ServiceAccount
    bills: Sequence[ShownBill]
    amount: Decimal
    means: CashHandedOver | CardSlip
    key: str


def take_desk_payment(order: DeskOrder, *, by: User, now: datetime) -> TillPayment:
    """Record what somebody pays at the counter, settled as money of any other channel is, in the open shift of whoever
    takes it. The same key again, at the same moment or later, gives the same payment.

    Everybody who pays a bill waits for the lock of its account, so that of two at once the second finds it paid.
    Checkouts that are open on the bills are closed by a job. The receipt is issued, and mailed to whoever has the
    account linked.

    Raises NoOpenShift, ShiftOfAnotherDay, BillsMoved, BillsUnderWay, AmountOutOfRange, PartDoesNotReach, OfferedInPart,
    HandedOverTooLittle, CouponUsed and TillKeyUsed.
    """
    if isinstance(order.means, CashHandedOver) and order.means.handed_over < order.amount:
        raise HandedOverTooLittle(order.means.handed_over, order.amount)
    earlier = _taken_before(order)
    if earlier is not None:
        return earlier
    try:
        with transaction.atomic():
            return _take(order, by, now)
    except IntegrityError as error:
        if _rule(error) != "till_payment_coupon_once" or not isinstance(order.means, CardSlip):
            raise
        _refuse_used_coupon(order.means)
        raise


def _take(order: DeskOrder, by: User, now: datetime) -> TillPayment:
    shift = lock_shift_to_take_in(by, now=now)
    earlier = _taken_before(order)  # the other click of a double one has had the shift until now
    if earlier is not None:
        return earlier
    if isinstance(order.means, CardSlip):
        _refuse_used_coupon(order.means)
    lock_account(order.account.pk)
    ids = [bill.invoice_id for bill in order.bills]
    lock_invoices(ids)
    bills = as_shown(order.account, order.bills, on=local_day(now))
    refuse_under_way(ids)
    lines = lines_for(bills, order.amount)
    taken = TillPayment(shift=shift, number=shift.payments.count() + 1, key=order.key, amount=order.amount)
    _tell_means(taken, order.means)
    taken.payment = record_external_payment(
        ReceivedOperation(
            channel=_channel(order.means),
            operation_number=str(taken),
            account=order.account,
            lines=lines,
            amount=order.amount,
            paid_at=now,
            card=order.means.card if isinstance(order.means, CardSlip) else None,
        ),
        cause=CAUSE,
    )
    taken.save()
    return taken


def _taken_before(order: DeskOrder) -> TillPayment | None:
    earlier = TillPayment.objects.filter(key=order.key).select_related("payment", "shift").first()
    if earlier is None:
        return None
    if (earlier.payment.account_id, earlier.amount) != (order.account.pk, order.amount):
        raise TillKeyUsed
    return earlier


def _channel(means: CashHandedOver | CardSlip) -> PaymentChannel:
    return PaymentChannel.DESK_CARD if isinstance(means, CardSlip) else PaymentChannel.DESK_CASH


def _tell_means(taken: TillPayment, means: CashHandedOver | CardSlip) -> None:
    if isinstance(means, CashHandedOver):
        taken.means = TillMeans.CASH
        taken.handed_over = means.handed_over
    else:
        taken.means = TillMeans.CARD
        taken.terminal = means.terminal
        taken.batch = means.batch
        taken.coupon = means.coupon
        taken.authorization = means.authorization


def _refuse_used_coupon(slip: CardSlip) -> None:
    named = {"terminal": slip.terminal, "batch": slip.batch, "coupon": slip.coupon}
    earlier = TillPayment.objects.standing().filter(means=TillMeans.CARD, **named).select_related("payment").first()
    if earlier is not None:
        raise CouponUsed(earlier.payment)


def _rule(error: IntegrityError) -> str | None:
    return error.__cause__.diag.constraint_name if isinstance(error.__cause__, psycopg.Error) else None
