"""What the utility's billing system has to learn of adhesions: which were made here, and which ended."""

import heapq
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from django.db.models import QuerySet

from accounts.account_numbers import format_account_number
from adhesions.models import DigitalBilling, DirectDebit
from oficina.shared.exporting import local_instant, midnight

_AT_ONCE = 2000
_MADE, _ENDED = "made", "ended"


class ExportedAdhesion(NamedTuple):
    """One line. Its fields, in this order, are the columns of the file (`docs/data-formats.md`)."""

    act: str
    kind: str
    changed_at: str
    adhesion_number: str
    account_number: str
    email: str
    means: str
    means_last4: str
    bank_code: str
    cap: Decimal | str
    reason: str


def exported_adhesions(since: date, until: date) -> Iterator[ExportedAdhesion]:
    """The adhesions made or ended from the local date `since` to `until`, both whole, in the order of these acts.

    One that was made and ended is on two lines. The numbers of bank accounts stay here: the bank reads them in the file
    of debits. Memory holds some thousands of them.
    """
    days = (midnight(since), midnight(until + timedelta(days=1)))
    lines = (
        _acts(DigitalBilling.objects.all(), _MADE, _digital, days),
        _acts(DirectDebit.objects.all(), _MADE, _debit, days),
        _acts(DigitalBilling.objects.all(), _ENDED, _digital, days),
        _acts(DirectDebit.objects.all(), _ENDED, _debit, days),
    )
    for _, line in heapq.merge(*lines, key=itemgetter(0)):
        yield line


type _Line = tuple[datetime, ExportedAdhesion]


def _acts[Kind: (DigitalBilling, DirectDebit)](
    adhesions: QuerySet[Kind],
    act: str,
    line: Callable[[Kind, str, datetime], ExportedAdhesion],
    days: tuple[datetime, datetime],
) -> Iterator[_Line]:
    moment = "started_at" if act == _MADE else "ended_at"
    within = adhesions.filter(**{f"{moment}__gte": days[0], f"{moment}__lt": days[1]})
    loaded = within.select_related("account").defer("account__parcel").order_by(moment, "pk")
    for adhesion in loaded.iterator(chunk_size=_AT_ONCE):
        at = getattr(adhesion, moment)
        yield at, line(adhesion, act, at)


def _digital(adhesion: DigitalBilling, act: str, at: datetime) -> ExportedAdhesion:
    return ExportedAdhesion(
        act=act,
        kind="digital_bill",
        changed_at=local_instant(at),
        adhesion_number=str(adhesion),
        account_number=format_account_number(adhesion.account.number),
        email=adhesion.email,
        means="",
        means_last4="",
        bank_code="",
        cap="",
        reason=adhesion.end_reason if act == _ENDED else "",
    )


def _debit(mandate: DirectDebit, act: str, at: datetime) -> ExportedAdhesion:
    return ExportedAdhesion(
        act=act,
        kind="direct_debit",
        changed_at=local_instant(at),
        adhesion_number=str(mandate),
        account_number=format_account_number(mandate.account.number),
        email="",
        means=mandate.means,
        means_last4=mandate.last4,
        bank_code=mandate.bank_code,
        cap="" if mandate.cap is None else mandate.cap,
        reason=mandate.end_reason if act == _ENDED else "",
    )
