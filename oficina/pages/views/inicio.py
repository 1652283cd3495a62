"""Inicio of one account: how it stands, what is to be paid, what was used."""

import hashlib
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import managed_link
from accounts.models import AccountLink
from billing.models import CreditEntry, Invoice
from billing.pending_bills import PendingBill, pending_bills
from oficina.pages.account_status import account_status, adhesions
from oficina.pages.announced_debits import with_debits
from oficina.pages.consumption import consumption
from oficina.shared.dates import today
from oficina.shared.money import ZERO

SHOWN_AT_FIRST = 12
"""The bills after these are in the same form behind a disclosure: chosen all at once, and the page stays short."""

_POLL_IN_PROCESS = 5
_POLL_UNFINISHED = 20
"""Seconds between two looks of the panel of bills while a payment is under way."""


@never_cache
@require_safe
def account_home(request: HttpRequest, ref: str) -> HttpResponse:
    """The whole page, or the panel that HTMX asks for: `?panel=estado` or `?panel=pendientes`."""
    link = managed_link(request, ref)
    bills = with_debits(pending_bills(link, on=today()), link)
    panel = request.GET.get("panel") if "HX-Request" in request.headers else None
    if panel == "estado":
        return render(request, "pages/inicio.html#status", _status(link, bills))
    if panel == "pendientes":
        return _pending_panel(request, link, bills)
    context = _status(link, bills) | _pending(request, link, bills) | {"consumption": consumption(link)}
    context["has_bills"] = bool(bills or context["consumption"]) or Invoice.objects.of(link).exists()
    return render(request, "pages/inicio.html", context)


def _pending_panel(request: HttpRequest, link: AccountLink, bills: Sequence[PendingBill]) -> HttpResponse:
    """Nothing to swap while the bills are as the page shows them; else the panel, and word to the others."""
    if request.GET.get("version") == _version(bills):
        return HttpResponse(status=204)
    response = render(request, "pages/inicio.html#pending", _pending(request, link, bills) | {"has_bills": True})
    response["HX-Trigger"] = "billsChanged"
    return response


def _status(link: AccountLink, bills: Sequence[PendingBill]) -> dict[str, object]:
    credit = CreditEntry.objects.of(link).balance()
    return {
        "link": link,
        "has_bills": True,
        "status": account_status(bills, credit=credit, on=today()),
        "adhesions": adhesions(link),
        "now": timezone.now(),
        "today": today(),
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
    told = [f"{bill.ref} {bill.amount} {bill.state.words} {bill.under_way} {bill.debit_on}" for bill in bills]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
