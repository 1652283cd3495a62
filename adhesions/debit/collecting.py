"""The day of a debit, and what comes of it.

A try is a payment of `billing.debits`, saved together with what says whose try it is; what came of it is the payment's
to tell, whether at once, by polling or by the bank's file, and is read here by whoever comes first.
"""

import logging
from datetime import date, datetime, timedelta

from django.db import transaction

from adhesions.debit.mails import tell_rejected, tell_withdrawn
from adhesions.debit.withdrawing import withdraw_debits
from adhesions.enums import DebitMeans, DebitState
from adhesions.models import BankPresentation, DebitRetry, DebitTry, ScheduledDebit
from billing.card_charges import send_charge
from billing.closing import TAKEN_BY_DEBIT
from billing.debits import CAUSE, CardOnFile, Debit, save_card_debit
from billing.enums import PaymentState
from billing.gateway.errors import ProviderUnavailableError
from billing.locks import lock_account
from billing.models import Payment
from billing.polling import withdraw_checkouts_of
from billing.refusals import DebitExceedsNotice, InvoiceNotPayable, PaymentUnderWay
from oficina.shared.dates import local_day

FINAL_REFUSALS = frozenset(
    {
        "authentication_required",
        "expired_card",
        "invalid_account",
        "lost_card",
        "pickup_card",
        "resource_missing",
        "stolen_card",
    }
)
"""Refusals of a card that another try does not change: its holder has to act."""

_log = logging.getLogger(__name__)


def collect_from_cards(*, now: datetime) -> int:
    """Try every debit of a card whose date has come; tells how many were tried. Never inside a transaction.

    Run at once by two workers or again after a crash, each debit is tried once. Stops when the provider does not
    answer: what was saved is sent by polling, the rest by the next run.
    """
    tried = 0
    due = ScheduledDebit.objects.filter(mandate__means=DebitMeans.CARD, try_on__lte=local_day(now))
    for debit_id in list(due.order_by("try_on", "pk").values_list("pk", flat=True)):
        try:
            payment = _begin(debit_id, now)
            if payment is None:
                continue
            tried += 1
            send_charge(payment, cause=CAUSE)
        except ProviderUnavailableError:
            _log.warning("the provider does not answer; debits wait")
            break
        except Exception:  # noqa: BLE001  a debit that cannot be tried must not keep the others waiting
            _log.exception("debit %s", debit_id)
            continue
        decide(debit_id, now=now)
    return tried


def decide_debits(*, now: datetime) -> int:
    """Read what came of every debit that is under way; tells how many were decided."""
    under_way = ScheduledDebit.objects.filter(state=DebitState.UNDER_WAY).order_by("pk")
    return sum(decide(debit_id, now=now) for debit_id in list(under_way.values_list("pk", flat=True)))


def decide(debit_id: int, *, now: datetime) -> bool:
    """Read what came of the tries of a debit; tells whether that decided anything. Twice changes nothing.

    One that was given up is collected after all when its money comes, whatever that money was put on.
    """
    with transaction.atomic():
        debit = lock_debit(debit_id)
        if debit.state == DebitState.COLLECTED:
            return False
        if debit.tries.filter(payment__state=PaymentState.SUCCEEDED).exists():
            _move(debit, DebitState.COLLECTED, now)
            return True
        last = debit.tries.select_related("payment").order_by("-number").first()
        if debit.state != DebitState.UNDER_WAY or last is None or last.payment.is_live:
            return False
        debit.try_on = _next_try(debit, last.payment, local_day(now))
        if debit.try_on is None:
            _move(debit, DebitState.REJECTED, now)
        else:
            debit.state = DebitState.WAITING
            debit.save(update_fields=["state", "try_on"])
        tell_rejected(debit, last.payment)
    return True


def _begin(debit_id: int, now: datetime) -> Payment | None:
    """The payment of the next try, saved; None when there is nothing to try, or not today."""
    debit = ScheduledDebit.objects.get(pk=debit_id)
    # Somebody who is about to pay by hand would pay twice.
    withdraw_checkouts_of([debit.invoice_id], cause=TAKEN_BY_DEBIT)
    with transaction.atomic():
        debit = lock_debit(debit_id)
        if debit.try_on is None or debit.try_on > local_day(now):
            return None
        number = debit.tries.count() + 1
        try:
            payment = save_card_debit(
                debit_of(debit, local_day(now)),
                CardOnFile(customer_id=debit.mandate.provider_customer_id, method_id=debit.mandate.provider_method_id),
                key=f"debit-{debit.public_id}-{number}",
                now=now,
            )
        except PaymentUnderWay:
            return None  # the money of another payment is on its way: this waits for what comes of it
        except (InvoiceNotPayable, DebitExceedsNotice) as refusal:
            withdraw_debits(ScheduledDebit.objects.filter(pk=debit.pk), now=now)
            if isinstance(refusal, DebitExceedsNotice):
                tell_withdrawn(debit, due=refusal.due)
            return None
        begin_try(debit, payment, number, now)
    return payment


def debit_of(debit: ScheduledDebit, on: date) -> Debit:
    """What billing is asked to take, at the price of a local date and never more than was announced."""
    return Debit(
        invoice_id=debit.invoice_id,
        account_id=debit.mandate.account_id,
        payer=debit.mandate.made_by,
        priced_on=on,
        at_most=debit.amount,
    )


def begin_try(
    debit: ScheduledDebit, payment: Payment, number: int, now: datetime, *, presentation: BankPresentation | None = None
) -> DebitTry:
    """Keep that a payment is the try of a debit, which is under way from here on. In the payment's own transaction."""
    debit.state, debit.try_on = DebitState.UNDER_WAY, None
    debit.save(update_fields=["state", "try_on"])
    return DebitTry.objects.create(debit=debit, payment=payment, number=number, made_at=now, presentation=presentation)


def _next_try(debit: ScheduledDebit, failed: Payment, today: date) -> date | None:
    if debit.mandate.means != DebitMeans.CARD or debit.mandate.ended_at is not None:
        return None
    if failed.failure_code in FINAL_REFUSALS:
        return None
    days = (debit.debit_on + timedelta(days=retry.days_after) for retry in DebitRetry.objects.all())
    return next((day for day in days if day > today), None)


def lock_debit(debit_id: int) -> ScheduledDebit:
    """The debit as it is now, locked after its account, with what mails and files need of its mandate and bill."""
    account_id = ScheduledDebit.objects.values_list("mandate__account_id", flat=True).get(pk=debit_id)
    lock_account(account_id)
    found = ScheduledDebit.objects.select_for_update(no_key=True, of=("self",))
    return found.select_related("mandate__account", "mandate__made_by", "invoice").get(pk=debit_id)


def _move(debit: ScheduledDebit, state: DebitState, now: datetime) -> None:
    debit.state, debit.try_on, debit.decided_at = state, None, now
    debit.save(update_fields=["state", "try_on", "decided_at"])
