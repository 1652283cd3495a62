"""A payment plan of the account: how it stands, its instalments, and what can be done. Direct debits show on it too."""

from datetime import date
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import managed_link
from accounts.documents import show_document
from accounts.models import AccountLink
from accounts.phones import show_phone
from adhesions.models import DirectDebit
from billing.pending_bills import pending_among
from oficina.pages.announced_debits import debit_day
from oficina.shared.dates import today
from oficina.shared.money import ZERO
from payment_plans.financing import Payoff
from payment_plans.models import PaymentPlan, PlanPayoff
from payment_plans.parts import paid_capital
from payment_plans.paying_early import what_pays_it_off
from payment_plans.plan_page import (
    InstalmentRow,
    bill_rows,
    chosen_at_first,
    parts_of,
    payoffs_of,
    rows_of,
    step_rows,
)
from payment_plans.presentation import equal_instalments, plan_state, rate_words, unequal_instalments
from payment_plans.refusals import NothingToPayEarly


@never_cache
@require_safe
def payment_plan(request: HttpRequest, ref: str, plan_id: str) -> HttpResponse:
    """The plan that `plan_id` names, of the account in hand, whoever made it."""
    link = managed_link(request, ref)
    loaded = PaymentPlan.objects.of(link).select_related("policy", "made_by", "acceptance__terms")
    plan = get_object_or_404(loaded, public_id=plan_id)
    parts, payoffs = parts_of(plan), payoffs_of(plan)
    documents = [part.invoice_id for part in parts] + [payoff.invoice_id for payoff in payoffs]
    bills = pending_among(link, documents, on=today(), debit_on=debit_day(link))
    rows = rows_of(plan, parts, bills, link)
    rows += rows_of(plan, [payoff for payoff in payoffs if not payoff.invoice.offered], bills, link)
    agreed = tuple(part.agreed for part in parts)
    context = {
        "link": link,
        "plan": plan,
        "mine": plan.made_by_id == link.user_id,
        "document": show_document(plan.document),
        "phone": show_phone(plan.phone),
        "title": equal_instalments(agreed),
        "sentences": unequal_instalments(agreed),
        "rates": [rate_words(rate) for rate in (plan.total_financial_cost, plan.terms.effective_annual_rate)],
        "nominal_rate": rate_words(plan.annual_rate),
        "cost": plan.total - plan.debt,
        "bills": bill_rows(plan, on=today()),
        "steps": step_rows(plan),
        "paid_capital": paid_capital(plan) if plan.end_reason else ZERO,
        "debited": DirectDebit.objects.live().of(link).exists(),
        **_instalments(request, link, plan, rows),
        **_payoff(link, plan, payoffs, rows),
    }
    return render(request, "payment_plans/plan.html", context)


def _instalments(
    request: HttpRequest, link: AccountLink, plan: PaymentPlan, rows: list[InstalmentRow]
) -> dict[str, object]:
    """The rows, which of them are chosen to be paid, and what stands out of them."""
    free = [row for row in rows if row.selectable]
    chosen = {row.ref for row in free} if request.GET.get("seleccion") == "todas" else chosen_at_first(rows)
    overdue = [row for row in free if row.is_overdue]
    return {
        "rows": rows,
        "state": plan_state(plan, overdue=len(overdue)),
        "first": rows[0],
        "next": free[0] if free else None,
        "overdue": overdue,
        "overdue_total": _total(overdue),
        "selectable": len(free),
        "chosen": chosen,
        "chosen_count": len(chosen),
        "chosen_total": _total([row for row in free if row.ref in chosen]),
        "paid_count": sum(row.bill is None for row in rows),
        "pay_first_address": f"{reverse('pay', args=[link.public_id])}?{urlencode({'factura': rows[0].ref})}",
    }


def _payoff(
    link: AccountLink, plan: PaymentPlan, payoffs: list[PlanPayoff], rows: list[InstalmentRow]
) -> dict[str, object]:
    """What pays all the rest today, or the document that was asked for and still can be paid."""
    if not plan.is_in_force or any(row.bill and row.bill.in_process for row in rows):
        return {}
    rest = _total([row for row in rows if row.selectable])
    asked = next((one for one in payoffs if one.invoice.offered and _is_good(one, today())), None)
    if asked is not None:
        address = f"{reverse('pay', args=[link.public_id])}?{urlencode({'factura': asked.invoice.public_id})}"
        return {"rest": rest, "payoff_asked": asked, "payoff_address": address}
    return {"rest": rest, "payoff": _what_pays_it_off(plan)}


def _what_pays_it_off(plan: PaymentPlan) -> Payoff | None:
    try:
        return what_pays_it_off(plan, now=timezone.now())
    except NothingToPayEarly:
        return None


def _is_good(payoff: PlanPayoff, on: date) -> bool:
    return payoff.good_until >= on


def _total(rows: list[InstalmentRow]) -> Decimal:
    return sum((row.amount for row in rows), ZERO)
