"""Three sums of the same money: the provider's own books, the ledger, and what is exported for accounting."""

import csv
import io
from collections import defaultdict
from decimal import Decimal
from typing import cast

import stripe
from django.core.management import call_command
from django.db.models import F, Sum

from billing.enums import PROVIDER_CHANNELS
from billing.models import CreditEntry, Dispute, Invoice, Payment, ProviderDay, Refund
from oficina.shared.dates import local_day, today
from oficina.shared.money import ZERO
from tests.billing.reconciliation.comparing import assert_equal_to_the_books
from tests.simulator_process import Json
from tests.soak.amounts import pesos, pesos_of, received_in
from tests.soak.ground import BEGINNING
from tests.soak.violations import Violation
from tests.soak.world import World


def check_books(world: World, sessions: list[stripe.checkout.Session], otherwise: set[str]) -> None:
    """Compares them to the cent. `otherwise` are the sessions whose charge nobody asked for. Raises Violation."""
    try:
        assert_equal_to_the_books(world.simulator)
    except AssertionError as error:
        raise Violation("each day is to the cent what the provider's books say", error) from error
    for day in ProviderDay.objects.differing():
        strange = set(day.findings.values_list("payment__provider_session_id", flat=True)) & otherwise
        if not strange:
            raise Violation("a day differs only by charges that nobody asked for", (day, day.ours, day.theirs))
    _ledger_is_the_books(world, sessions, otherwise)
    _export_is_the_ledger()


def _ledger_is_the_books(world: World, sessions: list[stripe.checkout.Session], otherwise: set[str]) -> None:
    strange = {str(session.payment_intent): session for session in sessions if session.id in otherwise}
    charged = sum((pesos_of(session) for session in strange.values() if session.currency == "ars"), ZERO)
    refunded = sum(
        (
            pesos(refund.amount)
            for refund in world.provider.refunds()
            if str(refund.payment_intent) in strange and (refund.currency, refund.status) in _STANDING
        ),
        ZERO,
    )
    disputed = -sum(
        (
            pesos(movement.amount)
            for dispute in world.provider.disputes()
            if str(dispute.payment_intent) in strange and dispute.currency == "ars"
            for movement in dispute.balance_transactions
        ),
        ZERO,
    )
    books = _books(world)
    theirs = {
        "received": books["gross"] - charged,
        "refunded": books["refunds"] - books["refunds_failed"] - refunded,
        "disputed": books["disputes"] - books["disputes_reinstated"] - disputed,
    }
    withdrawn = Dispute.objects.aggregate(total=Sum(F("amount_withdrawn") - F("amount_reinstated")))["total"]
    ours = {
        "received": received_in(Payment.objects.filter(channel__in=PROVIDER_CHANNELS).succeeded()),
        "refunded": Refund.objects.exclude(provider_refund_id=None).standing().total(),
        "disputed": withdrawn or ZERO,
    }
    if ours != theirs:
        raise Violation("the ledger's totals are those of the provider's own books", (ours, theirs))


_STANDING = {("ars", "pending"), ("ars", "succeeded")}


def _books(world: World) -> dict[str, Decimal]:
    totals = cast("dict[str, dict[str, Json]]", world.simulator.books()["totals"])
    found: dict[str, Decimal] = defaultdict(Decimal)
    found.update({name: Decimal(str(amount)) / 100 for name, amount in totals.get("ars", {}).items()})
    return found


def _export_is_the_ledger() -> None:
    """The file of `manage.py export_payments`: each peso is on one line."""
    out = io.StringIO()
    since = local_day(BEGINNING).isoformat()
    call_command("export_payments", "--since", since, "--until", today().isoformat(), stdout=out, stderr=io.StringIO())
    exported: dict[str, Decimal] = defaultdict(Decimal)
    for row in csv.DictReader(io.StringIO(out.getvalue())):
        exported[row["movement"]] += Decimal(row["amount"])
        exported[f"channel {row['channel']}"] += Decimal(row["amount"])
    taken = Dispute.objects.aggregate(total=Sum("amount_taken"))["total"] or ZERO
    ledger = {
        "allocation": Invoice.objects.aggregate(total=Sum("applied"))["total"] or ZERO,
        "credit": CreditEntry.objects.all().balance(),
        "returned": Refund.objects.standing().total() + taken,
    }
    for channel in set(Payment.objects.succeeded().values_list("channel", flat=True)):
        ledger[f"channel {channel}"] = received_in(Payment.objects.succeeded().filter(channel=channel))
    if {name: exported[name] for name in ledger} != ledger or exported.keys() - ledger.keys():
        raise Violation("the exported payments are the ledger to the cent", (dict(exported), ledger))
