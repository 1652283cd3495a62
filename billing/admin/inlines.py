"""The rows of money that belong to a record. Each comes with what its line shows, in one statement."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch
from django.http import HttpRequest

from accounts.models import ServiceAccount
from billing.admin.refund_words import failure_words
from billing.channel_names import named_channel_in_words, with_channel_name
from billing.models import (
    Allocation,
    Charge,
    ChargeVoucher,
    Cover,
    CreditEntry,
    CreditUse,
    Dispute,
    Invoice,
    InvoiceLine,
    Payment,
    PaymentEvent,
    PaymentItem,
    Receipt,
    Refund,
)
from billing.presentation import payment_state
from billing.returned import with_story
from oficina.shared.office.columns import NOTHING, json_column, linked_column, pesos_column, self_column
from oficina.shared.office.records import ReadOnlyInline


class LineInline(ReadOnlyInline[InvoiceLine, Invoice]):
    """What a bill charges for."""

    model = InvoiceLine
    fields = ("position", "concept", "quantity", "unit", "unit_price", "amount_shown", "vat_rate", "vat_shown")
    amount_shown = pesos_column("amount", "importe")
    vat_shown = pesos_column("vat_amount", "IVA")


class _ItemInline[Parent: (Invoice, Payment)](ReadOnlyInline[PaymentItem, Parent]):
    """Bills chosen to be paid."""

    model = PaymentItem
    ordering = ("-pk",)
    invoice_shown = linked_column("invoice", "factura")
    payment_shown = linked_column("payment", "pago")
    amount_shown = pesos_column("amount", "importe pedido")
    surcharge_shown = pesos_column("surcharge", "recargo en total")


class ItemOfPaymentInline(_ItemInline[Payment]):
    """What a payment was for."""

    fields = ("invoice_shown", "amount_shown", "surcharge_shown", "live")
    verbose_name_plural = "Facturas elegidas"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with its bill."""
        return super().get_queryset(request).select_related("invoice")


class ItemOfInvoiceInline(_ItemInline[Invoice]):
    """The attempts to pay a bill."""

    fields = ("payment_shown", "state", "amount_shown", "surcharge_shown", "live")
    verbose_name_plural = "Intentos de pago"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with its payment, and what tells how that stands."""
        payments = with_story(Payment.objects.defer("request"))
        return super().get_queryset(request).prefetch_related(Prefetch("payment", payments))

    @admin.display(description="estado")
    def state(self, item: PaymentItem) -> str:
        return payment_state(item.payment).words


class _AllocationInline[Parent: (CreditUse, Invoice, Payment)](ReadOnlyInline[Allocation, Parent]):
    """Money put on bills."""

    model = Allocation
    ordering = ("pk",)
    verbose_name_plural = "Imputaciones"
    invoice_shown = linked_column("invoice", "factura")
    payment_shown = linked_column("payment", "pago")
    amount_shown = pesos_column("amount", "importe")
    surcharge_shown = pesos_column("surcharge", "recargo fijado")
    reverses_shown = linked_column("reverses", "anula a")


class AllocationOfPaymentInline(_AllocationInline[Payment]):
    """Where the money of a payment went."""

    fields = ("created_at", "invoice_shown", "reason", "amount_shown", "surcharge_shown", "reverses_shown")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with its bill."""
        return super().get_queryset(request).select_related("invoice", "reverses")


class AllocationOfInvoiceInline(_AllocationInline[Invoice]):
    """What paid a bill."""

    fields = ("created_at", "payment_shown", "reason", "amount_shown", "surcharge_shown", "reverses_shown")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with its payment."""
        return super().get_queryset(request).select_related("payment", "reverses").defer("payment__request")


class CoverInline(ReadOnlyInline[Cover, Invoice]):
    """What payment plans cover of a bill, and took back."""

    model = Cover
    fields = ("created_at", "plan", "paid", "amount_shown", "surcharge_shown", "reverses_shown")
    amount_shown = pesos_column("amount", "importe")
    surcharge_shown = pesos_column("surcharge", "recargo fijado")
    reverses_shown = linked_column("reverses", "anula a")


class AllocationOfUseInline(_AllocationInline[CreditUse]):
    """The bills that a use of credit paid."""

    fields = ("invoice_shown", "payment_shown", "amount_shown", "surcharge_shown")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with its bill and the payment whose money it is."""
        return super().get_queryset(request).select_related("invoice", "payment").defer("payment__request")


class RefundInline(ReadOnlyInline[Refund, Payment]):
    """What of a payment was given back."""

    model = Refund
    fields = ("number", "created_at", "requested_by_shown", "route", "state", "why_failed", "amount_shown", "reason")
    verbose_name_plural = "Devoluciones"
    number = self_column("devolución")
    requested_by_shown = linked_column("requested_by", "quien la pidió")
    amount_shown = pesos_column("amount", "importe")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with who asked for it, without the request to the provider."""
        return super().get_queryset(request).select_related("requested_by").defer("request")

    @admin.display(description="por qué no se pudo")
    def why_failed(self, refund: Refund) -> str:
        return failure_words(refund.failure_reason) or NOTHING


class DisputeInline(ReadOnlyInline[Dispute, Payment]):
    """Who contests a payment before the bank."""

    model = Dispute
    fields = ("name", "opened_at", "state", "amount_shown", "taken_shown", "respond_by")
    verbose_name_plural = "Reclamos al banco"
    name = self_column("reclamo")
    amount_shown = pesos_column("amount", "importe reclamado")
    taken_shown = pesos_column("amount_taken", "retenido del pago")


class EventInline(ReadOnlyInline[PaymentEvent, Payment]):
    """How a payment moved."""

    model = PaymentEvent
    fields = ("at", "from_state", "to_state", "cause", "detail_shown")
    ordering = ("pk",)
    verbose_name_plural = "Movimientos"
    detail_shown = json_column("detail", "detalle")


class _CreditInline[Parent: (Payment, ServiceAccount)](ReadOnlyInline[CreditEntry, Parent]):
    """Money that belongs to an account and to no bill."""

    model = CreditEntry
    ordering = ("-pk",)
    verbose_name_plural = "Saldo a favor"
    payment_shown = linked_column("payment", "pago de origen")
    amount_shown = pesos_column("amount", "importe")


class CreditOfPaymentInline(_CreditInline[Payment]):
    """What was left of a payment."""

    fields = ("created_at", "reason", "amount_shown")


class CreditOfAccountInline(_CreditInline[ServiceAccount]):
    """The entries of an account's credit."""

    fields = ("created_at", "reason", "payment_shown", "amount_shown")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with its payment."""
        return super().get_queryset(request).select_related("payment").defer("payment__request")


class ReceiptInline(ReadOnlyInline[Receipt, Payment]):
    """What proves a payment."""

    model = Receipt
    fields = ("number", "verification_code", "issued_at", "rendered_at", "mailed_at")
    verbose_name_plural = "Recibo"
    number = self_column("recibo")
    per_page = None

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without the PDF."""
        return super().get_queryset(request).defer("pdf")


class VoucherInline(ReadOnlyInline[ChargeVoucher, Charge]):
    """The comprobante of a charge."""

    model = ChargeVoucher
    fields = ("number", "verification_code", "issued_at", "rendered_at")
    verbose_name_plural = "Comprobante"
    number = self_column("comprobante")
    per_page = None

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without the PDF."""
        return super().get_queryset(request).defer("pdf")


class InvoiceOfAccountInline(ReadOnlyInline[Invoice, ServiceAccount]):
    """The bills of an account, newest first."""

    model = Invoice
    fields = ("number", "subject_shown", "amount_shown", "due_on", "applied_shown", "status")
    ordering = ("-issued_on", "-pk")
    verbose_name_plural = "Facturas"
    number = self_column("factura")
    amount_shown = pesos_column("amount", "importe")
    applied_shown = pesos_column("applied", "pagado")

    @admin.display(description="concepto")
    def subject_shown(self, invoice: Invoice) -> str:
        return invoice.subject


class PaymentOfAccountInline(ReadOnlyInline[Payment, ServiceAccount]):
    """The payments on an account, newest first."""

    model = Payment
    fields = ("number", "created_at", "channel_shown", "state_words", "asked_shown", "received_shown")
    ordering = ("-created_at",)
    verbose_name_plural = "Pagos"
    number = self_column("pago")
    asked_shown = pesos_column("amount_asked", "pedido")
    received_shown = pesos_column("amount_received", "recibido")

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what tells how each stands, without the request to the provider."""
        return with_channel_name(with_story(super().get_queryset(request))).defer("request")

    @admin.display(description="estado")
    def state_words(self, payment: Payment) -> str:
        return payment_state(payment).words

    @admin.display(description="canal")
    def channel_shown(self, payment: Payment) -> str:
        return named_channel_in_words(payment)
