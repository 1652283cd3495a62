"""What must be true at any moment, beyond the ledger's own invariants: with the provider, the channels, the queue."""

from collections import Counter

from django.db import connection, transaction
from django.db.models import Count
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.enums import PaymentChannel
from billing.models import Payment, Receipt, WebhookEvent
from billing.receipts import DELIVER_RECEIPT_TASK
from tests.ledger_invariants import ledger_invariants
from tests.soak.amounts import pesos_of
from tests.soak.truths_of_debits import check_debits
from tests.soak.truths_of_plans import check_plans
from tests.soak.violations import Violation
from tests.soak.world import CHANNEL, World

_OUR_OWN = (PaymentChannel.CHECKOUT, PaymentChannel.DIRECT_DEBIT_BANK, PaymentChannel.DIRECT_DEBIT_CARD)
_WRITTEN_ONCE = (
    "billing_allocation",
    "billing_cover",
    "billing_creditentry",
    "billing_credituse",
    "billing_paymentevent",
    "billing_providermovement",
)


def check_always(world: World) -> None:
    """True at any moment, also while others write: each look is at one moment. Raises Violation."""
    error = world.ground.errors.first()
    if error is not None:
        raise Violation("nothing breaks", error)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        check_database(world)
        settled = settled_checkouts()
    # Asked after the ledger: the provider may have moved on, but it never has less than we believe.
    check_provider_so_far(world, settled)


def check_database(world: World) -> None:
    """What one snapshot of the database says, in a transaction of the caller. Raises Violation."""
    try:
        ledger_invariants()
    except AssertionError as error:
        truth, _, told = str(error).removeprefix("not true that ").partition(": ")
        raise Violation(truth, told) from error
    _each_operation_once(world)
    _each_event_once()
    _each_receipt_is_enqueued_once()
    _each_checkout_asks_what_was_promised(world)
    _what_is_written_once_stays(world)
    check_debits(world)
    check_plans()


def settled_checkouts() -> dict[str, Payment]:
    """The checkouts that are settled, by our reference."""
    settled = Payment.objects.filter(channel=PaymentChannel.CHECKOUT).succeeded()
    return {payment.public_id: payment for payment in settled}


def check_provider_so_far(world: World, settled: dict[str, Payment]) -> None:
    """The provider has at least what these say, and one checkout for each attempt. Raises Violation."""
    sessions = world.provider.sessions()
    made = Counter(session.client_reference_id for session in sessions)
    if any(count > 1 for count in made.values()):
        raise Violation("an attempt has one checkout at the provider", made)
    paid = {session.client_reference_id: session for session in sessions if session.payment_status == "paid"}
    for reference, payment in settled.items():
        session = paid.get(reference)
        if session is None or (pesos_of(session), session.id) != (payment.amount_received, payment.provider_session_id):
            raise Violation("what is settled was paid at the provider", (payment.pk, payment.amount_received, session))


def _each_operation_once(world: World) -> None:
    kept = Counter[str]()
    for payment in Payment.objects.exclude(channel__in=_OUR_OWN):
        number = payment.operation_number
        kept[number] += 1
        if payment.channel != CHANNEL or number not in world.told:
            raise Violation("an operation was told by its channel", (payment.channel, number))
        if payment.amount_received not in world.told[number].amounts:
            raise Violation("an operation brings what was told", (number, world.told[number], payment.amount_received))
    if any(count > 1 for count in kept.values()):
        raise Violation("an operation is recorded once", kept)


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
    promised = {quote.key: quote.after_credit() for quote in world.quotes}
    for payment in Payment.objects.filter(channel=PaymentChannel.CHECKOUT).prefetch_related("items"):
        quote = promised[payment.idempotency_key or ""]
        asked = {(item.invoice_id, item.amount) for item in payment.items.all()}
        if asked != {(item.invoice_id, item.amount) for item in quote.items} or payment.amount_asked != quote.total:
            raise Violation("a checkout asks what its summary promised", (payment.pk, asked, quote))


def _what_is_written_once_stays(world: World) -> None:
    with connection.cursor() as cursor:
        for table in _WRITTEN_ONCE:
            cursor.execute(f"SELECT id, md5(kept::text) FROM {table} AS kept")
            now = dict(cursor.fetchall())
            before = {key: row for (name, key), row in world.seen.items() if name == table}
            changed = {key for key, row in before.items() if now.get(key) != row}
            if changed:
                raise Violation("what is written once stays as it is", (table, changed))
            world.seen.update({(table, key): row for key, row in now.items()})
