"""Giving money of a payment back: asked for by the office, made at the provider's, or taken back by a channel.

The network is never inside a transaction: the refund is saved with its exact request, and its amount leaves the ledger;
then the provider is called; then what it says is applied by `record_refund`, which may come twice, late or in any
order. A refund that fails, even one that was done, gives the money back to the ledger.
"""

import logging
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from billing.discrepancies import open_discrepancy
from billing.enums import DiscrepancyKind, PaymentState, RefundRoute, RefundState
from billing.gateway.configured import returns_gateway
from billing.gateway.errors import ProviderRefusedError, ProviderUnavailableError
from billing.gateway.returns import RefundReport, RefundStatus
from billing.locks import lock_payment
from billing.models import Payment, Refund
from billing.refund_mails import mail_refund_done, mail_refund_failed
from billing.refund_requests import RefundWish, insert_refund, refuse_no_amount
from billing.refusals import PaymentNotRefundable, RefundExceeds, RefundKeyUsed
from billing.returned_money import FOR_A_REFUND, left_of, rebalance
from billing.transitions import REFUND_TRANSITIONS
from oficina.shared.money import CURRENCY

MADE_ELSEWHERE = "Hecha en la plataforma de pago"
"""The reason of a refund that nobody of the office asked for here."""

_KEY_LIVES = timedelta(hours=23)
"""Providers forget idempotency keys after 24 hours; before that a repeated request cannot make a second refund."""

_STATES = {
    RefundStatus.PENDING: RefundState.PENDING,
    RefundStatus.SUCCEEDED: RefundState.SUCCEEDED,
    RefundStatus.FAILED: RefundState.FAILED,
}

_log = logging.getLogger(__name__)


class RefundWaitsError(Exception):
    """A refund of ours, whose end is not known, has left nothing for this one that the provider tells of: ask later."""


def request_refund(payment: Payment, wish: RefundWish) -> Refund:
    """Give money of a payment back, and tell how it went so far. Call it outside any transaction.

    What was paid through the provider goes back through it; whatever else, the office hands over, and that is done when
    this returns. The same key again gives the same refund. When the provider does not answer, the refund stays as it is
    and the periodic job goes on with it.

    Raises PaymentNotRefundable, RefundOfNothing, RefundExceeds, RefundKeyUsed, RefundReferenceMissing and
    RefundReferenceUsed.
    """
    refund = save_refund(payment, wish, now=timezone.now())
    return send_refund(refund)


def save_refund(payment: Payment, wish: RefundWish, *, now: datetime) -> Refund:
    """The refund with its exact request, its money out of the ledger, before anybody is called. As `request_refund`."""
    refuse_no_amount(wish.amount)
    with transaction.atomic():
        locked = lock_payment(payment.pk)
        earlier = Refund.objects.filter(idempotency_key=wish.key).first()
        if earlier is not None:
            if (earlier.payment_id, earlier.amount) != (locked.pk, wish.amount):
                raise RefundKeyUsed
            return earlier
        if locked.state != PaymentState.SUCCEEDED:
            raise PaymentNotRefundable(locked)
        left = left_of(locked)
        if wish.amount > left:
            raise RefundExceeds(wish.amount, left)
        refund = insert_refund(locked, wish, now)
        rebalance(locked, FOR_A_REFUND, at=now)
        if refund.state == RefundState.SUCCEEDED:
            mail_refund_done(refund)
    _log.info("refund %s of payment %s: saved", refund.public_id, locked.public_id)
    return refund


def send_refund(refund: Refund) -> Refund:
    """Send the saved request of a refund that the provider has not confirmed, for the first time or again.

    The same key makes it one refund however often it is sent. When the provider refuses it and knows of no refund made
    for it, the refund fails.
    """
    if refund.state != RefundState.CREATED:
        return refund
    try:
        report = _created(refund)
    except ProviderRefusedError as refusal:
        return _fail_unmade(refund, refusal.code)
    except ProviderUnavailableError:
        _log.warning("refund %s: the provider did not answer", refund.public_id)
        return Refund.objects.get(pk=refund.pk)
    _log.info("refund %s: the provider made %s", refund.public_id, report.refund_id)
    record_refund(refund.payment_id, report)
    return Refund.objects.get(pk=refund.pk)


def record_refund(payment_id: int, report: RefundReport) -> Refund | None:
    """Bring a refund to where the provider's report says it is, in one transaction; gives it as it then is.

    Ours is known by its reference or by the provider's name for it; one that was made at the provider's is recorded as
    it is found. Right when run twice, at the same time, and with reports in any order. None when the report cannot be
    one of this ledger, which is then before the office: of an unsettled payment, in another currency or amount, or of
    more than was received. Raises RefundWaitsError.
    """
    now = timezone.now()
    with transaction.atomic():
        payment = lock_payment(payment_id)
        refund = _known(payment, report)
        if (
            payment.state != PaymentState.SUCCEEDED
            or report.currency != CURRENCY
            or (refund is not None and refund.amount != report.amount)
        ):
            _put_before_the_office(payment, report)
            return None
        if refund is None:
            refund = _found(payment, report, now)
        elif not _apply(refund, report, now):
            return refund
        if refund is not None:
            rebalance(payment, FOR_A_REFUND, at=now)
    return refund


def record_reversal(
    payment_id: int, *, amount: Decimal, operation_number: str, reversed_at: datetime, reason: str
) -> Refund:
    """The channel took back what it had brought, wholly or in part: pesos; `operation_number` is its own name for the
    reversal, unique within the payment. Once, however often it is told.

    Raises RefundExceeds, PaymentNotRefundable, RefundOfNothing, and RefundKeyUsed when that number was of another
    amount.
    """
    refuse_no_amount(amount)
    with transaction.atomic():
        payment = lock_payment(payment_id)
        earlier = payment.refunds.filter(route=RefundRoute.CHANNEL, operation_number=operation_number).first()
        if earlier is not None:
            if earlier.amount != amount:
                raise RefundKeyUsed
            return earlier
        if payment.state != PaymentState.SUCCEEDED or payment.provider_payment_id is not None:
            raise PaymentNotRefundable(payment)
        left = left_of(payment)
        if amount > left:
            raise RefundExceeds(amount, left)
        refund = Refund.objects.create(
            payment=payment,
            route=RefundRoute.CHANNEL,
            state=RefundState.SUCCEEDED,
            amount=amount,
            reason=reason,
            operation_number=operation_number,
            succeeded_at=reversed_at,
        )
        rebalance(payment, FOR_A_REFUND, at=timezone.now())
    return refund


def _created(refund: Refund) -> RefundReport:
    provider = returns_gateway()
    refusal = ProviderRefusedError("idempotency_key_forgotten")
    if refund.request is None or refund.idempotency_key is None:
        raise LookupError(f"refund {refund.pk} is not one of ours")
    if timezone.now() - refund.created_at < _KEY_LIVES:
        try:
            return provider.create_refund(refund.request, key=refund.idempotency_key)
        except ProviderRefusedError as error:
            refusal = error
    # A refusal may be of the repetition only; the refund is then among those of the payment.
    for report in provider.list_refunds(refund.payment.provider_payment_id or ""):
        if report.reference == refund.public_id:
            return report
    raise refusal


def _fail_unmade(refund: Refund, code: str) -> Refund:
    now = timezone.now()
    with transaction.atomic():
        payment = lock_payment(refund.payment_id)
        current = Refund.objects.get(pk=refund.pk)
        if current.state == RefundState.CREATED:
            _fail(current, code, now)
            rebalance(payment, FOR_A_REFUND, at=now)
    _log.warning("refund %s: the provider refused it: %s", refund.public_id, code)
    return current


def _known(payment: Payment, report: RefundReport) -> Refund | None:
    return (
        payment.refunds.filter(provider_refund_id=report.refund_id).first()
        or payment.refunds.filter(
            public_id=report.reference, provider_refund_id=None, route=RefundRoute.PROVIDER
        ).first()
    )


def _found(payment: Payment, report: RefundReport, now: datetime) -> Refund | None:
    """The row of a refund that was made at the provider's; None when the payment has no money left for it."""
    if report.status is not RefundStatus.FAILED:
        left = (payment.amount_received or 0) - payment.refunds.standing().total()
        if report.amount > left:
            if payment.refunds.filter(state=RefundState.CREATED).exists():
                raise RefundWaitsError(report.refund_id)
            _put_before_the_office(payment, report)
            return None
    state = _STATES[report.status]
    refund = Refund.objects.create(
        payment=payment,
        state=state,
        amount=report.amount,
        reason=MADE_ELSEWHERE,
        provider_refund_id=report.refund_id,
        failure_reason=_failure(report),
        created_at=min(report.made_at, now),
        succeeded_at=now if state == RefundState.SUCCEEDED else None,
        failed_at=now if state == RefundState.FAILED else None,
    )
    if state == RefundState.SUCCEEDED:
        mail_refund_done(refund)
    return refund


def _apply(refund: Refund, report: RefundReport, now: datetime) -> bool:
    """Whether the report told something new, which is then saved."""
    before, after = RefundState(refund.state), _STATES[report.status]
    if (before, after) not in REFUND_TRANSITIONS:
        return False
    refund.provider_refund_id = report.refund_id
    if after == RefundState.FAILED:
        _fail(refund, _failure(report), now)
        return True
    refund.state = after
    if after == RefundState.SUCCEEDED:
        refund.succeeded_at = now
        mail_refund_done(refund)
    refund.save()
    return True


def _fail(refund: Refund, why: str, now: datetime) -> None:
    was_told = refund.state != RefundState.CREATED
    refund.state = RefundState.FAILED
    refund.failure_reason = why
    refund.failed_at = now
    refund.save()
    if was_told:
        mail_refund_failed(refund)


def _failure(report: RefundReport) -> str:
    return (report.failure_reason or "unknown") if report.status is RefundStatus.FAILED else ""


def _put_before_the_office(payment: Payment, report: RefundReport) -> None:
    open_discrepancy(
        DiscrepancyKind.REFUND_DIFFERS,
        about=report.refund_id,
        payment=payment,
        detail={
            "refund": report.refund_id,
            "amount": f"{report.amount} {report.currency}",
            "status": report.status,
            "payment_state": payment.state,
        },
    )
