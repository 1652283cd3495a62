"""Payments: what was asked, what happened, where the money went, and what the office does about them."""

from collections.abc import Mapping
from functools import partial

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from billing.admin import payment_refunds, releasing
from billing.admin.channels import ChannelFilter
from billing.admin.inlines import (
    AllocationOfPaymentInline,
    CreditOfPaymentInline,
    DisputeInline,
    EventInline,
    ItemOfPaymentInline,
    ReceiptInline,
    RefundInline,
)
from billing.admin.payment_story import office_steps, other_attempts
from billing.admin.search import payments_found_by
from billing.channel_names import named_channel_in_words, with_channel_name
from billing.enums import PaymentState
from billing.models import Payment
from billing.open_checkouts import may_be_released
from billing.presentation import payment_state
from billing.returned import returned_of, with_story
from oficina.shared.office.columns import json_column, linked_column, pesos_column
from oficina.shared.office.records import ReadOnlyAdmin

TONES = {tone: tone for tone in ("success", "info", "warning", "danger")}
"""Of the badges, as customers see them and as Unfold colours them."""


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
        ("Pago", {"fields": ("number", "account_shown", "payer_shown", "channel_shown", "state_words")}),
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
        "number", "account_shown", "payer_shown", "channel_shown", "state_words", "asked_shown", "received_shown",
        "request_shown",
    )  # fmt: skip
    change_form_outer_before_template = "admin/payment_story.html"
    account_shown = linked_column("account", "cuenta")
    payer_shown = linked_column("payer", "quien paga")
    asked_shown = pesos_column("amount_asked", "pedido")
    received_shown = pesos_column("amount_received", "recibido")
    request_shown = json_column("request", "pedido al proveedor")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        """With what tells how each stands, without the outline of the parcel."""
        listed = with_channel_name(with_story(super().get_queryset(request)))
        return listed.select_related("account", "payer").defer("account__parcel")

    def found_by(self, typed: str) -> Q:
        return payments_found_by(typed)

    @admin.display(description="número")
    def number(self, payment: Payment) -> str:
        return payment.number

    @admin.display(description="canal")
    def channel_shown(self, payment: Payment) -> str:
        return named_channel_in_words(payment)

    @admin.display(description="estado")
    def state_shown(self, payment: Payment) -> tuple[str, str]:
        state = payment_state(payment)
        return state.tone, state.words

    state_shown.label = TONES  # type: ignore[attr-defined]  # what Unfold reads to colour it

    @admin.display(description="estado")
    def state_words(self, payment: Payment) -> str:
        return payment_state(payment).words

    def get_urls(self) -> list[URLPattern]:
        """With what the office does about a payment."""
        guarded = self.admin_site.admin_view
        refund = guarded(partial(payment_refunds.refund_payment, self))
        release = guarded(partial(releasing.release_attempt, self))
        return [
            path("<int:pk>/devolver/", refund, name="billing_payment_refund"),
            path("<int:pk>/liberar/", release, name="billing_payment_release"),
            *super().get_urls(),
        ]

    def about(self, request: HttpRequest, row: Payment) -> Mapping[str, object]:
        """The story of the payment, and what may be done about it."""
        return {
            "steps": office_steps(row),
            "others": other_attempts(row),
            "state_words": payment_state(row).words,
            "may_refund": _has_money(row) and request.user.has_perm(payment_refunds.PERMISSION),
            "may_release": may_be_released(row) and request.user.has_perm(releasing.PERMISSION),
        }


def _has_money(payment: Payment) -> bool:
    return payment.state == PaymentState.SUCCEEDED and not returned_of(payment).is_all
