"""The documents that the utility issued, with their PDFs: receipts, certificates of no debt, charge comprobantes."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from accounts.admin.search import accounts_numbered
from billing.admin.search import charge_keys, payment_keys, record_numbers
from billing.document_download import document_download
from billing.models import ChargeVoucher, DebtCertificate, Receipt, StoredDocument
from oficina.shared.ids import grouped_code, read_code
from oficina.shared.office.columns import linked_column, pesos_column
from oficina.shared.office.records import ReadOnlyAdmin


class DocumentAdmin[Document: StoredDocument](ReadOnlyAdmin[Document]):
    """Documents of one kind, found by their number, their code and what they are about (`found_about`)."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        """Without the PDF."""
        return super().get_queryset(request).defer("pdf")

    def found_by(self, typed: str) -> Q:
        prefix = self.model.NUMBER_PREFIX
        own = record_numbers(typed, prefix) if typed.upper().startswith(prefix) else []
        return Q(pk__in=own) | Q(verification_code=read_code(typed)) | self.found_about(typed)

    def found_about(self, typed: str) -> Q:
        """The documents about what somebody of the office typed."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        """With the PDF."""
        address = path("<int:pk>/documento.pdf", self.admin_site.admin_view(self.pdf), name=self._pdf_name())
        return [address, *super().get_urls()]

    def pdf(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The stored PDF. 404 for whoever may not see documents of this kind."""
        listed = self.get_queryset(request)
        return document_download(
            get_object_or_404(listed if self.has_view_permission(request) else listed.none(), pk=pk)
        )

    def _pdf_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_pdf"

    @admin.display(description="número")
    def number(self, document: Document) -> str:
        return document.number

    @admin.display(description="código de verificación")
    def code(self, document: Document) -> str:
        return grouped_code(document.verification_code)

    @admin.display(description="documento")
    def document(self, document: Document) -> str:
        address = reverse(f"admin:{self._pdf_name()}", args=[document.pk])
        return format_html('<a class="text-primary-600 dark:text-primary-400" href="{}">Descargar el PDF</a>', address)


@admin.register(Receipt)
class ReceiptAdmin(DocumentAdmin[Receipt]):
    """What proves a payment."""

    list_display = ("number", "payment_shown", "code", "issued_at", "mailed_at")
    list_select_related = ("payment",)
    search_help_text = "Número de recibo (R-…), código de verificación, o lo mismo que de un pago"
    fields = ("number", "payment_shown", "code", "issued_at", "rendered_at", "mailed_at", "document")
    payment_shown = linked_column("payment", "pago")
    readonly_fields = ("number", "payment_shown", "code", "document")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Receipt]:
        """Without what the payment's provider was asked."""
        return super().get_queryset(request).defer("pdf", "payment__request")

    def found_about(self, typed: str) -> Q:
        return Q(payment__in=payment_keys(typed))


@admin.register(DebtCertificate)
class DebtCertificateAdmin(DocumentAdmin[DebtCertificate]):
    """Who was certified to owe nothing, when, and who asked for it."""

    list_display = ("number", "account_shown", "holder_name", "code", "issued_at", "requested_by_shown")
    list_filter = ("issued_at",)
    list_select_related = ("account", "requested_by")
    search_help_text = "Número de libre deuda (LD-…), código de verificación o número de cuenta"
    fields = (
        "number", "account_shown", "holder_name", "service_address", "locality", "requested_by_shown", "code",
        "issued_at", "rendered_at", "document",
    )  # fmt: skip
    account_shown = linked_column("account", "cuenta")
    requested_by_shown = linked_column("requested_by", "quien lo pidió")
    readonly_fields = ("number", "account_shown", "requested_by_shown", "code", "document")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DebtCertificate]:
        """Without the outline of the parcel."""
        return super().get_queryset(request).defer("pdf", "account__parcel")

    def found_about(self, typed: str) -> Q:
        return Q(account__in=accounts_numbered(typed))


@admin.register(ChargeVoucher)
class ChargeVoucherAdmin(DocumentAdmin[ChargeVoucher]):
    """What was printed of a charge that somebody accepted, and the bill that it shows."""

    list_display = ("number", "charge_shown", "invoice_shown", "amount_shown", "code", "issued_at")
    list_filter = ("issued_at", "charge__invoice__document_code")
    list_select_related = ("charge__invoice",)
    search_help_text = "Número de comprobante (C-…), código de verificación, número de cargo, de cuenta o de la factura"
    fields = (
        "number", "charge_shown", "invoice_shown", "amount_shown", "holder_name", "holder_document",
        "holder_vat_condition", "service_address", "locality", "code", "issued_at", "rendered_at", "document",
    )  # fmt: skip
    charge_shown = linked_column("charge", "cargo")
    invoice_shown = linked_column("charge.invoice", "factura")
    amount_shown = pesos_column("charge.amount", "importe")
    readonly_fields = ("number", "charge_shown", "invoice_shown", "amount_shown", "code", "document")

    def found_about(self, typed: str) -> Q:
        return Q(charge__in=charge_keys(typed))
