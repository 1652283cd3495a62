"""What must be true once every message has arrived and every job has had its turn: that nothing is left open, and,
after the days were compared, that all totals are the provider's.
"""

import stripe
from django.db.models import F, Sum

from billing.enums import DiscrepancyKind, PaymentChannel, PaymentState, WebhookStatus
from billing.models import (
    CollectionOperation,
    CreditEntry,
    Discrepancy,
    Dispute,
    Invoice,
    Payment,
    Refund,
    WebhookEvent,
)
from billing.returned_money import left_of
from oficina.shared.money import ZERO
from tests.soak.amounts import pesos_of, received_in
from tests.soak.truths import check_always
from tests.soak.truths_of_books import check_books
from tests.soak.truths_of_returns import check_returns
from tests.soak.violations import Violation
from tests.soak.world import CHANNEL, World

_DIFFERS = (DiscrepancyKind.AMOUNT_DIFFERS, DiscrepancyKind.CURRENCY_DIFFERS)


def check_at_rest(world: World) -> None:
    """Polling, the inbox and the queue alone brought everything where the provider says. Raises Violation."""
    check_always(world)
    payments = {payment.public_id: payment for payment in world.payments()}
    for session in world.provider.sessions():
        payment = payments[session.client_reference_id or ""]
        may_be_given_up = session.id in world.ground.late_money.kept_open
        _is_told_as_it_is(session, payment, {PaymentState.EXPIRED} if may_be_given_up else set())
    without = [payment.pk for payment in payments.values() if payment.state == PaymentState.CREATED]
    if without:
        raise Violation("no attempt waits for its checkout for ever", without)
    unfinished = WebhookEvent.objects.exclude(status__in=[WebhookStatus.PROCESSED, WebhookStatus.IGNORED])
    if unfinished.exists():
        raise Violation("every verified event reaches a final status", list(unfinished.values()))
    _every_operation_arrived(world)


def check_after_reconciliation(world: World) -> None:
    """Money that nobody told of is found too, and the books of both sides are equal. Raises Violation."""
    check_always(world)
    sessions = world.provider.sessions()
    payments = {payment.public_id: payment for payment in world.payments()}
    otherwise = _charged_otherwise(sessions, payments)
    _totals_agree(sessions, otherwise)
    check_returns(world, otherwise)
    check_books(world, sessions, otherwise)
    _office_is_told(world, otherwise)


def _is_told_as_it_is(session: stripe.checkout.Session, payment: Payment, besides: set[PaymentState]) -> None:
    differs = Discrepancy.objects.filter(payment=payment, kind__in=_DIFFERS).exists()
    match session.status, session.payment_status:
        case "complete", "paid":
            as_asked = _as_asked(session, payment)
            expected = {PaymentState.SUCCEEDED} if as_asked else {PaymentState.PROCESSING}
            if differs is as_asked and not besides:
                raise Violation("the office is told exactly of charges that differ", (payment.pk, pesos_of(session)))
        case "complete", _:
            expected = {PaymentState.PROCESSING, PaymentState.FAILED}
        case "expired", _:
            expected = {PaymentState.EXPIRED}
        case _:
            expected = {PaymentState.OPEN}
    if payment.state not in expected | besides:
        raise Violation("at rest a payment is where the provider says", (payment.pk, payment.state, session.status))


def _every_operation_arrived(world: World) -> None:
    kept = {payment.operation_number: payment for payment in Payment.objects.filter(channel=CHANNEL)}
    lost = {number for number, told in world.told.items() if told.is_known and not told.is_undone} - kept.keys()
    if lost:
        raise Violation("an operation that the portal said it has is in the ledger", lost)
    for number, told in world.told.items():
        if told.is_undone and number in kept and left_of(kept[number]):
            raise Violation("what a channel undid is out of the ledger", (number, left_of(kept[number])))
    forgotten = CollectionOperation.objects.unfinished().exclude(operation_number__in=_unsettleable(world, set(kept)))
    if forgotten.exists():
        raise Violation("what channels told ends in the ledger", list(forgotten.values()))


def _unsettleable(world: World, kept: set[str]) -> set[str]:
    """Operations that stay held: undone without ever being told, or told in two ways."""
    return {
        number
        for number, told in world.told.items()
        if (told.is_undone and number not in kept) or len(told.tellings) > 1
    }


def _totals_agree(sessions: list[stripe.checkout.Session], otherwise: set[str]) -> None:
    paid = [session for session in sessions if session.payment_status == "paid"]
    took = sum((pesos_of(session) for session in paid if session.id not in otherwise), ZERO)
    received = received_in(Payment.objects.filter(channel=PaymentChannel.CHECKOUT).succeeded())
    if took != received:
        raise Violation("our total is the provider's", (received, took))
    everything = received_in(Payment.objects.succeeded())
    applied = Invoice.objects.aggregate(total=Sum(F("applied")))["total"] or ZERO
    credit = CreditEntry.objects.all().balance()
    left = Refund.objects.standing().total() + (Dispute.objects.aggregate(total=Sum("amount_taken"))["total"] or ZERO)
    if everything != applied + credit + left:
        raise Violation("all that came is on bills, is credit or left again", (everything, applied, credit, left))


def _charged_otherwise(sessions: list[stripe.checkout.Session], payments: dict[str, Payment]) -> set[str]:
    """The sessions whose charge is not the one that was asked for. It is the only thing that may stay unexplained."""
    return {
        session.id
        for session in sessions
        if session.payment_status == "paid" and not _as_asked(session, payments[session.client_reference_id or ""])
    }


def _as_asked(session: stripe.checkout.Session, payment: Payment) -> bool:
    return (pesos_of(session), session.currency) == (payment.amount_asked, "ars")


def _office_is_told(world: World, otherwise: set[str]) -> None:
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
    payment = finding.payment
    match finding.kind:
        case DiscrepancyKind.NOT_AT_PROVIDER | DiscrepancyKind.PAYOUT_DIFFERS:
            return False
        case DiscrepancyKind.AMOUNT_DIFFERS | DiscrepancyKind.CURRENCY_DIFFERS | DiscrepancyKind.REFUND_DIFFERS:
            return payment is not None and payment.provider_session_id in otherwise
        case DiscrepancyKind.UNKNOWN_OBJECT if "operation" in finding.detail:
            told = world.told[finding.detail["operation"]]
            return told.is_undone
        case DiscrepancyKind.UNKNOWN_OBJECT:
            return payment is not None and payment.provider_session_id in otherwise
        case DiscrepancyKind.OPERATION_DIFFERS:
            return len(world.told[finding.detail["operation"]].tellings) > 1
        case _:
            return True
