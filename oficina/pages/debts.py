"""How a person's accounts stand: what is owed on each today, what is overdue, what falls due next."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypedDict, cast

from django.db.models import FETCH_RAISE, Case, Count, OuterRef, Q, QuerySet, Subquery, Sum, When
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
    accounts_to_prove: int
    """Of which nothing is told."""


def links_with_debt(user: User, on: date) -> QuerySet[LinkWithDebt]:
    """The person's active links, each with its account and its `Debt`, in one query however many bills there are.

    What is owed on an account that they have to prove again is not told: no debt, no date.
    """
    bills = Invoice.objects.filter(account=OuterRef("account"))
    links = (
        AccountLink.objects.active()
        .filter(user=user)
        .with_account()
        .annotate(
            debt=Coalesce(_told(_owed(bills.owed(), on)), ZERO, output_field=MoneyField()),
            overdue_debt=Coalesce(_told(_owed(bills.overdue(on=on), on)), ZERO, output_field=MoneyField()),
            oldest_overdue_on=_told(_first_due(bills.overdue(on=on))),
            next_due_on=_told(_first_due(bills.not_yet_due(on=on))),
        )
        .fetch_mode(FETCH_RAISE)
    )
    return cast("QuerySet[LinkWithDebt]", links)  # the expressions do not tell their types


def debt_totals(links: QuerySet[LinkWithDebt]) -> DebtTotals:
    """The sum over a person's links, in one query."""
    totals = links.aggregate(
        accounts=Count("pk"),
        overdue_accounts=Count("pk", filter=Q(oldest_overdue_on__isnull=False)),
        accounts_to_prove=Count("pk", filter=Q(must_prove_since__isnull=False)),
        overdue_total=Coalesce(Sum("overdue_debt"), ZERO, output_field=MoneyField()),
    )
    return DebtTotals(
        totals["accounts"], totals["overdue_accounts"], totals["overdue_total"], totals["accounts_to_prove"]
    )


def debt_state(link: LinkWithDebt, on: date) -> StateWords:
    """`Vencida hace 67 días`, `Vence en 6 días` or `Al día`; what to do before any of these is told."""
    if link.must_prove_since is not None:
        return StateWords("Acreditá la cuenta", "warning")
    due_on = link.oldest_overdue_on or link.next_due_on
    return due_state(due_on, on) if due_on else StateWords("Al día", "success")


def _told(expression: Subquery) -> Case:
    return Case(When(must_prove_since=None, then=expression))


def _owed(bills: InvoiceQuerySet, on: date) -> Subquery:
    return Subquery(bills.order_by().values("account").annotate(total=Sum(AmountDue(on=on))).values("total"))


def _first_due(bills: InvoiceQuerySet) -> Subquery:
    return Subquery(bills.order_by("due_on").values("due_on")[:1])
