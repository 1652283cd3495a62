"""How an account stands with its money, at a glance."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import Coalesce

from accounts.models import ServiceAccount
from billing.models import CreditEntry, Invoice
from billing.presentation import bills_phrase
from oficina.shared.dates import short_date
from oficina.shared.money import ZERO, pesos
from oficina.staff.customers.ways import May, view_permission


@dataclass(frozen=True, kw_only=True)
class Figure:
    """An amount in words, what it is, and a line about it. `is_grave` when somebody has to see it first."""

    name: str
    amount: str
    note: str = ""
    is_grave: bool = False


def balance(account: ServiceAccount, may: May, *, on: date) -> list[Figure]:
    """What it owes at the prices of a local date, what of that is overdue, what is due next, what a plan took up, and
    what it has in favour: as much of it as this person may see.
    """
    figures = []
    if may(view_permission(Invoice)):
        figures += _of_bills(account, on)
    if may(view_permission(CreditEntry)):
        credit = CreditEntry.objects.filter(account=account).balance()
        figures.append(Figure(name="A favor", amount=pesos(credit)))
    return figures


def _of_bills(account: ServiceAccount, on: date) -> list[Figure]:
    of_account = Invoice.objects.filter(account=account)
    late, ahead = Q(due_on__lt=on), Q(due_on__gte=on)
    owed = (
        of_account.owed()
        .with_amount_due(on=on)
        .aggregate(
            count=Count("pk"),
            total=Coalesce(Sum("amount_due"), ZERO),
            late_count=Count("pk", filter=late),
            late=Coalesce(Sum("amount_due", filter=late), ZERO),
            since=Min("due_on", filter=late),
            next=Min("due_on", filter=ahead),
            next_amount=Coalesce(Sum("amount_due", filter=ahead), ZERO),
        )
    )
    financed: Decimal = of_account.in_plan().aggregate(total=Coalesce(Sum("financed"), ZERO))["total"]
    since: date | None = owed["since"]
    next_due: date | None = owed["next"]
    return [
        Figure(
            name="Debe hoy",
            amount=pesos(owed["total"]),
            note=bills_phrase(owed["count"]) if owed["count"] else "Está al día",
        ),
        Figure(
            name="Vencido",
            amount=pesos(owed["late"]),
            note=f"{bills_phrase(owed['late_count'])}, desde el {short_date(since)}" if since else "Nada vencido",
            is_grave=since is not None,
        ),
        Figure(
            name="Por vencer",
            amount=pesos(owed["next_amount"]),
            note=f"El próximo, el {short_date(next_due)}" if next_due else "Nada por vencer",
        ),
        Figure(
            name="En plan de pago",
            amount=pesos(financed),
            note="Se paga con sus cuotas" if financed else "Sin plan vigente",
        ),
    ]
