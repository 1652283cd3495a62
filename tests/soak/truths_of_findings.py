"""What the office is told to look at: everything that only a person can decide, and nothing that is in order."""

from decimal import Decimal

from django.db.models import F

from billing.enums import CreditReason, DiscrepancyKind, PaymentChannel, PaymentState
from billing.models import CreditEntry, Discrepancy, Dispute, Payment
from tests.soak.truths_of_debits import is_explained_by_the_bank
from tests.soak.violations import Violation
from tests.soak.world import World

_CREDIT_OF = {
    DiscrepancyKind.PAID_TWICE: [CreditReason.ALREADY_PAID],
    DiscrepancyKind.PAID_IN_PLAN: [CreditReason.IN_PLAN],
    DiscrepancyKind.PAID_IN_EXCESS: [CreditReason.SURPLUS],
    DiscrepancyKind.VOID_INVOICE_PAID: [CreditReason.VOID_INVOICE, CreditReason.INVOICE_VOIDED],
}


def check_findings(world: World, otherwise: set[str]) -> None:
    """`otherwise` are the sessions whose charge nobody asked for. Raises Violation."""
    findings = Discrepancy.objects.select_related("payment")
    late = Payment.objects.filter(events__from_state__in=(PaymentState.EXPIRED, PaymentState.FAILED)).succeeded()
    told_late = findings.filter(kind=DiscrepancyKind.LATE_PAYMENT).values_list("payment_id", flat=True)
    if set(late.values_list("pk", flat=True)) != set(told_late):
        raise Violation("the office is told exactly of money that came late", (list(late), list(told_late)))
    short = Dispute.objects.filter(amount_taken__lt=F("amount_withdrawn") - F("amount_reinstated"))
    told_short = findings.filter(kind=DiscrepancyKind.MORE_WITHDRAWN).values_list("payment_id", flat=True)
    if set(short.values_list("payment_id", flat=True)) - set(told_short):
        raise Violation("the office is told of more that was withdrawn than there was", (list(short), list(told_short)))
    for finding in findings:
        if not _is_explained(finding, world, otherwise):
            raise Violation("the office is told of nothing that is in order", (finding.key, finding.detail))


def _is_explained(finding: Discrepancy, world: World, otherwise: set[str]) -> bool:
    payment, kind = finding.payment, DiscrepancyKind(finding.kind)
    told = world.told.get(finding.detail.get("operation", ""))
    if payment is not None and payment.channel == PaymentChannel.DIRECT_DEBIT_BANK and "result" in finding.detail:
        return is_explained_by_the_bank(payment, kind, world)
    match kind:
        case DiscrepancyKind.LATE_PAYMENT:
            return True  # compared with the payments above, both ways
        case _ if kind in _CREDIT_OF:
            credit = Decimal(finding.detail["credit"])
            return CreditEntry.objects.filter(payment=payment, reason__in=_CREDIT_OF[kind], amount=credit).exists()
        case DiscrepancyKind.MORE_WITHDRAWN:
            return told.may_be_undone if told else payment is not None and payment.disputes.exists()
        case DiscrepancyKind.UNKNOWN_OBJECT if told:
            return told.may_be_undone
        case DiscrepancyKind.OPERATION_DIFFERS:
            return told is not None and len(told.tellings) > 1
        case (
            DiscrepancyKind.UNKNOWN_OBJECT
            | DiscrepancyKind.AMOUNT_DIFFERS
            | DiscrepancyKind.CURRENCY_DIFFERS
            | DiscrepancyKind.REFUND_DIFFERS
        ):
            return payment is not None and payment.provider_session_id in otherwise
        case _:
            return False
