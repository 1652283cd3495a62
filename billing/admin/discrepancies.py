"""What a rule could not decide: a person looks, acts elsewhere, and writes down what was done."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.models import User
from billing.admin.search import invoice_keys, payment_keys
from billing.discrepancies import resolve_discrepancy
from billing.enums import DiscrepancyResolution
from billing.models import Discrepancy
from billing.refusals import DiscrepancyAlreadyResolved
from oficina.shared.office.columns import json_column, linked_column
from oficina.shared.office.records import OfficeAdmin


class ResolutionForm(forms.ModelForm[Discrepancy]):
    """How it was resolved, in words."""

    class Meta:
        model = Discrepancy
        fields = ("resolution",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "resolution" in self.fields:
            resolution = self.fields["resolution"]
            resolution.required = True
            resolution.help_text = "Contá qué viste y qué se hizo. Al guardar queda resuelta, con tu nombre."
            resolution.error_messages["required"] = "Escribí cómo se resolvió."


class OpenFilter(admin.SimpleListFilter):
    """Whether somebody has still to look."""

    title = "situación"
    parameter_name = "situacion"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return [("abierta", "Abierta"), ("resuelta", "Resuelta")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Discrepancy]) -> QuerySet[Discrepancy]:  # noqa: ARG002  Django's signature
        match self.value():
            case "abierta":
                return queryset.filter(resolved_at=None)
            case "resuelta":
                return queryset.exclude(resolved_at=None)
        return queryset


@admin.register(Discrepancy)
class DiscrepancyAdmin(OfficeAdmin[Discrepancy]):
    """A finding is resolved once, with a reason; the finding itself is never edited."""

    form = ResolutionForm
    list_display = ("opened_at", "kind", "payment_shown", "invoice_shown", "resolved_at", "resolved_by")
    list_filter = (OpenFilter, "kind")
    list_select_related = ("payment", "invoice", "event", "resolved_by")
    search_help_text = "Número de factura o de cuenta, o lo mismo que de un pago"
    fields = (
        "kind", "opened_at", "payment_shown", "invoice_shown", "event_shown", "detail_shown", "resolved_at",
        "resolved_by", "resolution",
    )  # fmt: skip
    readonly_fields = (
        "kind", "opened_at", "payment_shown", "invoice_shown", "event_shown", "detail_shown", "resolved_at",
        "resolved_by",
    )  # fmt: skip
    payment_shown = linked_column("payment", "pago")
    invoice_shown = linked_column("invoice", "factura")
    event_shown = linked_column("event", "evento")
    detail_shown = json_column("detail", "detalle")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Discrepancy]:
        """Without what is large in the payment and the event."""
        return super().get_queryset(request).defer("payment__request", "event__body")

    def found_by(self, typed: str) -> Q:
        return Q(payment__in=payment_keys(typed)) | Q(invoice__in=invoice_keys(typed))

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  Django's signature
        """Never: the rules find them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Discrepancy | None = None) -> bool:
        """Until it is resolved."""
        return super().has_change_permission(request, obj) and (obj is None or obj.resolved_at is None)

    def save_model(
        self,
        request: HttpRequest,
        obj: Discrepancy,
        form: forms.ModelForm[Discrepancy],
        change: bool,  # noqa: ARG002, FBT001  Django's signature
    ) -> None:
        """Through the act, which keeps who resolved it."""
        try:
            words = form.cleaned_data["resolution"]
            resolve_discrepancy(obj, DiscrepancyResolution.OTHER, words, by=cast("User", request.user))
        except DiscrepancyAlreadyResolved:
            messages.warning(request, "Otra persona la resolvió recién. Quedó lo que escribió ella.")
