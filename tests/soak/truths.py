"""What must be true beyond the ledger's own invariants: together with the provider, the channels and the queue."""

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal

import stripe
from django.db import connection, transaction
from django.db.models import Count, F, QuerySet, Sum
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.enums import DiscrepancyKind, PaymentChannel, PaymentState, WebhookStatus
from billing.models import CreditEntry, Discrepancy, Invoice, Payment, Receipt, WebhookEvent
from billing.receipts import DELIVER_RECEIPT_TASK
from tests.ledger_invariants import ledger_invariants
from tests.soak.violations import Violation
from tests.soak.world import World

_ZERO = Decimal("0.00")
_DIFFERS = (DiscrepancyKind.AMOUNT_DIFFERS, DiscrepancyKind.CURRENCY_DIFFERS)


def check_always(world: World) -> None:
    """True at any moment, also while others write: each look is at one moment. Raises Violation."""
    error = world.ground.errors.first()
    if error is not None:
        raise Violation("nothing breaks", error)
    received = _at_one_moment(world)
    # Asked after the ledger: the provider may have moved on, but it never has less than we believe.
    _agrees_with_the_provider_so_far(world.sessions(), received)


def check_at_rest(world: World) -> None:
    """True once every message has arrived and every job has had its turn. Raises Violation."""
    check_always(world)
    sessions = world.sessions()
    payments = {payment.public_id: payment for payment in world.payments()}
    for session in sessions:
        _is_told_as_it_is(session, payments[session.client_reference_id or ""])
    _totals_agree(world, sessions)
    without = [payment.pk for payment in payments.values() if payment.state == PaymentState.CREATED]
    if without:
        raise Violation("no attempt waits for its checkout for ever", without)
    unfinished = WebhookEvent.objects.exclude(status__in=[WebhookStatus.PROCESSED, WebhookStatus.IGNORED])
    if unfinished.exists():
        raise Violation("every verified event reaches a final status", list(unfinished.values()))
    for total, differs in EXTRA_TOTALS.items():
        differs(world, total)


EXTRA_TOTALS: Mapping[str, Callable[[World, str], None]] = {}
"""More that is compared at rest, by name."""


def _at_one_moment(world: World) -> dict[str, Payment]:
    """Checks what one snapshot of the database says; gives the checkouts that it says are settled, by reference."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        try:
            ledger_invariants()
        except AssertionError as error:
            truth, _, told = str(error).removeprefix("not true that ").partition(": ")
            raise Violation(truth, told) from error
        _each_operation_once(world)
        _each_event_once()
        _each_receipt_is_enqueued_once()
        _each_checkout_asks_what_was_promised(world)
        settled = Payment.objects.filter(channel=PaymentChannel.CHECKOUT).succeeded()
        return {payment.public_id: payment for payment in settled}


def _each_operation_once(world: World) -> None:
    kept = Counter[tuple[str, str]]()
    payments = Payment.objects.exclude(channel=PaymentChannel.CHECKOUT)
    for payment in payments:
        kept[payment.channel, payment.operation_number] += 1
        told = world.told.get((payment.channel, payment.operation_number))
        if told != payment.amount_received:
            raise Violation("an operation brings what was told", (payment.operation_number, told, payment.amount_asked))
    if any(count > 1 for count in kept.values()) or len(kept) != len(world.told):
        raise Violation("an operation is recorded once", (dict(kept), world.told))


def _each_event_once() -> None:
    twice = WebhookEvent.objects.values("source", "event_id").annotate(times=Count("pk")).filter(times__gt=1)
    if twice:
        raise Violation("an event is stored once", list(twice))


def _each_receipt_is_enqueued_once() -> None:
    jobs = Counter(
        int(args["receipt_id"])
        for args in ProcrastinateJob.objects.filter(task_name=DELIVER_RECEIPT_TASK).values_list("args", flat=True)
    )
    receipts = Receipt.objects.filter(payment__payer__isnull=False).values_list("pk", flat=True)
    if jobs != Counter(receipts):
        raise Violation("each receipt of a customer is drawn and mailed by one job", (jobs, list(receipts)))


def _each_checkout_asks_what_was_promised(world: World) -> None:
    promised = {quote.key: quote for quote in world.quotes}
    for payment in Payment.objects.filter(channel=PaymentChannel.CHECKOUT).prefetch_related("items"):
        quote = promised[payment.idempotency_key or ""]
        asked = {(item.invoice_id, item.amount) for item in payment.items.all()}
        if asked != {(item.invoice_id, item.amount) for item in quote.items} or payment.amount_asked != quote.total:
            raise Violation("a checkout asks what its summary promised", (payment.pk, asked, quote))


def _agrees_with_the_provider_so_far(sessions: list[stripe.checkout.Session], settled: dict[str, Payment]) -> None:
    made = Counter(session.client_reference_id for session in sessions)
    if any(count > 1 for count in made.values()):
        raise Violation("an attempt has one checkout at the provider", made)
    paid = {session.client_reference_id: session for session in sessions if session.payment_status == "paid"}
    for reference, payment in settled.items():
        session = paid.get(reference)
        if session is None or (_pesos(session), session.id) != (payment.amount_received, payment.provider_session_id):
            raise Violation("what is settled was paid at the provider", (payment.pk, payment.amount_received, session))


def _is_told_as_it_is(session: stripe.checkout.Session, payment: Payment) -> None:
    differs = Discrepancy.objects.filter(payment=payment, kind__in=_DIFFERS).exists()
    match session.status, session.payment_status:
        case "complete", "paid":
            as_asked = (_pesos(session), session.currency) == (payment.amount_asked, "ars")
            expected = {PaymentState.SUCCEEDED} if as_asked else {PaymentState.PROCESSING}
            if differs is as_asked:
                raise Violation("the office is told exactly of charges that differ", (payment.pk, _pesos(session)))
        case "complete", _:
            expected = {PaymentState.PROCESSING, PaymentState.FAILED}
        case "expired", _:
            expected = {PaymentState.EXPIRED}
        case _:
            expected = {PaymentState.OPEN}
    if payment.state not in expected:
        raise Violation("at rest a payment is where the provider says", (payment.pk, payment.state, session.status))


def _totals_agree(world: World, sessions: list[stripe.checkout.Session]) -> None:
    asked = {payment.public_id: payment.amount_asked for payment in world.payments()}
    took = sum(
        (
            _pesos(session)
            for session in sessions
            if session.payment_status == "paid"
            and (_pesos(session), session.currency) == (asked[session.client_reference_id or ""], "ars")
        ),
        _ZERO,
    )
    received = _total(Payment.objects.filter(channel=PaymentChannel.CHECKOUT).succeeded())
    if took != received:
        raise Violation("our total is the provider's", (received, took))
    everything = _total(Payment.objects.succeeded())
    applied = Invoice.objects.aggregate(total=Sum(F("applied")))["total"] or _ZERO
    credit = CreditEntry.objects.all().balance()
    if everything != applied + credit:
        raise Violation("all that came is on bills or is credit", (everything, applied, credit))


def _total(payments: QuerySet[Payment]) -> Decimal:
    total: Decimal | None = payments.aggregate(total=Sum("amount_received"))["total"]
    return total or _ZERO


def _pesos(session: stripe.checkout.Session) -> Decimal:
    return Decimal(session.amount_total or 0) / 100
