"""Saldo a favor: how much there is, where it came from, what was paid with it."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.paginator import Paginator
from django.db.models import FETCH_RAISE, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import managed_link
from accounts.models import AccountLink
from billing.enums import CreditReason
from billing.models import Allocation, CreditEntry, Invoice
from billing.presentation import bill_name
from oficina.shared.dates import local_day, short_date

PAGE_SIZE = 25

_WHAT = {
    CreditReason.SURPLUS: "Se pagó de más",
    CreditReason.ALREADY_PAID: "La factura ya estaba pagada",
    CreditReason.VOID_INVOICE: "La factura estaba anulada",
    CreditReason.IN_PLAN: "La factura está en un plan de pago",
    CreditReason.INVOICE_VOIDED: "Se anuló la cuota que se había pagado",
    CreditReason.UNASSIGNED: "Pago a cuenta",
    CreditReason.SPENT: "Usado para pagar",
    CreditReason.REFUNDED: "Te lo devolvimos",
    CreditReason.REFUND_FAILED: "Volvió: la devolución no se pudo hacer",
    CreditReason.DISPUTED: "Retenido por un reclamo al banco",
    CreditReason.REINSTATED: "Volvió de un reclamo al banco",
}


@dataclass(frozen=True, kw_only=True)
class CreditRow:
    """One movement. `bills`: what was paid with it, each with its address; `amount` in pesos, negative when it left."""

    day: str
    what: str
    payment_number: str
    payment_address: str
    bills: list[tuple[str, str]]
    amount: Decimal


@never_cache
@require_safe
def account_credit(request: HttpRequest, ref: str) -> HttpResponse:
    """The account's saldo a favor and its movements, newest first."""
    link = managed_link(request, ref)
    entries = CreditEntry.objects.of(link)
    allocations = Allocation.objects.select_related("invoice").order_by("invoice__due_on", "pk").fetch_mode(FETCH_RAISE)
    shown = (
        entries.select_related("payment", "credit_use")
        .defer("payment__request")
        .prefetch_related(Prefetch("credit_use__allocations", allocations))
        .order_by("-pk")
        .fetch_mode(FETCH_RAISE)
    )
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("pagina"))
    context = {
        "link": link,
        "balance": entries.balance(),
        "page": page,
        "rows": [_row(entry, link) for entry in page],
        "can_pay": Invoice.objects.of(link).owed().exists(),
    }
    return render(request, "billing/credit.html", context)


def _row(entry: CreditEntry, link: AccountLink) -> CreditRow:
    own = entry.payment.payer_id == link.user_id
    return CreditRow(
        day=short_date(local_day(entry.created_at)),
        what=_WHAT[CreditReason(entry.reason)],
        payment_number=entry.payment.number,
        payment_address=reverse("payment", args=[entry.payment.public_id]) if own else "",
        bills=_bills(entry, link),
        amount=entry.amount,
    )


def _bills(entry: CreditEntry, link: AccountLink) -> list[tuple[str, str]]:
    """The bills that this money paid: of the use, those that the same payment's credit went to."""
    if entry.credit_use is None:
        return []
    paid = {
        allocation.invoice_id: allocation.invoice
        for allocation in entry.credit_use.allocations.all()
        if allocation.payment_id == entry.payment_id
    }
    return [
        (bill_name(invoice), reverse("invoice", args=[link.public_id, invoice.public_id])) for invoice in paid.values()
    ]
