"""Payments: what was asked, what happened, where the money went."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from billing.admin.channels import ChannelFilter, channel_name
from billing.admin.inlines import (
    AllocationOfPaymentInline,
    CreditOfPaymentInline,
    DisputeInline,
    EventInline,
    ItemOfPaymentInline,
    ReceiptInline,
    RefundInline,
)
from billing.admin.search import payments_found_by
from billing.enums import PaymentState
from billing.models import Payment
from oficina.shared.office.columns import json_column, linked_column, pesos_column, state_column
from oficina.shared.office.records import ReadOnlyAdmin

STATE_COLOURS = {
    PaymentState.SUCCEEDED: "success",
    PaymentState.PROCESSING: "info",
    PaymentState.OPEN: "info",
    PaymentState.CREATED: "info",
    PaymentState.FAILED: "danger",
    PaymentState.EXPIRED: "warning",
}


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin[Payment]):
    """Payments move by what providers and channels tell, never by hand."""

    list_display = (
        "number", "account_shown", "payer_shown", "channel_shown", "state_shown", "asked_shown", "received_shown",
        "created_at",
    )  # fmt: skip
    list_filter = ("state", ChannelFilter)
    list_select_related = ("account", "payer")
    search_help_text = "Número de pago (P-…), de cuenta, de factura o de operación, mail, o identificador del proveedor"
    inlines = (
        ItemOfPaymentInline,
        AllocationOfPaymentInline,
        CreditOfPaymentInline,
        RefundInline,
        DisputeInline,
        ReceiptInline,
        EventInline,
    )
    fieldsets = (
        ("Pago", {"fields": ("number", "account_shown", "payer_shown", "channel_shown", "state")}),
        ("Importes", {"fields": ("asked_shown", "received_shown", "currency")}),
        ("Momentos", {"fields": ("created_at", "expires_at", "paid_at", "settled_at", "checked_at")}),
        ("Medio", {"fields": (("means_brand", "means_funding", "means_last4"), "failure_code", "operation_number")}),
        (
            "Proveedor",
            {
                "fields": (
                    "provider_session_id", "provider_payment_id", "idempotency_key", "public_id", "request_shown",
                )
            },
        ),
    )  # fmt: skip
    readonly_fields = (
        "number", "account_shown", "payer_shown", "channel_shown", "asked_shown", "received_shown", "request_shown",
    )  # fmt: skip
    account_shown = linked_column("account", "cuenta")
    payer_shown = linked_column("payer", "quien paga")
    state_shown = state_column("state", "estado", STATE_COLOURS)
    asked_shown = pesos_column("amount_asked", "pedido")
    received_shown = pesos_column("amount_received", "recibido")
    request_shown = json_column("request", "pedido al proveedor")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        """Without the outline of the parcel."""
        return super().get_queryset(request).select_related("account", "payer").defer("account__parcel")

    def found_by(self, typed: str) -> Q:
        return payments_found_by(typed)

    @admin.display(description="número")
    def number(self, payment: Payment) -> str:
        return payment.number

    @admin.display(description="canal")
    def channel_shown(self, payment: Payment) -> str:
        return channel_name(payment.channel)
