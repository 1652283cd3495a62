"""How much of plans is financed, paid and still owed: of each plan, and of all those that a list found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.enums import InvoiceStatus
from oficina.shared.money import ZERO
from payment_plans.enums import PlanState
from payment_plans.models import PaymentPlan, PlanInstalment, PlanPayoff

_LEFT = F("invoice__amount") + F("invoice__surcharge") - F("invoice__applied")
_OWED = Q(invoice__status=InvoiceStatus.OPEN, invoice__offered=False) & Q(
    invoice__applied__lt=F("invoice__amount") + F("invoice__surcharge")
)
"""Of an instalment: it is to be paid, and no mere offer. Without the late interest that it may bear today."""


@dataclass(frozen=True, kw_only=True)
class StateTotals:
    """The plans in one state: how many, and pesos. `debt` was financed and `total` agreed to be paid for it."""

    state: PlanState
    count: int
    debt: Decimal
    total: Decimal
    paid: Decimal
    owed: Decimal


def with_money(plans: QuerySet[PaymentPlan], *, on: date) -> QuerySet[PaymentPlan]:
    """Each with `paid` and `owed`, in pesos, and `late`: how many of its instalments fell due by then and are owed."""
    parts = PlanInstalment.objects.filter(plan=OuterRef("pk"))
    payoffs = PlanPayoff.objects.filter(plan=OuterRef("pk"))
    late = parts.filter(_OWED, due_on__lt=on).order_by().values("plan").annotate(count=Count("pk")).values("count")
    return plans.annotate(
        paid=_sum_of(parts, F("invoice__applied")) + _sum_of(payoffs, F("invoice__applied")),
        owed=_sum_of(parts.filter(_OWED), _LEFT) + _sum_of(payoffs.filter(_OWED), _LEFT),
        late=Coalesce(Subquery(late), 0),
    )


def totals_by_state(plans: QuerySet[PaymentPlan]) -> list[StateTotals]:
    """The totals of these plans, a line for each state that one of them has, in three queries."""
    keys = plans.order_by().values("pk")
    agreed = PaymentPlan.objects.filter(pk__in=keys).order_by().values("state")
    lines = agreed.annotate(count=Count("pk"), debt_sum=Sum("debt"), total_sum=Sum("total"))
    money = _money_by_state([PlanInstalment.objects.filter(plan__in=keys), PlanPayoff.objects.filter(plan__in=keys)])
    found = {line["state"]: line for line in lines}
    return [
        StateTotals(
            state=state,
            count=found[state]["count"],
            debt=found[state]["debt_sum"],
            total=found[state]["total_sum"],
            paid=money.get(state, (ZERO, ZERO))[0],
            owed=money.get(state, (ZERO, ZERO))[1],
        )
        for state in PlanState
        if state in found
    ]


def _money_by_state(kinds: Sequence[QuerySet[Any]]) -> dict[str, tuple[Decimal, Decimal]]:
    """What is on the documents of plans, and what they still ask for, by the state of the plan."""
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for rows in kinds:
        by_state = rows.order_by().values("plan__state")
        for line in by_state.annotate(paid=Sum("invoice__applied"), owed=Sum(_LEFT, filter=_OWED)):
            paid, owed = sums.get(line["plan__state"], (ZERO, ZERO))
            sums[line["plan__state"]] = (paid + line["paid"], owed + (line["owed"] or ZERO))
    return sums


def _sum_of(rows: QuerySet[Any], amount: Any) -> Coalesce:
    pesos = DecimalField(max_digits=14, decimal_places=2)
    summed = rows.order_by().values("plan").annotate(sum=Sum(amount)).values("sum")
    return Coalesce(Subquery(summed), ZERO, output_field=pesos)
