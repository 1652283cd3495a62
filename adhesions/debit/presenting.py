"""The debits of a day in bank accounts: gathered into a file that the office hands to the bank."""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from adhesions.debit.announcing import last_moment_to_stop
from adhesions.debit.bank_files import PresentedDebit, write_presentation
from adhesions.debit.collecting import begin_try, debit_of, lock_debit
from adhesions.debit.mails import tell_withdrawn
from adhesions.debit.mandates import read_account
from adhesions.debit.refusals import NothingToPresent
from adhesions.debit.withdrawing import withdraw_debits
from adhesions.enums import DebitMeans, DebitState
from adhesions.models import BankPresentation, ScheduledDebit
from billing.closing import TAKEN_BY_DEBIT
from billing.debits import save_bank_debit
from billing.gateway.errors import ProviderUnavailableError
from billing.locks import lock_account
from billing.models import Payment
from billing.polling import withdraw_checkouts_of
from billing.refusals import DebitExceedsNotice, InvoiceNotPayable, PaymentUnderWay
from oficina.shared.dates import local_day
from oficina.shared.money import ZERO

_log = logging.getLogger(__name__)


def debits_to_present(on: date, *, now: datetime) -> list[ScheduledDebit]:
    """The debits in bank accounts of a local date, or left over from one before it, that can no longer be stopped."""
    waiting = ScheduledDebit.objects.filter(
        mandate__means=DebitMeans.BANK, state=DebitState.ANNOUNCED, try_on__lte=on
    ).select_related("mandate")
    return [debit for debit in waiting.order_by("mandate__account_id", "pk") if last_moment_to_stop(debit) <= now]


@dataclass(frozen=True, kw_only=True)
class DayToPresent:
    """What a presentation of the debits of a local date would hold at most: a few may turn out to be paid."""

    on: date
    count: int
    total: Decimal


def days_to_present(*, now: datetime) -> list[DayToPresent]:
    """The dates, from today on, that have debits which can no longer be stopped, the nearest first.

    A later date has those of the earlier ones too, while nobody presents them.
    """
    today = local_day(now)
    ready = debits_to_present(today + timedelta(days=1), now=now)
    days = []
    for on in sorted({max(debit.try_on or today, today) for debit in ready}):
        amounts = [debit.amount for debit in ready if (debit.try_on or today) <= on]
        days.append(DayToPresent(on=on, count=len(amounts), total=sum(amounts, ZERO)))
    return days


def present_debits(on: date, *, by: User, now: datetime) -> BankPresentation:
    """Put the debits of a local date into the next presentation, each once; from then on they are under way.

    Open checkouts of the bills are closed first, so call it outside any transaction. A bill whose other payment is on
    its way waits for a later file; one that is paid, or costs more than was announced, is not debited.

    Raises NothingToPresent.
    """
    debits = debits_to_present(on, now=now)
    _close_checkouts(debits)
    with transaction.atomic(durable=True):
        _hold_numbering()
        for account_id in sorted({debit.mandate.account_id for debit in debits}):
            lock_account(account_id)
        saved = [(debit, payment) for debit in debits if (payment := _saved(debit.pk, on, now)) is not None]
        if not saved:
            raise NothingToPresent
        number = (BankPresentation.objects.order_by("-number").values_list("number", flat=True).first() or 0) + 1
        total = sum((payment.amount_asked for _, payment in saved), ZERO)
        content = _written(number, saved, on=local_day(now))
        presentation = BankPresentation.objects.create(
            number=number,
            debits_on=on,
            count=len(saved),
            total=total,
            sha256=hashlib.sha256(content).hexdigest(),
            made_at=now,
            made_by=by,
        )
        for debit, payment in saved:
            begin_try(debit, payment, 1, now, presentation=presentation)
    return presentation


def presentation_file(presentation: BankPresentation) -> bytes:
    """The file again, as it was made. Raises ValueError when it would be another one: then something was changed."""
    tries = presentation.tries.select_related("debit__mandate__account", "payment")
    content = _written(
        presentation.number,
        [(made.debit, made.payment) for made in tries.order_by("debit__mandate__account_id", "debit_id")],
        on=local_day(presentation.made_at),
    )
    if hashlib.sha256(content).hexdigest() != presentation.sha256:
        raise ValueError(f"presentation {presentation.number} is not what it was")
    return content


@sensitive_variables()  # no report of an error tells an account
def _written(number: int, debits: Iterable[tuple[ScheduledDebit, Payment]], *, on: date) -> bytes:
    presented = [
        PresentedDebit(
            reference=payment.public_id,
            cbu=read_account(debit.mandate),
            holder_document=debit.mandate.holder_document,
            amount=payment.amount_asked,
            debit_on=debit.debit_on,
            account_number=debit.mandate.account.number,
        )
        for debit, payment in debits
    ]
    cuit = "".join(character for character in settings.UTILITY.utility_cuit if character.isdigit())
    return write_presentation(number, presented, cuit=cuit, written_on=on)


def _saved(debit_id: int, on: date, now: datetime) -> Payment | None:
    debit = lock_debit(debit_id)
    if debit.state != DebitState.ANNOUNCED:
        return None
    try:
        return save_bank_debit(debit_of(debit, on), now=now)
    except PaymentUnderWay:
        return None
    except (InvoiceNotPayable, DebitExceedsNotice) as refusal:
        withdraw_debits(ScheduledDebit.objects.filter(pk=debit.pk), now=now)
        if isinstance(refusal, DebitExceedsNotice):
            tell_withdrawn(debit, due=refusal.due)
        return None


def _close_checkouts(debits: Iterable[ScheduledDebit]) -> None:
    try:
        withdraw_checkouts_of([debit.invoice_id for debit in debits], cause=TAKEN_BY_DEBIT)
    except ProviderUnavailableError:
        _log.warning("the provider does not answer; bills with an open checkout wait for the next presentation")


def _hold_numbering() -> None:
    """Nobody else makes a presentation until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('presentations are numbered'))")
