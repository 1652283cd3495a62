"""Something happened to an object of the provider's: it is asked how that is now, and the answer goes to the ledger."""

from dataclasses import dataclass
from typing import assert_never

from billing.disputes import record_dispute
from billing.enums import PaymentState
from billing.gateway.base import EventSubject
from billing.gateway.configured import gateway, returns_gateway
from billing.gateway.errors import ProviderRefusedError, UnknownCheckoutError
from billing.gateway.returns import PaymentOfProvider, RefundReport
from billing.models import Payment
from billing.open_checkouts import ask_provider
from billing.refunds import record_refund
from billing.settlement import settle_payment


@dataclass(eq=False)
class UnknownToLedgerError(Exception):
    """The object does not exist at the provider, or is about a payment that is none of ours."""

    kind: str
    object_id: str


def follow_checkout(session_id: str, *, cause: str) -> Payment:
    """Settle the payment of a checkout. Raises UnknownToLedgerError and ProviderUnavailableError."""
    try:
        report = gateway().retrieve_checkout(session_id)
    except UnknownCheckoutError as error:
        raise UnknownToLedgerError("session", session_id) from error
    # Our reference, not the session's id: the event may overtake the answer to the call that made the session.
    payment = Payment.objects.filter(public_id=report.reference).first()
    if payment is None:
        raise UnknownToLedgerError("session", report.session_id)
    return settle_payment(payment.pk, report, cause=cause)


def follow_return(subject: EventSubject, object_id: str, *, cause: str) -> Payment:
    """Record a refund, every refund of a payment, or a dispute.

    Raises UnknownToLedgerError, ProviderUnavailableError, and RefundWaitsError when it has to be asked again.
    """
    returns = returns_gateway()
    try:
        match subject:
            case EventSubject.REFUND:
                return _record_refunds(returns.retrieve_refund(object_id).payment, object_id, cause)
            case EventSubject.REFUNDED_PAYMENT:
                return _record_refunds(PaymentOfProvider(provider_payment_id=object_id, reference=""), object_id, cause)
            case EventSubject.DISPUTE:
                dispute = returns.retrieve_dispute(object_id)
                payment = _payment(dispute.payment, "dispute", object_id, cause)
                record_dispute(payment.pk, dispute)
                return payment
            case EventSubject.CHECKOUT:
                raise ValueError(subject)
    except ProviderRefusedError as error:
        raise UnknownToLedgerError(subject, object_id) from error
    assert_never(subject)


def _record_refunds(of: PaymentOfProvider, object_id: str, cause: str) -> Payment:
    """All refunds of the payment, since one that failed makes room for another that was told before."""
    reports = returns_gateway().list_refunds(of.provider_payment_id)
    # They name our reference too, by which a payment is found whose name at the provider has not reached us yet.
    payment = _payment(reports[0].payment if reports else of, "refund", object_id, cause)
    for report in sorted(reports, key=_the_failed_first):
        record_refund(payment.pk, report)
    return payment


def _the_failed_first(report: RefundReport) -> tuple[bool, object]:
    return report.status != "failed", report.made_at


def _payment(of: PaymentOfProvider, kind: str, object_id: str, cause: str) -> Payment:
    """Our payment, settled first when the news of its money overtook that of the money itself."""
    payment = (
        Payment.objects.filter(provider_payment_id=of.provider_payment_id).first() if of.provider_payment_id else None
    ) or Payment.objects.filter(public_id=of.reference or None).first()
    if payment is None:
        raise UnknownToLedgerError(kind, object_id)
    unsettled = payment.state != PaymentState.SUCCEEDED and payment.provider_session_id is not None
    return ask_provider(payment, cause=cause) if payment.is_live or unsettled else payment
