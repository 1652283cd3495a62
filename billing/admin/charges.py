"""Charges: what was raised, what was accepted and became a bill, what was cancelled; and how far numbering has come."""

from collections.abc import Mapping
from functools import partial

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from billing.admin import charge_cancelling
from billing.admin.inlines import VoucherInline
from billing.admin.search import charges_found_by
from billing.enums import ChargeStatus
from billing.models import Charge, InvoiceSeries
from oficina.shared.office.columns import linked_column, pesos_column, state_column
from oficina.shared.office.records import ReadOnlyAdmin

_COLOURS = {ChargeStatus.PENDING: "warning", ChargeStatus.INVOICED: "success", ChargeStatus.CANCELLED: "default"}


@admin.register(Charge)
class ChargeAdmin(ReadOnlyAdmin[Charge]):
    """Charges come by import; customers accept them, and the office may cancel one that is pending."""

    list_display = (
        "charge_number", "account_shown", "concept", "raised_on", "amount_shown", "state_shown", "invoice_shown",
    )  # fmt: skip
    list_filter = ("status",)
    list_select_related = ("account", "invoice")
    search_help_text = "Número de cargo, de cuenta o de la factura"
    inlines = (VoucherInline,)
    change_form_outer_before_template = "admin/charge_acts.html"
    fieldsets = (
        (
            "Cargo",
            {
                "fields": (
                    "charge_number", "account_shown", "concept", "description", "raised_on", "amount_shown", "status",
                )
            },
        ),
        ("Facturación", {"fields": ("invoice_shown", "invoiced_by_shown", "invoiced_at")}),
        ("Cancelación", {"fields": ("cancelled_by_shown", "cancelled_at", "cancellation_reason")}),
        ("Registro", {"fields": ("public_id", ("created_at", "updated_at"))}),
    )  # fmt: skip
    readonly_fields = ("account_shown", "amount_shown", "invoice_shown", "invoiced_by_shown", "cancelled_by_shown")
    account_shown = linked_column("account", "cuenta")
    invoice_shown = linked_column("invoice", "factura")
    invoiced_by_shown = linked_column("invoiced_by", "quien lo aceptó")
    cancelled_by_shown = linked_column("cancelled_by", "quien lo canceló")
    amount_shown = pesos_column("amount", "importe")
    state_shown = state_column("status", "estado", _COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Charge]:
        """Without the outline of the parcel."""
        return super().get_queryset(request).select_related("account", "invoice").defer("account__parcel")

    def found_by(self, typed: str) -> Q:
        return charges_found_by(typed)

    def get_urls(self) -> list[URLPattern]:
        """With the page that cancels a charge."""
        cancel = self.admin_site.admin_view(partial(charge_cancelling.cancel, self))
        return [path("<int:pk>/cancelar/", cancel, name="billing_charge_cancel"), *super().get_urls()]

    def about(self, request: HttpRequest, row: Charge) -> Mapping[str, object]:
        """Whether this person may cancel the charge."""
        is_pending = row.status == ChargeStatus.PENDING
        return {"may_cancel": is_pending and request.user.has_perm(charge_cancelling.PERMISSION)}


@admin.register(InvoiceSeries)
class InvoiceSeriesAdmin(ReadOnlyAdmin[InvoiceSeries]):
    """Numbers are taken by the acts that issue documents."""

    list_display = ("document_code", "point_of_sale_shown", "last_shown")
    fields = readonly_fields = list_display

    @admin.display(description="punto de venta")
    def point_of_sale_shown(self, series: InvoiceSeries) -> str:
        return series.last_invoice_number.partition("-")[0]

    @admin.display(description="último número")
    def last_shown(self, series: InvoiceSeries) -> str:
        return series.last_invoice_number
