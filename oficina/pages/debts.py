"""How a person's accounts stand: what is owed on each today, what is overdue, what falls due next."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypedDict, cast

from django.db.models import FETCH_RAISE, Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django_stubs_ext import WithAnnotations

from accounts.models import AccountLink, User
from billing.models import Invoice
from billing.models.invoice import InvoiceQuerySet
from billing.presentation import StateWords, due_state
from billing.pricing import AmountDue
from oficina.shared.money import ZERO, MoneyField


class Debt(TypedDict):
    """What `links_with_debt` adds to each link. Amounts in pesos, at the prices of the day asked for; local dates."""

    debt: Decimal
    overdue_debt: Decimal
    oldest_overdue_on: date | None
    next_due_on: date | None


type LinkWithDebt = WithAnnotations[AccountLink, Debt]


@dataclass(frozen=True)
class DebtTotals:
    """All accounts of a person together."""

    accounts: int
    overdue_accounts: int
    overdue_debt: Decimal


def links_with_debt(user: User, on: date) -> QuerySet[LinkWithDebt]:
    """The person's active links, each with its account and its `Debt`, in one query however many bills there are."""
    bills = Invoice.objects.filter(account=OuterRef("account"))
    links = (
        AccountLink.objects.active()
        .filter(user=user)
        .with_account()
        .annotate(
            debt=_owed(bills.payable(), on),
            overdue_debt=_owed(bills.overdue(on=on), on),
            oldest_overdue_on=_first_due(bills.overdue(on=on)),
            next_due_on=_first_due(bills.not_yet_due(on=on)),
        )
        .fetch_mode(FETCH_RAISE)
    )
    return cast("QuerySet[LinkWithDebt]", links)  # the expressions do not tell their types


def debt_totals(links: QuerySet[LinkWithDebt]) -> DebtTotals:
    """The sum over a person's links, in one query."""
    totals = links.aggregate(
        accounts=Count("pk"),
        overdue_accounts=Count("pk", filter=Q(oldest_overdue_on__isnull=False)),
        overdue_total=Coalesce(Sum("overdue_debt"), ZERO, output_field=MoneyField()),
    )
    return DebtTotals(totals["accounts"], totals["overdue_accounts"], totals["overdue_total"])


def debt_state(link: LinkWithDebt, on: date) -> StateWords:
    """`Vencida hace 67 días`, `Vence en 6 días` or `Al día`."""
    due_on = link.oldest_overdue_on or link.next_due_on
    return due_state(due_on, on) if due_on else StateWords("Al día", "success")


def _owed(bills: InvoiceQuerySet, on: date) -> Coalesce:
    total = bills.order_by().values("account").annotate(total=Sum(AmountDue(on=on))).values("total")
    return Coalesce(Subquery(total), ZERO, output_field=MoneyField())


def _first_due(bills: InvoiceQuerySet) -> Subquery:
    return Subquery(bills.order_by("due_on").values("due_on")[:1])
