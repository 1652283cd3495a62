"""What a card's holder contests before the bank, as the provider tells it."""

from django.db import transaction
from django.utils import timezone

from billing.discrepancies import open_discrepancy
from billing.enums import DiscrepancyKind, DisputeState, PaymentState
from billing.gateway.returns import DisputeReport
from billing.locks import lock_payment
from billing.models import Dispute, Payment
from billing.returned_money import FOR_A_DISPUTE, rebalance
from billing.transitions import DISPUTE_TRANSITIONS
from oficina.shared.money import CURRENCY

_CLOSED = (DisputeState.WON, DisputeState.LOST, DisputeState.CLOSED)


def record_dispute(payment_id: int, report: DisputeReport) -> Dispute | None:
    """Bring a dispute to where the provider's report says it is, in one transaction; gives it as it then is.

    What the provider withdrew leaves the payment's credit and bills, and what it reinstated comes back to them
    (`billing.returned_money`). Right when run twice, at the same time, and with reports in any order: the state only
    goes forward, and the totals only grow. None when the payment is not settled or the currency is another, which is
    then before the office.
    """
    now = timezone.now()
    with transaction.atomic():
        payment = lock_payment(payment_id)
        if payment.state != PaymentState.SUCCEEDED or report.currency != CURRENCY:
            _put_before_the_office(payment, report)
            return None
        dispute = payment.disputes.filter(provider_dispute_id=report.dispute_id).first()
        if dispute is None:
            dispute = Dispute(
                payment=payment,
                provider_dispute_id=report.dispute_id,
                state=report.state,
                amount=report.amount,
                opened_at=min(report.opened_at, now),
            )
        elif (DisputeState(dispute.state), report.state) in DISPUTE_TRANSITIONS:
            dispute.state = report.state
        _keep_totals(dispute, report)
        if dispute.state in _CLOSED:
            dispute.closed_at = dispute.closed_at or now
        dispute.checked_at = now
        dispute.save()
        rebalance(payment, FOR_A_DISPUTE, at=now)
        dispute.refresh_from_db(fields=["amount_taken"])
    return dispute


def _keep_totals(dispute: Dispute, report: DisputeReport) -> None:
    dispute.reason = report.reason or dispute.reason
    dispute.respond_by = report.respond_by or dispute.respond_by
    dispute.amount_withdrawn = max(dispute.amount_withdrawn, report.withdrawn)
    dispute.amount_reinstated = max(dispute.amount_reinstated, report.reinstated)
    dispute.withdrawn_at = dispute.withdrawn_at or report.withdrawn_at
    dispute.reinstated_at = dispute.reinstated_at or report.reinstated_at
    dispute.amount_taken = min(dispute.amount_taken, dispute.amount_withdrawn - dispute.amount_reinstated)


def _put_before_the_office(payment: Payment, report: DisputeReport) -> None:
    open_discrepancy(
        DiscrepancyKind.UNKNOWN_OBJECT,
        about=f"dispute:{report.dispute_id}",
        payment=payment,
        detail={"dispute": report.dispute_id, "amount": f"{report.amount} {report.currency}"},
    )
