"""The ledger's own tables: where each peso went."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.admin.search import accounts_numbered
from billing.admin.search import invoice_keys, payment_keys
from billing.models import Allocation, CreditEntry, PaymentEvent, PaymentItem
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
