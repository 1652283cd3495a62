"""The provider's books beside ours, day by day, and what reached the bank."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join

from accounts.models import User
from billing.admin.search import payment_keys
from billing.models import ProviderDay, ProviderMovement, ProviderPayout
from billing.reconciliation.payouts import note_bank_credit
from billing.refusals import PayoutAlreadySeen
from oficina.shared.dates import short_date
from oficina.shared.office.columns import NOTHING, linked_column, pesos_column, record_link
from oficina.shared.office.records import OfficeAdmin, ReadOnlyAdmin


def day_typed(typed: str) -> Q:
    """A day as people write it, `24/11/2026`."""
    try:
        return Q(day=forms.DateField().clean(typed))
    except forms.ValidationError:
        return Q(pk__in=[])


class DifferingFilter(admin.SimpleListFilter):
    """Days that somebody has to look at."""

    title = "situación"
    parameter_name = "situacion"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return [("sin-explicar", "Sin explicar"), ("no-coincide", "No coincide")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ProviderDay]) -> QuerySet[ProviderDay]:  # noqa: ARG002  Django's signature
        match self.value():
            case "sin-explicar":
                return queryset.filter(pk__in=ProviderDay.objects.unexplained().values("pk"))
            case "no-coincide":
                return queryset.filter(pk__in=ProviderDay.objects.differing().values("pk"))
        return queryset


@admin.register(ProviderDay)
class ProviderDayAdmin(ReadOnlyAdmin[ProviderDay]):
    """Each day as it was when both sides were last compared."""

    list_display = ("day_shown", "theirs_shown", "ours_shown", "difference_shown", "fees_shown", "net_shown", "agrees")
    list_filter = (DifferingFilter,)
    ordering = ("-day",)
    search_help_text = "Una fecha, por ejemplo 24/11/2026"
    fieldsets = (
        ("Día", {"fields": ("day_shown", "source", "agrees", "difference_shown", "findings_shown", "checked_at")}),
        (
            "Según el proveedor",
            {
                "fields": (
                    "charges", "gross_shown", "refunds_shown", "returned_shown", "disputes_shown", "reinstated_shown",
                    "fees_shown", "other_shown", "net_shown", "payouts_shown",
                )
            },
        ),
        (
            "Según nosotros",
            {
                "fields": (
                    "our_payments", "our_received_shown", "our_refunds_shown", "our_returned_shown",
                    "our_disputes_shown", "our_reinstated_shown",
                )
            },
        ),
    )  # fmt: skip
    theirs_shown = pesos_column("theirs", "según el proveedor")
    ours_shown = pesos_column("ours", "según nosotros")
    difference_shown = pesos_column("difference", "diferencia")
    gross_shown = pesos_column("gross", "cobrado")
    refunds_shown = pesos_column("refunds", "devuelto")
    returned_shown = pesos_column("refunds_returned", "devoluciones que volvieron")
    disputes_shown = pesos_column("disputes", "desconocido")
    reinstated_shown = pesos_column("disputes_reinstated", "desconocimientos ganados")
    fees_shown = pesos_column("fees", "comisiones")
    other_shown = pesos_column("other", "otros movimientos")
    net_shown = pesos_column("net", "neto")
    payouts_shown = pesos_column("payouts", "transferido al banco")
    our_received_shown = pesos_column("our_received", "imputado")
    our_refunds_shown = pesos_column("our_refunds", "devuelto")
    our_returned_shown = pesos_column("our_refunds_returned", "devoluciones que volvieron")
    our_disputes_shown = pesos_column("our_disputes", "desconocido")
    our_reinstated_shown = pesos_column("our_disputes_reinstated", "desconocimientos ganados")
    readonly_fields = (
        "day_shown", "agrees", "difference_shown", "findings_shown", "gross_shown", "refunds_shown", "returned_shown",
        "disputes_shown", "reinstated_shown", "fees_shown", "other_shown", "net_shown", "payouts_shown",
        "our_received_shown", "our_refunds_shown", "our_returned_shown", "our_disputes_shown", "our_reinstated_shown",
    )  # fmt: skip

    def found_by(self, typed: str) -> Q:
        return day_typed(typed)

    @admin.display(description="día")
    def day_shown(self, row: ProviderDay) -> str:
        return short_date(row.day)

    @admin.display(description="coincide", boolean=True)
    def agrees(self, row: ProviderDay) -> bool:
        return not row.differs

    @admin.display(description="diferencias")
    def findings_shown(self, row: ProviderDay) -> str:
        return format_html_join(" · ", "{}", ((record_link(found),) for found in row.findings.all())) or NOTHING


@admin.register(ProviderMovement)
class ProviderMovementAdmin(ReadOnlyAdmin[ProviderMovement]):
    """Each movement of our balance at the provider, as it told it."""

    list_display = ("at", "kind", "movement_id", "amount_shown", "fee_shown", "net_shown", "payment_shown")
    list_filter = ("kind",)
    list_select_related = ("payment",)
    search_help_text = "Una fecha, un identificador del proveedor, o lo mismo que de un pago"
    fields = (
        "source", "movement_id", "kind", "at", "amount_shown", "fee_shown", "net_shown", "currency", "object_id",
        "provider_payment_id", "payment_shown",
    )  # fmt: skip
    readonly_fields = ("amount_shown", "fee_shown", "net_shown", "payment_shown")
    amount_shown = pesos_column("amount", "importe")
    fee_shown = pesos_column("fee", "comisión")
    net_shown = pesos_column("net", "neto")
    payment_shown = linked_column("payment", "pago")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProviderMovement]:
        """Without what the payment's provider was asked."""
        return super().get_queryset(request).defer("payment__request")

    def found_by(self, typed: str) -> Q:
        named = Q(movement_id=typed) | Q(object_id=typed) | Q(provider_payment_id=typed)
        return named | day_typed(typed) | Q(payment__in=payment_keys(typed))


class BankCreditForm(forms.ModelForm[ProviderPayout]):
    """What the bank's statement shows."""

    class Meta:
        model = ProviderPayout
        fields = ("bank_amount", "bank_on")
        localized_fields = ("bank_amount",)  # with a comma, as people here write
        help_texts = {"bank_amount": "Como figura en el resumen del banco. Se anota una sola vez."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = True


@admin.register(ProviderPayout)
class ProviderPayoutAdmin(OfficeAdmin[ProviderPayout]):
    """What the provider sent to the bank; the office notes once what the bank shows."""

    form = BankCreditForm
    list_display = ("sent_at", "payout_id", "amount_shown", "content_shown", "arrives_on", "bank_shown", "situation")
    list_filter = ("failed", ("bank_amount", admin.EmptyFieldListFilter))
    search_help_text = "Identificador del proveedor"
    fields = (
        "payout_id", "amount_shown", "content_shown", "sent_at", "arrives_on", "situation", "bank_amount", "bank_on",
        "bank_seen_by", "bank_seen_at",
    )  # fmt: skip
    readonly_fields = (
        "payout_id", "amount_shown", "content_shown", "sent_at", "arrives_on", "situation", "bank_seen_by",
        "bank_seen_at",
    )  # fmt: skip
    list_select_related = ("bank_seen_by",)
    amount_shown = pesos_column("amount", "transferido")
    content_shown = pesos_column("content", "neto que contiene")
    bank_shown = pesos_column("bank_amount", "acreditado")

    def found_by(self, typed: str) -> Q:
        return Q(payout_id=typed)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  Django's signature
        """Never: the provider tells them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ProviderPayout | None = None) -> bool:
        """Until somebody noted what the bank shows."""
        return super().has_change_permission(request, obj) and (obj is None or obj.bank_amount is None)

    def save_model(
        self,
        request: HttpRequest,
        obj: ProviderPayout,
        form: forms.ModelForm[ProviderPayout],
        change: bool,  # noqa: ARG002, FBT001  Django's signature
    ) -> None:
        """Through the act, which keeps who saw it."""
        given = form.cleaned_data
        by = cast("User", request.user)
        try:
            note_bank_credit(obj, amount=given["bank_amount"], on=given["bank_on"], by=by)
        except PayoutAlreadySeen:
            messages.warning(request, "Otra persona lo anotó recién. Quedó lo que anotó ella.")

    @admin.display(description="situación")
    def situation(self, payout: ProviderPayout) -> str:
        words = {
            "failed": "La devolvió el banco",
            "content": "No es la suma de lo que contiene",
            "bank": "El banco acreditó otro importe",
        }
        differences = [words[name] for name in payout.differences]
        return ". ".join(differences) or ("Coincide" if payout.bank_amount is not None else "Sin anotar")
