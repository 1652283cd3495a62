"""Inicio of one account: how it stands, what is to be paid, what was used."""

import hashlib
from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import managed_link
from accounts.models import AccountLink
from billing.models import Invoice
from billing.pending_bills import AccountBills, PendingBill, account_bills
from billing.presentation import bill_name, document_name
from oficina.pages.account_status import account_facts, account_status
from oficina.pages.announced_debits import debit_day
from oficina.pages.consumption import consumption
from oficina.shared.dates import today
from oficina.shared.money import ZERO
from payment_plans.panel import PlanSummary, could_be_financed, plan_summaries

SHOWN_AT_FIRST = 12
"""The bills after these are in the same form behind a disclosure: chosen all at once, and the page stays short."""

_POLL_IN_PROCESS = 5
_POLL_UNFINISHED = 20
"""Seconds between two looks of the panel of bills while a payment is under way."""


@never_cache
@require_safe
def account_home(request: HttpRequest, ref: str) -> HttpResponse:
    """The whole page, or the panel that HTMX asks for: `?panel=` `estado`, `pendientes` or `planes`."""
    link = managed_link(request, ref)
    bills = account_bills(link, on=today(), debit_on=debit_day(link))
    panel = request.GET.get("panel") if "HX-Request" in request.headers else None
    plans = plan_summaries(link, bills, on=today())
    if panel == "estado":
        return render(request, "pages/inicio.html#status", _status(link, bills, plans))
    if panel == "pendientes":
        return _pending_panel(request, link, _not_shown_by(plans, bills))
    if panel == "planes":
        return _plans_panel(request, link, bills, plans)
    context = _status(link, bills, plans) | _plans(link, bills, plans) | {"consumption": consumption(link)}
    context |= _pending(request, link, _not_shown_by(plans, bills))
    context["has_bills"] = bool(bills.owed or context["consumption"]) or Invoice.objects.of(link).exists()
    return render(request, "pages/inicio.html", context)


def _pending_panel(request: HttpRequest, link: AccountLink, bills: Sequence[PendingBill]) -> HttpResponse:
    """Nothing to swap while the bills are as the page shows them; else the panel, and word to the others."""
    if request.GET.get("version") == _version(bills):
        return HttpResponse(status=204)
    response = render(request, "pages/inicio.html#pending", _pending(request, link, bills) | {"has_bills": True})
    response["HX-Trigger"] = "billsChanged"
    return response


def _plans_panel(
    request: HttpRequest, link: AccountLink, bills: AccountBills, plans: Sequence[PlanSummary]
) -> HttpResponse:
    """The same for the plans. When one changed while the page looked at it, its bills did too."""
    context = _plans(link, bills, plans)
    version = request.GET.get("version")
    if version == context["plans_version"]:
        return HttpResponse(status=204)
    response = render(request, "pages/inicio.html#plans", context)
    if version:
        response["HX-Trigger"] = "billsChanged, plansChanged"
    return response


def _not_shown_by(plans: Sequence[PlanSummary], bills: AccountBills) -> list[PendingBill]:
    """What is owed but for the instalments, which the panel of plans shows."""
    return [bill for bill in bills.owed if not any(bill.ref in plan.shows for plan in plans)]


def _status(link: AccountLink, bills: AccountBills, plans: Sequence[PlanSummary]) -> dict[str, object]:
    facts = account_facts(link)
    in_force = sum(plan.is_in_force for plan in plans)
    return {
        "link": link,
        "has_bills": True,
        "status": account_status(bills.owed, credit=facts.credit, on=today()),
        "adhesions": facts.adhesions,
        "could_be_financed": could_be_financed(bills.owed, plans=in_force, on=today()),
        "now": timezone.now(),
        "today": today(),
    }


def _plans(link: AccountLink, bills: AccountBills, plans: Sequence[PlanSummary]) -> dict[str, object]:
    told = [f"{plan.number} {plan.what} {plan.state} {plan.when} {plan.to_pay} {plan.in_process}" for plan in plans]
    return {
        "link": link,
        "plans": plans,
        "in_plan": [
            {"ref": bill.public_id, "subject": bill_name(bill), "document": document_name(bill)}
            for bill in bills.in_plan
        ],
        "in_plan_title": f"Ver las facturas en plan ({len(bills.in_plan)})",
        "plans_version": _digest([*told, *(bill.public_id for bill in bills.in_plan)]),
        "plans_in_process": any(plan.in_process for plan in plans),
    }


def _pending(request: HttpRequest, link: AccountLink, bills: Sequence[PendingBill]) -> dict[str, object]:
    chosen = _chosen(request, bills)
    picked = [bill for bill in bills if bill.ref in chosen]
    in_process = any(bill.in_process for bill in bills)
    unfinished = any(bill.under_way for bill in bills)
    return {
        "link": link,
        "bills": bills[:SHOWN_AT_FIRST],
        "more_bills": bills[SHOWN_AT_FIRST:],
        "more_title": f"Ver las otras {len(bills) - SHOWN_AT_FIRST} facturas",
        "more_open": any(bill.ref in chosen for bill in bills[SHOWN_AT_FIRST:]),
        "selectable": sum(bill.selectable for bill in bills),
        "chosen": chosen,
        "chosen_count": len(picked),
        "chosen_total": sum((bill.amount for bill in picked), ZERO),
        "version": _version(bills),
        "poll_seconds": _POLL_IN_PROCESS if in_process else _POLL_UNFINISHED if unfinished else None,
    }


def _chosen(request: HttpRequest, bills: Sequence[PendingBill]) -> set[str]:
    """The bills whose boxes are ticked: those of the address, or the only one that there is."""
    selectable = [bill for bill in bills if bill.selectable]
    match request.GET.get("seleccion"):
        case "todas":
            return {bill.ref for bill in selectable}
        case "vencidas":
            return {bill.ref for bill in selectable if bill.is_overdue}
    asked = set(request.GET.getlist("factura"))
    if not asked and len(selectable) == 1 and "panel" not in request.GET:
        return {selectable[0].ref}
    return {bill.ref for bill in selectable if bill.ref in asked}


def _version(bills: Sequence[PendingBill]) -> str:
    """Changes when a bill comes, goes, costs another amount or is held otherwise."""
    return _digest(f"{bill.ref} {bill.amount} {bill.state.words} {bill.under_way} {bill.debit_on}" for bill in bills)


def _digest(told: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
