"""The plans that a list found, and their instalments, as tables for a spreadsheet."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.account_numbers import format_account_number
from billing.documents.bill_facts import payment_code_words
from billing.models import Allocation
from oficina.shared.dates import local_day, today
from oficina.shared.spreadsheets import Cell
from payment_plans.documents.coupons import instalment_name, state_in_words
from payment_plans.models import PaymentPlan, PlanInstalment

PLAN_HEADINGS = (
    "Plan", "Estado", "Motivo del fin", "Cuenta", "Política", "Hecho", "Vigente desde", "Terminado", "Cuotas",
    "TNA (%)", "CFT (%)", "Deuda", "Total", "Pagado", "Falta pagar", "Cuotas vencidas",
)  # fmt: skip
INSTALMENT_HEADINGS = (
    "Plan", "Estado del plan", "Cuenta", "Cuota", "Vencimiento", "Capital", "Interés", "IVA", "Importe", "Documento",
    "Código de pago", "Pagado", "Estado",
)  # fmt: skip

_AT_ONCE = 500


def plan_rows(plans: QuerySet[PaymentPlan]) -> Iterator[tuple[Cell, ...]]:
    """A line for each plan, loaded `with_money`, the oldest on top. Nothing by which its person is found."""
    for plan in plans.select_related("account", "policy").order_by("pk").iterator(chunk_size=_AT_ONCE):
        yield _plan_row(plan)


def instalment_rows(plans: QuerySet[PaymentPlan]) -> Iterator[tuple[Cell, ...]]:
    """A line for each instalment of these plans, the oldest plan on top."""
    money = Prefetch("invoice__allocations", Allocation.objects.select_related("payment").defer("payment__request"))
    parts = PlanInstalment.objects.filter(plan__in=plans.order_by().values("pk")).order_by("plan", "number")
    loaded = parts.select_related("plan__account", "invoice").defer("plan__account__parcel").prefetch_related(money)
    on = today()
    for part in loaded.iterator(chunk_size=_AT_ONCE):
        yield (
            str(part.plan),
            part.plan.get_state_display(),
            format_account_number(part.plan.account.number),
            instalment_name(part, part.plan),
            part.due_on,
            part.capital,
            part.interest,
            part.vat,
            part.amount,
            str(part.invoice),
            payment_code_words(part.invoice),
            part.invoice.applied,
            state_in_words(part, part.plan, on=on),
        )


def _plan_row(plan: Any) -> tuple[Cell, ...]:
    return (
        str(plan),
        plan.get_state_display(),
        plan.get_end_reason_display(),
        format_account_number(plan.account.number),
        str(plan.policy),
        local_day(plan.created_at),
        local_day(plan.began_at) if plan.began_at else "",
        local_day(plan.closed_at) if plan.closed_at else "",
        str(plan.instalments),
        plan.annual_rate,
        plan.total_financial_cost,
        plan.debt,
        plan.total,
        plan.paid,
        plan.owed,
        str(plan.late),
    )
