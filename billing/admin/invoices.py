"""Bills: what was billed, what was paid of it, by which payments."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from billing.admin.inlines import AllocationOfInvoiceInline, CoverInline, ItemOfInvoiceInline, LineInline
from billing.admin.search import invoices_found_by
from billing.models import Invoice
from billing.presentation import IN_PLAN
from oficina.shared.dates import short_date, today
from oficina.shared.money import pesos
from oficina.shared.office.columns import NOTHING, linked_column, pesos_column
from oficina.shared.office.records import ReadOnlyAdmin


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin[Invoice]):
    """Bills come by import."""

    list_display = ("__str__", "account_shown", "subject_shown", "due_on", "amount_shown", "applied_shown", "situation")
    list_filter = ("status", "kind")
    list_select_related = ("account",)
    search_help_text = "Número de factura, de cuenta o código de pago electrónico"
    inlines = (LineInline, AllocationOfInvoiceInline, CoverInline, ItemOfInvoiceInline)
    fieldsets = (
        (
            "Factura",
            {
                "fields": (
                    "account_shown", "document_code", "invoice_number", "kind", "subject_shown", "issued_on", "status",
                )
            },
        ),
        (
            "Importes",
            {
                "fields": (
                    "due_on", "amount_shown", "later_prices", "due_today", "surcharge_shown", "applied_shown",
                    "covered_shown", "financed_shown", "offered", "settled_at",
                )
            },
        ),
        (
            "Consumo",
            {
                "fields": (
                    "service_kind",
                    "consumption_m3",
                    ("previous_reading", "previous_reading_on"),
                    ("current_reading", "current_reading_on"),
                )
            },
        ),
        (
            "Datos del documento",
            {
                "fields": (
                    "other_taxes_shown",
                    "payment_code",
                    ("authorization_code", "authorization_due_on"),
                    "public_id",
                    ("created_at", "updated_at"),
                )
            },
        ),
    )  # fmt: skip
    readonly_fields = (
        "account_shown", "subject_shown", "amount_shown", "later_prices", "due_today", "surcharge_shown",
        "applied_shown", "covered_shown", "financed_shown", "other_taxes_shown",
    )  # fmt: skip
    account_shown = linked_column("account", "cuenta")
    amount_shown = pesos_column("amount", "importe")
    applied_shown = pesos_column("applied", "pagado")
    covered_shown = pesos_column("covered", "cubierto por planes de pago")
    financed_shown = pesos_column("financed", "de eso, a pagar con cuotas")
    surcharge_shown = pesos_column("surcharge", "recargo cobrado")
    other_taxes_shown = pesos_column("other_taxes", "otros impuestos")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        """Without the outline of the parcel."""
        return super().get_queryset(request).select_related("account").defer("account__parcel")

    def found_by(self, typed: str) -> Q:
        return invoices_found_by(typed)

    @admin.display(description="concepto")
    def subject_shown(self, invoice: Invoice) -> str:
        return invoice.subject

    @admin.display(description="situación")
    def situation(self, invoice: Invoice) -> str:
        if invoice.status != "open":
            return invoice.get_status_display()
        if invoice.is_paid:
            return "Pagada"
        if invoice.is_in_plan:
            return IN_PLAN.words
        return "Vencida" if invoice.due_on < today() else "Pendiente"

    @admin.display(description="otros vencimientos")
    def later_prices(self, invoice: Invoice) -> str:
        prices = zip(invoice.later_due_on, invoice.later_amounts, strict=True)
        return " · ".join(f"{short_date(day)}: {pesos(price)}" for day, price in prices) or NOTHING

    @admin.display(description="para pagarla hoy")
    def due_today(self, invoice: Invoice) -> str:
        priced = Invoice.objects.payable().with_amount_due(on=today()).filter(pk=invoice.pk).first()
        return NOTHING if priced is None else pesos(priced.amount_due)
