"""What a rule could not decide: somebody of the office takes it, mends it elsewhere, and writes down what was done."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any, cast

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.office_people import office_people_who_may
from billing.admin import discrepancy_work
from billing.admin.discrepancy_words import ADVICE, mendings
from billing.admin.search import invoice_keys, payment_keys
from billing.discrepancies import RESOLVE
from billing.enums import DiscrepancyKind, DiscrepancyState
from billing.models import Discrepancy
from billing.models.discrepancy import DiscrepancyQuerySet
from oficina.shared.office.columns import NOTHING, json_column, linked_column, state_column
from oficina.shared.office.records import ReadOnlyAdmin

_COLOURS = {
    DiscrepancyState.OPEN: "warning",
    DiscrepancyState.RESOLVED: "success",
    DiscrepancyState.REOPENED: "danger",
}
MINE, UNASSIGNED, OPEN, RESOLVED = "mias", "sin-asignar", "abierta", "resuelta"
_AGES = {"1": "Más de un día", "7": "Más de una semana", "30": "Más de 30 días"}


class SituationFilter(admin.SimpleListFilter):
    """Whether somebody has still to look, and who."""

    title = "situación"
    parameter_name = "situacion"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return [(MINE, "Mías"), (UNASSIGNED, "Sin asignar"), (OPEN, "Abiertas"), (RESOLVED, "Resueltas")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Discrepancy]) -> QuerySet[Discrepancy]:
        found = cast("DiscrepancyQuerySet", queryset)
        match self.value():
            case "mias":
                return found.assigned(cast("User", request.user))
            case "sin-asignar":
                return found.unassigned()
            case "abierta":
                return found.open()
            case "resuelta":
                return found.exclude(resolved_at=None)
        return queryset


class AgeFilter(admin.SimpleListFilter):
    """How long ago they were found."""

    title = "antigüedad"
    parameter_name = "antiguedad"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return list(_AGES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Discrepancy]) -> QuerySet[Discrepancy]:  # noqa: ARG002  Django's signature
        if self.value() not in _AGES:
            return queryset
        return cast("DiscrepancyQuerySet", queryset).older(than=timezone.now() - timedelta(days=int(self.value() or 0)))


@admin.register(Discrepancy)
class DiscrepancyAdmin(ReadOnlyAdmin[Discrepancy]):
    """The finding itself is never edited; each thing that is done about it is kept beside it."""

    list_display = ("opened_at", "kind", "state_shown", "assignee", "payment_shown", "invoice_shown", "resolved_as")
    list_filter = (SituationFilter, AgeFilter, "kind")
    list_select_related = ("payment", "invoice", "event", "resolved_by", "assigned_to")
    search_help_text = "Número de factura o de cuenta, o lo mismo que de un pago"
    fields = readonly_fields = (
        "kind", "opened_at", "payment_shown", "invoice_shown", "event_shown", "detail_shown", "resolved_at",
        "resolved_by", "resolved_as", "resolution",
    )  # fmt: skip
    actions = ("take_chosen", "resolve_chosen")
    change_form_outer_before_template = "admin/discrepancy_work.html"
    state_shown = state_column("state", "situación", _COLOURS)
    payment_shown = linked_column("payment", "pago")
    invoice_shown = linked_column("invoice", "factura")
    event_shown = linked_column("event", "evento")
    detail_shown = json_column("detail", "detalle")

    @admin.display(description="la tiene")
    def assignee(self, found: Discrepancy) -> str:
        return found.assigned_to.full_name if found.assigned_to else NOTHING

    def get_queryset(self, request: HttpRequest) -> QuerySet[Discrepancy]:
        """Without what is large in the payment and the event."""
        loaded = super().get_queryset(request).select_related(*self.list_select_related)
        return loaded.defer("payment__request", "event__body")

    def found_by(self, typed: str) -> Q:
        return Q(payment__in=payment_keys(typed)) | Q(invoice__in=invoice_keys(typed))

    def has_resolve_permission(self, request: HttpRequest) -> bool:
        """Whoever works on discrepancies."""
        return request.user.has_perm(RESOLVE)

    def get_urls(self) -> list[URLPattern]:
        """With what the office does about them."""
        guarded = self.admin_site.admin_view
        assign, note = (require_POST(partial(act, self)) for act in (discrepancy_work.assign, discrepancy_work.note))
        resolve, reopen, many = (
            partial(act, self)
            for act in (discrepancy_work.resolve, discrepancy_work.reopen, discrepancy_work.resolve_many)
        )
        return [
            path("resolver/", guarded(many), name="billing_discrepancy_resolve_many"),
            path("<int:pk>/asignar/", guarded(assign), name="billing_discrepancy_assign"),
            path("<int:pk>/anotar/", guarded(note), name="billing_discrepancy_note"),
            path("<int:pk>/resolver/", guarded(resolve), name="billing_discrepancy_resolve"),
            path("<int:pk>/reabrir/", guarded(reopen), name="billing_discrepancy_reopen"),
            *super().get_urls(),
        ]

    @admin.action(description="Tomar las que nadie tiene", permissions=["resolve"])
    def take_chosen(self, request: HttpRequest, queryset: QuerySet[Discrepancy]) -> None:
        """For whoever asks."""
        discrepancy_work.take_chosen(self, request, queryset)

    @admin.action(description="Resolver", permissions=["resolve"])
    def resolve_chosen(self, request: HttpRequest, queryset: QuerySet[Discrepancy]) -> HttpResponse:  # noqa: ARG002  Django's signature
        """On to the page on which one decision is made about all of them."""
        keys = ",".join(map(str, queryset.order_by("pk").values_list("pk", flat=True)[:100]))
        return HttpResponseRedirect(f"{reverse('admin:billing_discrepancy_resolve_many')}?cuales={keys}")

    def about(self, request: HttpRequest, row: Discrepancy) -> Mapping[str, object]:
        """Its story, what it means, and what this person may do."""
        may = self.has_resolve_permission(request)
        return {
            "advice": ADVICE[DiscrepancyKind(row.kind)],
            "entries": row.entries.select_related("by", "assignee").order_by("pk"),
            "mendings": mendings(row, request) if row.is_open else [],
            "may_resolve": may,
            "is_mine": row.assigned_to_id == request.user.pk,
            "colleagues": office_people_who_may(RESOLVE) if may and row.is_open else [],
        }
