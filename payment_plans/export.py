"""What the utility's billing system has to learn of payment plans: each state to which one came, and the documents by
which they are paid. Payments of these are in the rendición, as of any bill.
"""

import heapq
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from django.db.models import Prefetch, QuerySet

from accounts.account_numbers import format_account_number
from billing.models import Invoice
from oficina.shared.exporting import local_instant, midnight
from payment_plans.models import PlanBill, PlanInstalment, PlanPayoff, PlanStep

_AT_ONCE = 1000


class ExportedStep(NamedTuple):
    """One line. Its fields, in this order, are the columns of the file (`docs/data-formats.md`)."""

    state: str
    changed_at: str
    plan_number: str
    account_number: str
    debt: Decimal
    total: Decimal
    instalments: int
    annual_rate: Decimal
    total_financial_cost: Decimal
    bills: str
    reason: str


class ExportedDocument(NamedTuple):
    """One line. Its fields, in this order, are the columns of the file (`docs/data-formats.md`)."""

    kind: str
    issued_at: str
    plan_number: str
    account_number: str
    number: str
    due_on: date
    capital: Decimal
    interest: Decimal
    vat: Decimal
    document_code: int
    invoice_number: str
    payment_code: str


def exported_steps(since: date, until: date) -> Iterator[ExportedStep]:
    """The states to which plans came from the local date `since` to `until`, both whole, in the order in which they
    did. Memory holds some thousands of them.
    """
    bills = PlanBill.objects.select_related("invoice").order_by("pk")
    steps = _within(PlanStep.objects.order_by("at", "pk"), "at", since, until).select_related("plan__account")
    loaded = steps.defer("plan__account__parcel").prefetch_related(Prefetch("plan__bills", queryset=bills))
    for step in loaded.iterator(chunk_size=_AT_ONCE):
        plan = step.plan
        yield ExportedStep(
            state=step.state,
            changed_at=local_instant(step.at),
            plan_number=str(plan),
            account_number=format_account_number(plan.account.number),
            debt=plan.debt,
            total=plan.total,
            instalments=plan.instalments,
            annual_rate=plan.annual_rate,
            total_financial_cost=plan.total_financial_cost,
            bills=" ".join(_identity(bill.invoice) for bill in plan.bills.all()),
            reason=step.reason,
        )


def exported_documents(since: date, until: date) -> Iterator[ExportedDocument]:
    """The documents of plans that were issued on those local days, in the order in which they were."""
    instalments = _within(PlanInstalment.objects.order_by("plan__created_at", "pk"), "plan__created_at", since, until)
    payoffs = _within(PlanPayoff.objects.order_by("created_at", "pk"), "created_at", since, until)
    related = ("plan__account", "invoice")
    lines = (
        ((part.plan.created_at, _line(part)) for part in instalments.select_related(*related).iterator(_AT_ONCE)),
        ((payoff.created_at, _line(payoff)) for payoff in payoffs.select_related(*related).iterator(_AT_ONCE)),
    )
    for _, line in heapq.merge(*lines, key=itemgetter(0)):
        yield line


def _within[Row: (PlanStep, PlanInstalment, PlanPayoff)](
    rows: QuerySet[Row], moment: str, since: date, until: date
) -> QuerySet[Row]:
    days = {f"{moment}__gte": midnight(since), f"{moment}__lt": midnight(until + timedelta(days=1))}
    return rows.filter(**days)


def _line(part: PlanInstalment | PlanPayoff) -> ExportedDocument:
    document = part.invoice
    if isinstance(part, PlanPayoff):
        kind, issued_at, number = "payoff", part.created_at, ""
    else:
        kind, issued_at, number = "instalment", part.plan.created_at, str(part.number)
    return ExportedDocument(
        kind=kind,
        issued_at=local_instant(issued_at),
        plan_number=str(part.plan),
        account_number=format_account_number(part.plan.account.number),
        number=number,
        due_on=document.due_on,
        capital=part.capital,
        interest=part.interest,
        vat=part.vat,
        document_code=document.document_code,
        invoice_number=document.invoice_number,
        payment_code=document.payment_code or "",
    )


def _identity(bill: Invoice) -> str:
    return f"{bill.document_code}:{bill.invoice_number}"
