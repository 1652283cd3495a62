"""What must be true once every message has arrived and every job has had its turn: that nothing is left open, and,
after the days were compared, that all totals are the provider's.
"""

import stripe
from django.db.models import Sum

from billing.enums import DiscrepancyKind, PaymentChannel, PaymentState, WebhookStatus
from billing.models import (
    CollectionOperation,
    CreditEntry,
    Discrepancy,
    Dispute,
    Invoice,
    Payment,
    PaymentItem,
    Refund,
    WebhookEvent,
)
from billing.returned_money import left_of
from oficina.shared.money import ZERO
from tests.soak.amounts import pesos_of, received_in
from tests.soak.truths import check_always
from tests.soak.truths_of_books import check_books
from tests.soak.truths_of_debits import check_debits_at_rest
from tests.soak.truths_of_findings import check_findings
from tests.soak.truths_of_returns import check_returns
from tests.soak.violations import Violation
from tests.soak.world import CHANNEL, World

_DIFFERS = (DiscrepancyKind.AMOUNT_DIFFERS, DiscrepancyKind.CURRENCY_DIFFERS)


def check_at_rest(world: World) -> None:
    """Polling, the inbox and the queue alone brought everything where the provider says. Raises Violation."""
    check_always(world)
    check_arrived(world)


def check_arrived(world: World) -> None:
    """Nothing is left open: neither a payment, nor an event, nor an operation. Raises Violation."""
    payments = {payment.public_id: payment for payment in world.payments()}
    sessions = world.provider.sessions()
    given_up = {intent.id for intent in world.provider.intents() if intent.status == "requires_payment_method"}
    for session in sessions:
        payment = payments[session.client_reference_id or ""]
        may_be_given_up = session.id in world.ground.late_money.kept_open
        unpaid = PaymentState.FAILED if session.payment_intent in given_up else PaymentState.PROCESSING
        _is_told_as_it_is(session, payment, unpaid, {PaymentState.EXPIRED} if may_be_given_up else set())
    without = [payment.pk for payment in payments.values() if payment.state == PaymentState.CREATED]
    if without:
        raise Violation("no attempt waits for its checkout for ever", without)
    unfinished = WebhookEvent.objects.exclude(status__in=[WebhookStatus.PROCESSED, WebhookStatus.IGNORED])
    if unfinished.exists():
        raise Violation("every verified event reaches a final status", list(unfinished.values()))
    _nobody_is_asked_for_what_is_not_owed()
    _every_operation_arrived(world)
    check_debits_at_rest(world)


def check_after_reconciliation(world: World) -> None:
    """Money that nobody told of is found too, and the books of both sides are equal. Raises Violation."""
    check_always(world)
    sessions = world.provider.sessions()
    payments = {payment.public_id: payment for payment in world.payments()}
    otherwise = _charged_otherwise(sessions, payments)
    check_totals(sessions, otherwise)
    check_returns(world, otherwise)
    check_books(world, sessions, otherwise)
    check_findings(world, otherwise)


def _is_told_as_it_is(
    session: stripe.checkout.Session, payment: Payment, unpaid: PaymentState, besides: set[PaymentState]
) -> None:
    """`unpaid` is where a payment is whose checkout is complete without money; `besides`, where it may be too."""
    differs = Discrepancy.objects.filter(payment=payment, kind__in=_DIFFERS).exists()
    match session.status, session.payment_status:
        case "complete", "paid":
            as_asked = _as_asked(session, payment)
            expected = {PaymentState.SUCCEEDED} if as_asked else {PaymentState.PROCESSING}
            if differs is as_asked and not besides:
                raise Violation("the office is told exactly of charges that differ", (payment.pk, pesos_of(session)))
        case "complete", _:
            expected = {unpaid}
        case "expired", _:
            expected = {PaymentState.EXPIRED}
        case _:
            expected = {PaymentState.OPEN}
    if payment.state not in expected | besides:
        raise Violation("at rest a payment is where the provider says", (payment.pk, payment.state, session.status))


def _nobody_is_asked_for_what_is_not_owed() -> None:
    offered = PaymentItem.objects.filter(payment__state=PaymentState.OPEN)
    not_owed = offered.exclude(invoice__in=Invoice.objects.payable()).values_list("payment_id", "invoice_id")
    if not_owed:
        raise Violation("no checkout stays open for a bill that is paid or void", list(not_owed))


def _every_operation_arrived(world: World) -> None:
    kept = {payment.operation_number: payment for payment in Payment.objects.filter(channel=CHANNEL)}
    lost = {number for number, told in world.told.items() if told.is_known and not told.may_be_undone} - kept.keys()
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
        if (told.may_be_undone and number not in kept) or len(told.tellings) > 1
    }


def check_totals(sessions: list[stripe.checkout.Session], otherwise: set[str]) -> None:
    """What the provider took is what we received, and all of that is somewhere. Raises Violation."""
    paid = [session for session in sessions if session.payment_status == "paid"]
    took = sum((pesos_of(session) for session in paid if session.id not in otherwise), ZERO)
    received = received_in(Payment.objects.filter(channel=PaymentChannel.CHECKOUT).succeeded())
    if took != received:
        raise Violation("our total is the provider's", (received, took))
    everything = received_in(Payment.objects.succeeded())
    applied = Invoice.objects.aggregate(total=Sum("applied"))["total"] or ZERO
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
