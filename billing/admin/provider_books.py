"""The provider's movements and payouts, and what the bank showed of these."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.models import User
from billing.admin.search import day_typed, payment_keys
from billing.models import ProviderMovement, ProviderPayout
from billing.reconciliation.payouts import note_bank_credit
from billing.refusals import PayoutAlreadySeen
from oficina.shared.office.columns import linked_column, pesos_column
from oficina.shared.office.records import OfficeAdmin, ReadOnlyAdmin
from oficina.shared.office.widgets import office_figure


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
        widgets: ClassVar = {"bank_amount": office_figure()}
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

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Whoever was overtaken is told so and shown what the other wrote down, whether a moment or an hour ago."""
        if request.method == "POST" and super().has_change_permission(request):
            payout = self.get_object(request, object_id)
            if payout is not None and payout.bank_amount is not None:
                return self._overtaken(request)
        try:
            return super().change_view(request, object_id, form_url, extra_context)
        except PayoutAlreadySeen:
            return self._overtaken(request)

    def _overtaken(self, request: HttpRequest) -> HttpResponse:
        messages.warning(request, "Otra persona ya lo anotó. Quedó lo que anotó ella: mirá abajo.")
        return HttpResponseRedirect(request.path)

    def save_model(
        self,
        request: HttpRequest,
        obj: ProviderPayout,
        form: forms.ModelForm[ProviderPayout],
        change: bool,  # noqa: ARG002, FBT001  Django's signature
    ) -> None:
        """Through the act, which keeps who saw it."""
        given = form.cleaned_data
        note_bank_credit(obj, amount=given["bank_amount"], on=given["bank_on"], by=cast("User", request.user))

    @admin.display(description="situación")
    def situation(self, payout: ProviderPayout) -> str:
        words = {
            "failed": "La devolvió el banco",
            "content": "No es la suma de lo que contiene",
            "bank": "El banco acreditó otro importe",
        }
        differences = [words[name] for name in payout.differences]
        return ". ".join(differences) or ("Coincide" if payout.bank_amount is not None else "Sin anotar")
