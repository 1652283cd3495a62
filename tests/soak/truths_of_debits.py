"""What must be true of direct debits: told in time, never more than was told, once, and as bank and provider say."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Count, F, Q

from adhesions.debit.bank_files import BankResult
from adhesions.debit.presenting import presentation_file
from adhesions.enums import DebitMeans, DebitState
from adhesions.models import BankPresentation, DebitTry, ScheduledDebit
from billing.enums import DiscrepancyKind, PaymentChannel, PaymentState
from billing.models import Discrepancy, Payment
from billing.returned_money import left_of
from oficina.shared.business_days import is_business_day
from oficina.shared.dates import local_day
from tests.soak.amounts import pesos
from tests.soak.violations import Violation
from tests.soak.world import World

_NOTICE_BUSINESS_DAYS = 5  # told here again, since the number of the portal itself may be the bug

_WITHOUT_RETURNS = """
    NOT EXISTS (SELECT 1 FROM billing_allocation gone WHERE gone.invoice_id = invoice.id AND gone.amount < 0)
"""
_TRIED_THOUGH_PAID = f"""
    SELECT made.id, invoice.id FROM adhesions_debittry made
    JOIN adhesions_scheduleddebit debit ON debit.id = made.debit_id
    JOIN billing_invoice invoice ON invoice.id = debit.invoice_id
    JOIN billing_allocation allocation ON allocation.invoice_id = invoice.id AND allocation.created_at < made.made_at
    WHERE {_WITHOUT_RETURNS}
    GROUP BY made.id, invoice.id
    HAVING SUM(allocation.amount) >= invoice.amount + SUM(allocation.surcharge)
"""
_TAKEN_TWICE = f"""
    SELECT invoice.id, COUNT(*) FROM adhesions_debittry made
    JOIN adhesions_scheduleddebit debit ON debit.id = made.debit_id
    JOIN billing_invoice invoice ON invoice.id = debit.invoice_id
    JOIN billing_payment payment ON payment.id = made.payment_id AND payment.state = 'succeeded'
    WHERE {_WITHOUT_RETURNS}
    GROUP BY invoice.id HAVING COUNT(*) > 1
"""


def check_debits(world: World) -> None:
    """True at any moment. Raises Violation."""
    _each_was_told_in_time()
    _no_more_than_was_told()
    _none_before_its_day()
    _none_of_these("a bill that is paid is not debited", _TRIED_THOUGH_PAID)
    _none_of_these("a bill is debited once", _TAKEN_TWICE)
    _files_are_their_debits()
    _the_bank_said_so(world)
    unpaid = ScheduledDebit.objects.filter(state=DebitState.COLLECTED).exclude(_PAID)
    if unpaid.exists():
        raise Violation("a debit that was collected was paid by one of its tries", list(unpaid.values()))


def check_debits_at_rest(world: World) -> None:
    """True once everything arrived. Raises Violation."""
    wrong = ScheduledDebit.objects.filter(_PAID).exclude(state=DebitState.COLLECTED)
    if wrong.exists():
        raise Violation("a debit that was paid was collected", list(wrong.values()))
    stuck = ScheduledDebit.objects.filter(state=DebitState.UNDER_WAY).exclude(tries__payment__in=Payment.objects.live())
    if stuck.exists():
        raise Violation("no debit is under way without a payment that is", list(stuck.values()))
    _cards_were_charged_as_told(world)
    _what_the_bank_said_was_done(world)
    for presentation in BankPresentation.objects.all():
        try:
            presentation_file(presentation)
        except ValueError as error:
            raise Violation("a presentation is the same file whenever it is asked for", error) from error


def is_explained_by_the_bank(payment: Payment, kind: DiscrepancyKind, world: World) -> bool:
    """Whether what the bank said of a debit is a reason to tell the office this."""
    told = world.bank_told[payment.public_id]
    match kind:
        case DiscrepancyKind.MORE_WITHDRAWN:
            return BankResult.REVERSED in told
        case DiscrepancyKind.OPERATION_DIFFERS:
            return {BankResult.ACCEPTED, BankResult.REJECTED} <= told
        case _:
            return False


_PAID = Q(pk__in=DebitTry.objects.filter(payment__state=PaymentState.SUCCEEDED).values("debit"))


def _each_was_told_in_time() -> None:
    for debit in ScheduledDebit.objects.all():
        told = local_day(debit.announced_at)
        days = (told + timedelta(days=count) for count in range(1, (debit.debit_on - told).days + 1))
        if sum(map(is_business_day, days)) < _NOTICE_BUSINESS_DAYS:
            raise Violation("a debit is told five business days before", (debit.pk, told, debit.debit_on))


def _no_more_than_was_told() -> None:
    above = ScheduledDebit.objects.filter(amount__gt=F("mandate__cap")).exclude(state=DebitState.ABOVE_CAP)
    if above.exists():
        raise Violation("no debit is above its cap", list(above.values()))
    more = DebitTry.objects.filter(payment__amount_asked__gt=F("debit__amount"))
    if more.exists():
        raise Violation("no debit takes more than was told", list(more.values()))


def _none_before_its_day() -> None:
    for made in DebitTry.objects.select_related("debit__mandate"):
        is_presented = made.debit.mandate.means == DebitMeans.BANK
        if local_day(made.made_at) < made.debit.debit_on - timedelta(days=is_presented):
            raise Violation("no debit is tried before its day", (made.pk, made.made_at, made.debit.debit_on))


def _none_of_these(truth: str, query: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows = cursor.fetchall()
    if rows:
        raise Violation(truth, rows)


def _files_are_their_debits() -> None:
    for presentation in BankPresentation.objects.annotate(held=Count("tries")):
        asked = [made.payment.amount_asked for made in presentation.tries.select_related("payment")]
        if (presentation.count, presentation.total) != (len(asked), sum(asked)):
            raise Violation("a presentation's count and total are those of its debits", (presentation.pk, asked))
    presented = Counter(DebitTry.objects.exclude(presentation=None).values_list("debit", flat=True))
    if any(times > 1 for times in presented.values()):
        raise Violation("a debit is presented to the bank once", presented)


def _the_bank_said_so(world: World) -> None:
    # An answer that is being loaded is told only afterwards; here no act is under way.
    for payment in Payment.objects.filter(channel=PaymentChannel.DIRECT_DEBIT_BANK).succeeded():
        if BankResult.ACCEPTED not in world.bank_told[payment.public_id]:
            raise Violation("a debit is paid when the bank accepted it", (payment.pk, payment.public_id))
        if payment.amount_received != payment.amount_asked:
            raise Violation("a debit brings what was asked", (payment.pk, payment.amount_received))


def _what_the_bank_said_was_done(world: World) -> None:
    for payment in Payment.objects.filter(channel=PaymentChannel.DIRECT_DEBIT_BANK):
        told = world.bank_told[payment.public_id]
        if BankResult.ACCEPTED in told:
            expected = PaymentState.SUCCEEDED
        else:
            expected = PaymentState.FAILED if BankResult.REJECTED in told else PaymentState.PROCESSING
        if payment.state != expected:
            raise Violation("a debit ended as the bank said", (payment.pk, payment.state, told))
        told_to_the_office = Discrepancy.objects.filter(payment=payment, kind=DiscrepancyKind.MORE_WITHDRAWN)
        if payment.public_id in world.bank_undid and left_of(payment) and not told_to_the_office.exists():
            raise Violation("what the bank reversed is out of the ledger", (payment.pk, left_of(payment)))


def _cards_were_charged_as_told(world: World) -> None:
    paid = Counter[tuple[str, Decimal]]()
    for intent in world.provider.intents():
        reference = intent.metadata.to_dict().get("payment", "") if intent.metadata else ""
        if intent.status == "succeeded":
            paid[reference, pesos(intent.amount_received)] += 1
    for payment in Payment.objects.filter(channel=PaymentChannel.DIRECT_DEBIT_CARD):
        expected = 1 if payment.state == PaymentState.SUCCEEDED else 0
        charged = paid[payment.public_id, payment.amount_received or payment.amount_asked]
        if charged != expected or payment.state not in {PaymentState.SUCCEEDED, PaymentState.FAILED}:
            raise Violation("a card was charged as the ledger says", (payment.pk, payment.state, charged))
