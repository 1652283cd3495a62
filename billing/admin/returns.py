"""Money that left a payment again, and credit that was used."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.admin.search import accounts_numbered
from billing.admin.inlines import AllocationOfUseInline
from billing.admin.refund_words import failure_words
from billing.admin.search import payment_keys, record_numbers
from billing.enums import DisputeState, RefundState
from billing.models import CreditUse, Dispute, Refund
from oficina.shared.office.columns import NOTHING, json_column, linked_column, pesos_column, state_column
from oficina.shared.office.records import ReadOnlyAdmin

_REFUND_COLOURS = {
    RefundState.CREATED: "info",
    RefundState.PENDING: "info",
    RefundState.SUCCEEDED: "success",
    RefundState.FAILED: "danger",
}
_DISPUTE_COLOURS = {
    DisputeState.INQUIRY: "warning",
    DisputeState.NEEDS_RESPONSE: "danger",
    DisputeState.UNDER_REVIEW: "info",
    DisputeState.WON: "success",
    DisputeState.LOST: "danger",
    DisputeState.CLOSED: "default",
}


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin[Refund]):
    """Money given back, wholly or in part."""

    list_display = (
        "number",
        "payment_shown",
        "route",
        "state_shown",
        "amount_shown",
        "requested_by_shown",
        "created_at",
    )
    list_filter = ("state", "route")
    list_select_related = ("payment", "requested_by")
    search_help_text = "Número de devolución (D-…), el del proveedor o de operación, o lo mismo que de un pago"
    fieldsets = (
        ("Devolución", {"fields": ("number", "payment_shown", "route", "state", "amount_shown", "reason")}),
        ("Momentos", {"fields": ("requested_by", "created_at", "succeeded_at", "failed_at", "checked_at")}),
        (
            "Proveedor",
            {
                "fields": (
                    "why_failed", "provider_refund_id", "operation_number", "idempotency_key", "public_id",
                    "request_shown",
                )
            },
        ),
    )  # fmt: skip
    readonly_fields = ("number", "payment_shown", "amount_shown", "why_failed", "request_shown")
    payment_shown = linked_column("payment", "pago")
    requested_by_shown = linked_column("requested_by", "quien la pidió")
    amount_shown = pesos_column("amount", "importe")
    state_shown = state_column("state", "estado", _REFUND_COLOURS)
    request_shown = json_column("request", "pedido al proveedor")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        """Without what the payment's provider was asked."""
        return super().get_queryset(request).defer("payment__request")

    def found_by(self, typed: str) -> Q:
        own = record_numbers(typed, "D") if typed[:1].upper() == "D" else []
        named = Q(provider_refund_id=typed) | Q(public_id=typed.lower())
        return Q(pk__in=own) | named | Q(payment__in=payment_keys(typed))

    @admin.display(description="número")
    def number(self, refund: Refund) -> str:
        return refund.number

    @admin.display(description="por qué no se pudo hacer")
    def why_failed(self, refund: Refund) -> str:
        return failure_words(refund.failure_reason) or NOTHING


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin[Dispute]):
    """Payments that their card's holder contests before the bank."""

    list_display = ("provider_dispute_id", "payment_shown", "state_shown", "amount_shown", "taken_shown", "respond_by")
    list_filter = ("state",)
    list_select_related = ("payment",)
    search_help_text = "Identificador del reclamo, o lo mismo que de un pago"
    fields = (
        "provider_dispute_id", "payment_shown", "state", "reason", "amount_shown", "withdrawn_shown",
        "reinstated_shown", "taken_shown", "respond_by", "opened_at", "withdrawn_at", "reinstated_at", "closed_at",
        "checked_at",
    )  # fmt: skip
    readonly_fields = ("payment_shown", "amount_shown", "withdrawn_shown", "reinstated_shown", "taken_shown")
    payment_shown = linked_column("payment", "pago")
    amount_shown = pesos_column("amount", "importe reclamado")
    withdrawn_shown = pesos_column("amount_withdrawn", "retirado")
    reinstated_shown = pesos_column("amount_reinstated", "reintegrado")
    taken_shown = pesos_column("amount_taken", "retenido del pago")
    state_shown = state_column("state", "estado", _DISPUTE_COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dispute]:
        """Without what the payment's provider was asked."""
        return super().get_queryset(request).defer("payment__request")

    def found_by(self, typed: str) -> Q:
        return Q(provider_dispute_id=typed) | Q(payment__in=payment_keys(typed))


@admin.register(CreditUse)
class CreditUseAdmin(ReadOnlyAdmin[CreditUse]):
    """Credit that a person put on bills."""

    list_display = ("created_at", "account_shown", "used_by_shown", "amount_shown")
    list_select_related = ("account", "used_by")
    search_help_text = "Número de cuenta"
    fields = readonly_fields = list_display
    inlines = (AllocationOfUseInline,)
    account_shown = linked_column("account", "cuenta")
    used_by_shown = linked_column("used_by", "quien lo usó")
    amount_shown = pesos_column("amount", "importe")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CreditUse]:
        """Without the outline of the parcel."""
        return super().get_queryset(request).defer("account__parcel")

    def found_by(self, typed: str) -> Q:
        return Q(account__in=accounts_numbered(typed))
