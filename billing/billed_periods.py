"""What an account used and what it was billed, period by period."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Sum

from billing.enums import InvoiceKind, InvoiceStatus
from billing.models import Invoice
from billing.presentation import decimal_words
from oficina.shared.dates import period_name

CHARTED = 13
"""A year of bimesters, the same one of a year before, and what lies between."""

_PERIOD_WORDS = {1: "mes", 2: "bimestre", 3: "trimestre", 4: "cuatrimestre", 6: "semestre", 12: "año"}
_PLURALS = {"mes": "meses"}


@dataclass(frozen=True)
class Period:
    """One period: its first month, m³ used (None for a flat rate) and what was billed in pesos."""

    month: date
    used: Decimal | None
    amount: Decimal

    @property
    def name(self) -> str:
        """`Julio y agosto 2026`."""
        return period_name(self.month, settings.BILLING_PERIOD_MONTHS)

    @property
    def used_words(self) -> str:
        """`41 m³`, or empty."""
        return "" if self.used is None else cubic_metres(self.used)


def billed_periods(account_id: int, *, count: int = CHARTED, until: date | None = None) -> list[Period]:
    """The last periods of the account's service bills in force, newest first, in one query.

    `until` is the first month of the last period wanted. Bills of one period are added up.
    """
    bills = Invoice.objects.filter(account=account_id, kind=InvoiceKind.SERVICE, status=InvoiceStatus.OPEN)
    if until is not None:
        bills = bills.filter(period__lte=until)
    summed = bills.values("period").annotate(used=Sum("consumption_m3"), billed=Sum("amount"))
    rows = summed.order_by("-period")[:count]
    return [Period(row["period"], row["used"], row["billed"]) for row in rows if row["period"] is not None]


def period_words() -> str:
    """What a billing period is called: `bimestre`."""
    return _PERIOD_WORDS.get(settings.BILLING_PERIOD_MONTHS, "período")


def last_periods_words(count: int) -> str:
    """`Últimos 13 bimestres`, `Último bimestre`."""
    name = period_words()
    return f"Últimos {count} {_PLURALS.get(name, f'{name}s')}" if count > 1 else f"Último {name}"


def cubic_metres(used: Decimal) -> str:
    """`41 m³`, `1.204,5 m³`."""
    return f"{decimal_words(used)} m³"
