"""The search box of every page of the office: accounts, people, bills, payments, charges, plans, documents."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from unfold.dataclasses import SearchResult

from accounts.models import ServiceAccount, User
from billing.models import Charge, ChargeVoucher, DebtCertificate, Invoice, Payment, Receipt, Refund, WebhookEvent
from oficina.shared.office.act_pages import record_address
from oficina.staff.customers.ways import May, customer_address
from payment_plans.models import PaymentPlan

SEARCHED: tuple[tuple[type[Model], str], ...] = (
    (ServiceAccount, "home_pin"),
    (User, "person"),
    (Invoice, "receipt_long"),
    (Payment, "payments"),
    (Receipt, "verified"),
    (Charge, "handyman"),
    (ChargeVoucher, "description"),
    (DebtCertificate, "workspace_premium"),
    (PaymentPlan, "calendar_month"),
    (Refund, "undo"),
    (WebhookEvent, "webhook"),
)
MOST = 5
"""Results of each kind; the list of its own finds the rest."""


def search_everything(request: HttpRequest, _lowered: str) -> list[SearchResult]:
    """The newest few of each kind that match what was typed, among those that this person may see. What is a
    customer's leads to the customer's page.
    """
    typed = request.GET.get("s", "").strip()  # as typed: the provider's ids tell capitals apart
    results = []
    for model, icon in SEARCHED:
        listed = admin.site.get_model_admin(model)
        if not listed.has_view_permission(request):
            continue
        rows, _ = listed.get_search_results(request, listed.get_queryset(request), typed)
        results += [_result(row, icon, request.user.has_perm) for row in rows.order_by("-pk")[:MOST]]
    return results


def _result(row: Model, icon: str, may: May) -> SearchResult:
    kind = str(row._meta.verbose_name).capitalize()
    named = f"{row} · {row.holder_name}" if isinstance(row, ServiceAccount) else str(row)
    link = customer_address(row, may) or record_address(row)
    return SearchResult(title=named, description=kind, link=link, icon=icon)
