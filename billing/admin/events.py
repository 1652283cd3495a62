"""The inbox: what others told us, what became of it, and acting on it again."""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from billing.admin import event_acts
from billing.admin.event_words import age_words, error_words, kept_values, retried_at, source_names, status_note
from billing.admin.search import payment_keys
from billing.enums import WebhookStatus
from billing.models import OfficeEventAction, Reprocessing, WebhookEvent
from billing.stored_events import UNFINISHED
from oficina.shared.office.columns import NOTHING, laid_out, linked_column, state_column
from oficina.shared.office.filters import DayRangeFilter
from oficina.shared.office.records import ReadOnlyAdmin

_COLOURS = {
    WebhookStatus.PROCESSED: "success",
    WebhookStatus.RECEIVED: "info",
    WebhookStatus.IGNORED: "default",
    WebhookStatus.FAILED: "danger",
}
_AGES = {"1": "Más de una hora", "24": "Más de un día", "168": "Más de una semana"}


class SourceFilter(admin.SimpleListFilter):
    """Who told."""

    title = "origen"
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return list(source_names(kept_values("source")))

    def queryset(self, request: HttpRequest, queryset: QuerySet[WebhookEvent]) -> QuerySet[WebhookEvent]:  # noqa: ARG002  Django's signature
        return queryset.filter(source=self.value()) if self.value() else queryset


class TypeFilter(admin.SimpleListFilter):
    """Of what."""

    title = "tipo"
    parameter_name = "tipo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return [(value, value) for value in kept_values("event_type")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[WebhookEvent]) -> QuerySet[WebhookEvent]:  # noqa: ARG002  Django's signature
        return queryset.filter(event_type=self.value()) if self.value() else queryset


class WaitingFilter(admin.SimpleListFilter):
    """Those that wait to be finished, for how long."""

    title = "sin terminar hace"
    parameter_name = "espera"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return list(_AGES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[WebhookEvent]) -> QuerySet[WebhookEvent]:  # noqa: ARG002  Django's signature
        if self.value() not in _AGES:
            return queryset
        before = timezone.now() - timedelta(hours=int(self.value() or 0))
        return queryset.filter(status__in=UNFINISHED, received_at__lt=before)


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin[WebhookEvent]):
    """As received. Acting on one again asks the provider anew and never pays twice."""

    ordering = ("-received_at", "-pk")
    list_display = ("received_at", "event_type", "event_id", "status_shown", "attempts", "age", "payment_shown")
    list_filter = ("status", WaitingFilter, ("received_at", DayRangeFilter), SourceFilter, TypeFilter)
    list_filter_submit = True
    list_select_related = ("payment",)
    list_before_template = "admin/events_acts.html"
    search_help_text = "Identificador del evento, o lo mismo que de un pago"
    fields = (
        "source", "event_id", "event_type", "received_at", "status", "note", "attempts", "finished_at", "payment_shown",
    )  # fmt: skip
    readonly_fields = ("payment_shown", "note")
    actions = ("reprocess_chosen",)
    change_form_outer_before_template = "admin/event_acts.html"
    change_form_outer_after_template = "admin/event_body.html"
    payment_shown = linked_column("payment", "pago")
    status_shown = state_column("status", "estado", _COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookEvent]:
        """Without the body, which only an event's own page reads."""
        return super().get_queryset(request).defer("body", "payment__request")

    def found_by(self, typed: str) -> Q:
        return Q(event_id=typed) | Q(payment__in=payment_keys(typed))

    def has_reprocess_permission(self, request: HttpRequest) -> bool:
        """Whoever may have events acted on again."""
        return request.user.has_perm(event_acts.REPROCESS)

    def get_urls(self) -> list[URLPattern]:
        """With what is done about one event, or about all that the list shows."""
        guarded = self.admin_site.admin_view
        listed = guarded(require_POST(partial(event_acts.reprocess_listed, self)))
        again = guarded(require_POST(partial(event_acts.reprocess, self)))
        ignore = guarded(partial(event_acts.ignore, self))
        return [
            path("reprocesar/", listed, name="billing_webhookevent_reprocess_listed"),
            path("<int:pk>/reprocesar/", again, name="billing_webhookevent_reprocess"),
            path("<int:pk>/descartar/", ignore, name="billing_webhookevent_ignore"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With the way to act on all of them again."""
        address = reverse("admin:billing_webhookevent_reprocess_listed")
        query = request.GET.urlencode()
        own = {
            "reprocess_listed": f"{address}?{query}" if query else address,
            "may_reprocess": self.has_reprocess_permission(request),
            "may_see_runs": request.user.has_perm("billing.view_reprocessing"),
        }
        return super().changelist_view(request, {**own, **(extra_context or {})})

    @admin.action(description="Reprocesar", permissions=["reprocess"])
    def reprocess_chosen(self, request: HttpRequest, queryset: QuerySet[WebhookEvent]) -> HttpResponse | None:
        """Acts again on those chosen that are unfinished, oldest first."""
        return event_acts.reprocess_chosen(self, request, queryset)

    def about(self, request: HttpRequest, row: WebhookEvent) -> Mapping[str, object]:
        """What keeps it from being finished, what the office did about it, and what this person may do."""
        unfinished = row.status in UNFINISHED
        return {
            "why": error_words(row),
            "retried_at": retried_at(row),
            "unfinished_for": age_words(timezone.now() - row.received_at) if unfinished else "",
            "actions": row.office_actions.select_related("by").order_by("pk"),
            "findings": row.discrepancies.order_by("pk") if request.user.has_perm("billing.view_discrepancy") else [],
            "body": _body(row),
            "may_reprocess": unfinished and self.has_reprocess_permission(request),
            "may_ignore": unfinished and request.user.has_perm(event_acts.IGNORE),
        }

    @admin.display(description="espera")
    def age(self, event: WebhookEvent) -> str:
        return age_words(timezone.now() - event.received_at) if event.status in UNFINISHED else NOTHING

    @admin.display(description="nota")
    def note(self, event: WebhookEvent) -> str:
        return status_note(event) or NOTHING


@admin.register(Reprocessing)
class ReprocessingAdmin(ReadOnlyAdmin[Reprocessing]):
    """Many events that were acted on again, and what came of each."""

    list_display = ("asked_at", "asked_by_shown", "chosen_by", "count", "state", "ended_at")
    list_filter = ("state",)
    list_select_related = ("asked_by",)
    search_help_text = "Número del reproceso"
    fields = readonly_fields = ("asked_at", "asked_by_shown", "chosen_by", "state", "ended_at")
    change_form_outer_before_template = "admin/reprocessing_result.html"
    asked_by_shown = linked_column("asked_by", "quién lo pidió")

    @admin.display(description="eventos")
    def count(self, asked: Reprocessing) -> int:
        return len(asked.event_ids)

    def about(self, request: HttpRequest, row: Reprocessing) -> Mapping[str, object]:  # noqa: ARG002  ours
        """What came of its events."""
        actions = OfficeEventAction.objects.filter(reprocessing=row)
        tried = actions.count()
        failed = actions.filter(outcome__in=UNFINISHED)
        return {
            "asked_for": len(row.event_ids),
            "tried": tried,
            "done": tried - failed.count(),
            "failures": failed.select_related("event").defer("event__body").order_by("pk")[:50],
            "is_under_way": row.ended_at is None,
        }


def _body(event: WebhookEvent) -> str:
    text = bytes(event.body).decode(errors="replace")
    try:
        return laid_out(json.loads(text))
    except ValueError:
        return text or NOTHING
