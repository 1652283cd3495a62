"""The till: shifts with what was counted at their end, and what was paid in them."""

from collections.abc import Mapping
from decimal import Decimal

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.models import User
from billing.admin.search import payment_keys, record_numbers
from billing.models import TillPayment, TillShift
from oficina.shared.money import pesos
from oficina.shared.office.columns import NOTHING, linked_column, pesos_column
from oficina.shared.office.records import ReadOnlyAdmin, ReadOnlyInline


class TillPaymentInline(ReadOnlyInline[TillPayment, TillShift]):
    """What was paid in a shift."""

    model = TillPayment
    fields = ("payment_shown", "means", "amount_shown", "coupon", "annulled_at")
    payment_shown = linked_column("payment", "pago")
    amount_shown = pesos_column("amount", "importe")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TillPayment]:
        """With its payment."""
        return super().get_queryset(request).select_related("payment").defer("payment__request")


@admin.register(TillShift)
class TillShiftAdmin(ReadOnlyAdmin[TillShift]):
    """Who took money when, and whether it was all there."""

    list_display = (
        "number", "clerk_shown", "opened_at", "closed_at", "expected_shown", "counted_shown", "difference_shown",
    )  # fmt: skip
    list_filter = ("opened_at",)
    list_select_related = ("clerk",)
    search_help_text = "Número de turno (T-…) o mail de quien cobró"
    fields = (
        "number", "clerk_shown", "opened_at", "opening_shown", "closed_at", "closed_by_shown", "expected_shown",
        "counted_shown", "difference_shown", "difference_reason",
    )  # fmt: skip
    clerk_shown = linked_column("clerk", "quien cobró")
    closed_by_shown = linked_column("closed_by", "quien lo cerró")
    opening_shown = pesos_column("opening_cash", "fondo inicial")
    expected_shown = pesos_column("expected_cash", "tenía que haber")
    counted_shown = pesos_column("counted_cash", "contado")
    readonly_fields = (
        "number", "clerk_shown", "closed_by_shown", "opening_shown", "expected_shown", "counted_shown",
        "difference_shown",
    )  # fmt: skip
    inlines = (TillPaymentInline,)
    change_form_outer_before_template = "admin/till_shift.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[TillShift]:
        """With its people."""
        return super().get_queryset(request).select_related("clerk", "closed_by")

    def found_by(self, typed: str) -> Q:
        found = Q(pk__in=record_numbers(typed, "T"))
        if "@" in typed:
            found |= Q(clerk__in=list(User.objects.filter(email=typed.lower()).values_list("pk", flat=True)))
        return found

    def about(self, request: HttpRequest, row: TillShift) -> Mapping[str, object]:
        """Whether it may be closed, and printed."""
        may_take = request.user.has_perm("billing.take_desk_payment")
        is_own = row.clerk_id == request.user.pk
        may_close = may_take and (is_own or request.user.has_perm("billing.close_others_shift"))
        return {"may_close": row.closed_at is None and may_close, "may_print": row.closed_at is not None}

    @admin.display(description="número")
    def number(self, shift: TillShift) -> str:
        return shift.number

    @admin.display(description="diferencia")
    def difference_shown(self, shift: TillShift) -> str:
        difference: Decimal | None = shift.difference
        return NOTHING if difference is None else pesos(difference)

    difference_shown.formatting = "price"  # type: ignore[attr-defined]  # what Unfold reads to set it to the right


@admin.register(TillPayment)
class TillPaymentAdmin(ReadOnlyAdmin[TillPayment]):
    """What the counter took, by which means, and what it took back."""

    list_display = (
        "number_shown", "payment_shown", "shift_shown", "means", "amount_shown", "coupon", "annulled_at",
    )  # fmt: skip
    list_filter = ("means", ("annulled_at", admin.EmptyFieldListFilter))
    list_select_related = ("payment", "shift")
    search_help_text = "Lo mismo que de un pago, o el número de cupón"
    fields = (
        "number_shown", "payment_shown", "shift_shown", "means", "amount_shown", "handed_over_shown", "change_shown",
        "terminal", "batch", "coupon", "authorization", "annulled_at", "annulled_by_shown", "annulment_reason",
    )  # fmt: skip
    payment_shown = linked_column("payment", "pago")
    shift_shown = linked_column("shift", "turno")
    annulled_by_shown = linked_column("annulled_by", "quien lo anuló")
    amount_shown = pesos_column("amount", "importe")
    handed_over_shown = pesos_column("handed_over", "efectivo entregado")
    change_shown = pesos_column("change", "vuelto")
    readonly_fields = (
        "number_shown", "payment_shown", "shift_shown", "annulled_by_shown", "amount_shown", "handed_over_shown",
        "change_shown",
    )  # fmt: skip
    change_form_outer_before_template = "admin/till_payment.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[TillPayment]:
        """Without what the payment's provider was asked."""
        listed = super().get_queryset(request).select_related("payment", "shift", "annulled_by")
        return listed.defer("payment__request")

    def found_by(self, typed: str) -> Q:
        return Q(payment__in=payment_keys(typed)) | Q(means="card", coupon=typed.lstrip("0") or "0")

    @admin.display(description="cobro")
    def number_shown(self, taken: TillPayment) -> str:
        return str(taken)
