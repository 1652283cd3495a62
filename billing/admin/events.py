"""The inbox: what the payment provider told, what became of it, and acting on it again."""

import json

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from billing.admin.search import payment_keys
from billing.enums import WebhookStatus
from billing.gateway.errors import ProviderUnavailableError
from billing.models import WebhookEvent
from billing.reprocessing import process_again
from billing.stored_events import UNFINISHED
from oficina.shared.office.columns import NOTHING, laid_out, linked_column, state_column
from oficina.shared.office.records import ReadOnlyAdmin

_COLOURS = {
    WebhookStatus.PROCESSED: "success",
    WebhookStatus.RECEIVED: "info",
    WebhookStatus.IGNORED: "default",
    WebhookStatus.FAILED: "danger",
}
NO_ANSWER = "El proveedor de pagos no responde. Los eventos quedan guardados y se reintentan solos."


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin[WebhookEvent]):
    """As received; the only thing to do is to act on it again, which asks the provider anew and never pays twice."""

    list_display = ("received_at", "event_type", "event_id", "status_shown", "attempts", "payment_shown")
    list_filter = ("status", "source")
    list_select_related = ("payment",)
    search_help_text = "Identificador del evento, o lo mismo que de un pago"
    fields = (
        "source", "event_id", "event_type", "received_at", "status", "attempts", "last_error", "finished_at",
        "payment_shown", "body_shown",
    )  # fmt: skip
    readonly_fields = ("payment_shown", "body_shown")
    actions = ("reprocess_chosen",)
    change_form_outer_before_template = "admin/reprocess_event.html"
    payment_shown = linked_column("payment", "pago")
    status_shown = state_column("status", "estado", _COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookEvent]:
        """Without the body, which only an event's own page reads."""
        return super().get_queryset(request).defer("body", "payment__request")

    def found_by(self, typed: str) -> Q:
        return Q(event_id=typed) | Q(payment__in=payment_keys(typed))

    def has_reprocess_permission(self, request: HttpRequest) -> bool:
        """Whoever may change events, although nobody edits them."""
        return request.user.has_perm("billing.change_webhookevent")

    def get_urls(self) -> list[URLPattern]:
        """With the button of an event's own page."""
        view = method_decorator(require_POST)(type(self).reprocess).__get__(self)
        again = path("<int:pk>/reprocesar/", self.admin_site.admin_view(view), name="billing_webhookevent_reprocess")
        return [again, *super().get_urls()]

    def reprocess(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Acts on one event again and goes back to it."""
        events = WebhookEvent.objects.defer("body")
        event = get_object_or_404(events if self.has_reprocess_permission(request) else events.none(), pk=pk)
        self._act_on(request, [event])
        return HttpResponseRedirect(reverse("admin:billing_webhookevent_change", args=[pk]))

    @admin.action(description="Reprocesar", permissions=["reprocess"])
    def reprocess_chosen(self, request: HttpRequest, queryset: QuerySet[WebhookEvent]) -> None:
        """Acts again on those chosen that are unfinished, oldest first."""
        self._act_on(request, list(queryset.order_by("received_at")))

    def _act_on(self, request: HttpRequest, chosen: list[WebhookEvent]) -> None:
        unfinished = [event for event in chosen if event.status in UNFINISHED]
        if not unfinished:
            messages.info(request, "No hay nada para reprocesar: ya estaban terminados.")
            return
        failed = 0
        for event in unfinished:
            try:
                failed += process_again(event).status in UNFINISHED
            except ProviderUnavailableError:
                messages.error(request, NO_ANSWER)
                return
        done = len(unfinished) - failed
        if done:
            messages.success(request, "Reprocesamos 1 evento." if done == 1 else f"Reprocesamos {done} eventos.")
        if failed:
            words = "1 evento volvió a fallar" if failed == 1 else f"{failed} eventos volvieron a fallar"
            messages.error(request, f"{words}: mirá su último error.")

    @admin.display(description="cuerpo")
    def body_shown(self, event: WebhookEvent) -> str:
        text = bytes(event.body).decode(errors="replace")
        try:
            return laid_out(json.loads(text))
        except ValueError:
            return text or NOTHING
