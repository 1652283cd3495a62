"""Refunds and disputes: the ledger has each of the provider's, once, as the provider tells it."""

from collections import Counter

from billing.enums import DisputeState, RefundRoute, RefundState
from billing.models import Dispute, Payment, Refund
from tests.soak.amounts import pesos
from tests.soak.violations import Violation
from tests.soak.world import World

_REFUND_STATES = {
    "pending": RefundState.PENDING,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
}
_DISPUTE_STATES = {
    "warning_needs_response": DisputeState.INQUIRY,
    "warning_under_review": DisputeState.INQUIRY,
    "warning_closed": DisputeState.CLOSED,
    "needs_response": DisputeState.NEEDS_RESPONSE,
    "under_review": DisputeState.UNDER_REVIEW,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}


def check_returns(world: World, otherwise: set[str]) -> None:
    """Compares all of them but those of charges that were not asked for. Raises Violation."""
    strange = set(
        Payment.objects.filter(provider_session_id__in=otherwise).values_list("provider_payment_id", flat=True)
    ) | {str(session.payment_intent) for session in world.provider.sessions() if session.id in otherwise}
    _refunds_are_as_told(world, strange)
    _disputes_are_as_told(world, strange)


def _refunds_are_as_told(world: World, strange: set[str | None]) -> None:
    made = [refund for refund in world.provider.refunds() if str(refund.payment_intent) not in strange]
    ours = Counter(refund.metadata["refund"] for refund in made if refund.metadata and "refund" in refund.metadata)
    if any(count > 1 for count in ours.values()):
        raise Violation("a refund that we asked for is one at the provider", ours)
    theirs = {refund.id: (pesos(refund.amount), _REFUND_STATES[refund.status or ""]) for refund in made}
    rows = Refund.objects.exclude(provider_refund_id=None)
    kept = {row.provider_refund_id: (row.amount, RefundState(row.state)) for row in rows}
    if kept != theirs:
        raise Violation("refunds are as the provider tells them", (kept, theirs))
    unmade = Refund.objects.filter(route=RefundRoute.PROVIDER, provider_refund_id=None)
    if unmade.exclude(state=RefundState.FAILED).exists():
        raise Violation("a refund that was never made gives its money back", list(unmade.values()))


def _disputes_are_as_told(world: World, strange: set[str | None]) -> None:
    opened = world.provider.disputes()
    unknown = Dispute.objects.exclude(provider_dispute_id__in=[told.id for told in opened])
    if unknown.exists():
        raise Violation("a dispute is one of the provider's", list(unknown.values()))
    for told in opened:
        moved = [pesos(movement.amount) for movement in told.balance_transactions]
        if str(told.payment_intent) in strange:
            continue
        kept = Dispute.objects.filter(provider_dispute_id=told.id).first()
        if kept is None:
            if moved:
                raise Violation("a dispute that moved money is known", told)
            continue
        withdrawn, reinstated = -sum(moved[:1]), sum(moved[1:])
        if (kept.amount_withdrawn, kept.amount_reinstated) != (withdrawn, reinstated):
            raise Violation("a dispute moved here what it moved there", (kept.pk, kept.amount_withdrawn, moved))
        if kept.state != _DISPUTE_STATES[told.status]:
            raise Violation("a dispute is where the provider says", (kept.pk, kept.state, told.status))
