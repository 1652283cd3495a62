"""The ledger's own tables: where each peso went, and what proves it."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from accounts.admin.search import accounts_numbered
from billing.admin.search import invoice_keys, payment_keys, record_numbers
from billing.document_download import document_download
from billing.models import Allocation, CreditEntry, PaymentEvent, PaymentItem, Receipt
from billing.receipts import RECEIPTS
from oficina.shared.ids import grouped_code, read_code
from oficina.shared.office.columns import json_column, linked_column, pesos_column
from oficina.shared.office.records import ReadOnlyAdmin

OF_PAYMENT = "Número de pago (P-…), de cuenta, de factura o de operación, o identificador del proveedor"


@admin.register(PaymentItem)
class PaymentItemAdmin(ReadOnlyAdmin[PaymentItem]):
    """Bills chosen to be paid, frozen."""

    list_display = ("payment_shown", "invoice_shown", "amount_shown", "surcharge_shown", "live")
    list_filter = ("live",)
    list_select_related = ("payment", "invoice")
    search_help_text = OF_PAYMENT
    payment_shown = linked_column("payment", "pago")
    invoice_shown = linked_column("invoice", "factura")
    amount_shown = pesos_column("amount", "importe pedido")
    surcharge_shown = pesos_column("surcharge", "recargo en total")
    fields = readonly_fields = list_display

    def found_by(self, typed: str) -> Q:
        return Q(payment__in=payment_keys(typed)) | Q(invoice__in=invoice_keys(typed))


@admin.register(Allocation)
class AllocationAdmin(ReadOnlyAdmin[Allocation]):
    """Where each peso of a payment went."""

    list_display = (
        "created_at",
        "payment_shown",
        "invoice_shown",
        "reason",
        "amount_shown",
        "surcharge_shown",
        "reverses_shown",
    )
    list_filter = ("reason",)
    list_select_related = ("payment", "invoice", "reverses")
    search_help_text = OF_PAYMENT
    payment_shown = linked_column("payment", "pago")
    invoice_shown = linked_column("invoice", "factura")
    amount_shown = pesos_column("amount", "importe")
    surcharge_shown = pesos_column("surcharge", "recargo fijado")
    reverses_shown = linked_column("reverses", "anula a")
    fields = readonly_fields = list_display

    def found_by(self, typed: str) -> Q:
        return Q(payment__in=payment_keys(typed)) | Q(invoice__in=invoice_keys(typed))


@admin.register(PaymentEvent)
class PaymentEventAdmin(ReadOnlyAdmin[PaymentEvent]):
    """Each move of each payment, and its cause."""

    list_display = ("at", "payment_shown", "from_state", "to_state", "cause")
    list_filter = ("to_state",)
    list_select_related = ("payment",)
    search_help_text = OF_PAYMENT
    fields = (*list_display, "detail_shown")
    payment_shown = linked_column("payment", "pago")
    detail_shown = json_column("detail", "detalle")
    readonly_fields = ("payment_shown", "detail_shown")

    def found_by(self, typed: str) -> Q:
        return Q(payment__in=payment_keys(typed))


@admin.register(CreditEntry)
class CreditEntryAdmin(ReadOnlyAdmin[CreditEntry]):
    """Money that belongs to an account and to no bill."""

    list_display = ("created_at", "account_shown", "reason", "amount_shown", "payment_shown")
    list_filter = ("reason",)
    list_select_related = ("account", "payment")
    search_help_text = OF_PAYMENT
    account_shown = linked_column("account", "cuenta")
    payment_shown = linked_column("payment", "pago de origen")
    amount_shown = pesos_column("amount", "importe")
    fields = readonly_fields = list_display

    def get_queryset(self, request: HttpRequest) -> QuerySet[CreditEntry]:
        """Without the outline of the parcel."""
        return super().get_queryset(request).defer("account__parcel", "payment__request")

    def found_by(self, typed: str) -> Q:
        return Q(account__in=accounts_numbered(typed)) | Q(payment__in=payment_keys(typed))


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin[Receipt]):
    """What proves a payment, with its PDF."""

    list_display = ("number", "payment_shown", "code", "issued_at", "mailed_at")
    list_select_related = ("payment",)
    search_help_text = "Número de recibo (R-…), código de verificación, o lo mismo que de un pago"
    fields = ("number", "payment_shown", "code", "issued_at", "rendered_at", "mailed_at", "document")
    payment_shown = linked_column("payment", "pago")
    readonly_fields = ("number", "payment_shown", "code", "document")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Receipt]:
        """Without the PDF."""
        return super().get_queryset(request).defer("pdf", "payment__request")

    def found_by(self, typed: str) -> Q:
        own = record_numbers(typed, "R") if typed[:1].upper() == "R" else []
        return Q(pk__in=own) | Q(verification_code=read_code(typed)) | Q(payment__in=payment_keys(typed))

    def get_urls(self) -> list[URLPattern]:
        """With the PDF."""
        document = path("<int:pk>/recibo.pdf", self.admin_site.admin_view(self.pdf), name="billing_receipt_pdf")
        return [document, *super().get_urls()]

    def pdf(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The stored PDF. 404 for whoever may not see receipts."""
        receipts = RECEIPTS.documents()
        receipt = get_object_or_404(receipts if self.has_view_permission(request) else receipts.none(), pk=pk)
        return document_download(receipt)

    @admin.display(description="número")
    def number(self, receipt: Receipt) -> str:
        return receipt.number

    @admin.display(description="código de verificación")
    def code(self, receipt: Receipt) -> str:
        return grouped_code(receipt.verification_code)

    @admin.display(description="documento")
    def document(self, receipt: Receipt) -> str:
        address = reverse("admin:billing_receipt_pdf", args=[receipt.pk])
        return format_html('<a class="text-primary-600 dark:text-primary-400" href="{}">Descargar el PDF</a>', address)
