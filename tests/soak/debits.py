"""Direct debit as people have it: mandates given and ended, bills that come and are announced, the day of the cards."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial

from django.utils import timezone

from accounts.account_numbers import format_account_number
from accounts.enums import TermsPurpose
from accounts.models import TermsVersion
from adhesions.debit.announcing import announce_what_was_missed
from adhesions.debit.card_setups import begin_card_setup, finish_card_setup, finish_card_setups
from adhesions.debit.collecting import collect_from_cards, decide_debits
from adhesions.debit.mandates import Consent, give_bank_mandate, leave_direct_debit
from adhesions.debit.stopping import stop_debit
from adhesions.enums import CardSetupState, DebitMeans
from adhesions.models import DirectDebit, ScheduledDebit
from billing.models import Invoice
from oficina.shared.dates import today
from tests.adhesions.debit.test_bank_accounts import CBU
from tests.billing.checkout.test_saved_cards import AR_CARD, ASKS_FOR_HOLDER, NO_FUNDS
from tests.imports import csv_files
from tests.soak import channels, customers, provider
from tests.soak.files import import_rows
from tests.soak.threads import at_once, raise_what_broke
from tests.soak.violations import NothingToDoError
from tests.soak.world import World, of_index

CARDS = {"pays": AR_CARD, "no funds": NO_FUNDS, "asks for its holder": ASKS_FOR_HOLDER}
WAYS = ("checkout", "elsewhere")

_HOLDER = "20304128763"
_NOON = time(12)


def debit_from_bank(world: World, *, who: int, cap: int) -> None:
    """Somebody has the bills debited from a bank account, with a cap in pesos, or none at 0."""
    give_bank_mandate(world.links[who], CBU, _HOLDER, _consent(cap), now=timezone.now())


def debit_from_card(world: World, *, who: int, cap: int, card: str, comes_back: bool) -> None:
    """Somebody saves a card at the provider to have the bills charged to it, and perhaps never comes back."""
    setup = begin_card_setup(world.links[who], _consent(cap), now=timezone.now())
    if setup.session_id is None or setup.state != CardSetupState.OPENED:
        raise NothingToDoError
    world.simulator.save_card(setup.session_id, card=CARDS[card])
    if comes_back:
        finish_card_setup(setup, now=timezone.now())


def end_mandate(world: World, *, who: int) -> None:
    """One of the two ends what either of them gave."""
    mandate = of_index(list(DirectDebit.objects.live()), 0)
    # The job that finishes cards may have run minutes ahead.
    leave_direct_debit(mandate, by=world.links[who].user, now=max(timezone.now(), mandate.started_at))


def new_bill(world: World, *, cents: int, days: int) -> None:
    """A bill comes by file, due in so many days; a job announces its debit if there is time."""
    number, due = world.new_number(), today() + timedelta(days=days)
    amount = Decimal(cents) / 100
    row = csv_files.invoice(
        invoice_number=f"0142-{1000 + number:08d}",
        account_number=format_account_number(world.account.number),
        period="2026-10",
        issued_on="2026-11-01",
        amount=f"{amount:.2f}",
        due_on=due.isoformat(),
        second_amount=f"{amount + 10:.2f}",
        second_due_on=(due + timedelta(days=10)).isoformat(),
        payment_code=f"{7_100_000_000 + number}",
    )
    import_rows(world, "invoices", [row])
    bill = Invoice.objects.get(invoice_number=row["invoice_number"])
    with world.lock:
        world.bills.append(bill)


def stop(world: World, *, debit: int) -> None:
    """Somebody stops a debit, if it is not too late."""
    stop_debit(_undecided(debit), now=timezone.now())


def reach_debits(world: World, means: DebitMeans, *, eve: bool) -> None:
    """It becomes noon of the day of the next debit by these means, or of its eve. Raises NothingToDoError."""
    waiting = ScheduledDebit.objects.filter(mandate__means=means, try_on__isnull=False)
    tried = waiting.order_by("try_on").values_list("try_on", flat=True)
    day = of_index([day for day in tried if day], 0) - timedelta(days=eve)
    noon = timezone.make_aware(datetime.combine(day, _NOON))
    world.pass_time(seconds=max(0.0, (noon - timezone.now()).total_seconds()))


def day_of_cards(world: World, *, workers: int) -> None:
    """The day of the next debit of a card comes, and the periodic job charges what is due, in several processes."""
    reach_debits(world, DebitMeans.CARD, eve=False)
    raise_what_broke(at_once([partial(collect_from_cards, now=timezone.now())] * workers))


def follow(world: World) -> None:
    """The periodic job reads what came of debits, announces what was missed, finishes cards that were saved."""
    decide_debits(now=timezone.now())
    announce_what_was_missed(now=timezone.now())
    finish_card_setups(now=timezone.now() + timedelta(minutes=3))


def pay_what_is_debited(world: World, *, debit: int, who: int, way: str) -> None:
    """Somebody pays by hand a bill whose debit is announced, or under way already."""
    bill = _undecided(debit).invoice_id
    place = next(place for place, known in enumerate(world.bills) if known.pk == bill)
    world.strikes["paid by hand what is debited"] += 1
    if way == "elsewhere":
        cents = int(Invoice.objects.get(pk=bill).amount * 100)
        channels.notify(world, lines={place: cents}, number=2000 + world.new_number(), copies=1)
        return
    customers.start(world, bills=[place], who=who)
    provider.pay(world, payment=-1)


def _consent(cap: int) -> Consent:
    terms = TermsVersion.objects.filter(purpose=TermsPurpose.DIRECT_DEBIT).latest("version")
    return Consent(terms=terms, ip="190.3.4.5", cap=Decimal(cap) if cap else None)


def _undecided(index: int) -> ScheduledDebit:
    debits = ScheduledDebit.objects.undecided().select_related("mandate").order_by("pk")
    return of_index(list(debits), index)
