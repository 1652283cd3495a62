"""What the office does about stored events: reprocesses one, some, or all that a filter shows, or lets one be."""

from typing import Any, Final, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.models import User
from billing.event_work import MOST_EVENTS, ask_reprocessing, ignore_event, reprocess_event
from billing.gateway.errors import ProviderUnavailableError
from billing.models import WebhookEvent
from billing.refusals import EventFinished, NothingToReprocess
from billing.stored_events import UNFINISHED
from oficina.shared.office.act_pages import (
    ActForm,
    ActPage,
    list_address,
    may_act_on_list,
    record_address,
    record_to_act_on,
)

REPROCESS: Final = "billing.reprocess_webhookevent"
IGNORE: Final = "billing.ignore_webhookevent"
NO_ANSWER: Final = "El proveedor de pagos no responde. Los eventos quedan guardados y se reintentan solos."
_NOTHING: Final = "No hay nada para reprocesar: ya estaban terminados."
_AT_ONCE = 10
"""Events that somebody may wait for; more are done by a job."""


class IgnoreForm(ActForm):
    """Why."""

    why = forms.CharField(
        label="Motivo",
        max_length=500,
        widget=forms.Textarea,
        help_text="Queda con tu nombre. El evento no se borra.",
        error_messages={"required": "Escribí por qué se descarta."},
    )


def reprocess(listed: ModelAdmin[WebhookEvent], request: HttpRequest, pk: int) -> HttpResponse:
    """Acts on one event again and goes back to it."""
    event = record_to_act_on(listed, request, pk, REPROCESS)
    _act_on(listed, request, [event])
    return HttpResponseRedirect(record_address(event))


def reprocess_chosen(
    listed: ModelAdmin[WebhookEvent], request: HttpRequest, chosen: QuerySet[WebhookEvent]
) -> HttpResponse | None:
    """Acts on those chosen that are unfinished: a few at once, many by a job."""
    unfinished = list(chosen.filter(status__in=UNFINISHED).order_by("received_at")[: _AT_ONCE + 1])
    if len(unfinished) <= _AT_ONCE:
        _act_on(listed, request, unfinished)
        return None
    return _by_job(request, chosen, "Elegidos en la lista")


def reprocess_listed(listed: ModelAdmin[WebhookEvent], request: HttpRequest) -> HttpResponse:
    """All unfinished events that the list shows by its filters, by a job."""
    may_act_on_list(listed, request, REPROCESS)
    shown = listed.get_changelist_instance(request)
    return _by_job(request, shown.queryset, _filters_in_words(request)) or HttpResponseRedirect(
        list_address(WebhookEvent)
    )


def ignore(listed: ModelAdmin[WebhookEvent], request: HttpRequest, pk: int) -> HttpResponse:
    """The form, the question, and the act; then back to the event."""
    event = record_to_act_on(listed, request, pk, IGNORE)
    form = IgnoreForm(request.POST or None)
    possible = event.status in UNFINISHED
    return _IGNORING.answer(listed, request, event, form, possible=possible, title="Descartar el evento")


def _by_job(request: HttpRequest, chosen: QuerySet[WebhookEvent], chosen_by: str) -> HttpResponse | None:
    unfinished = chosen.filter(status__in=UNFINISHED).order_by("received_at").values_list("pk", flat=True)
    try:
        asked = ask_reprocessing(list(unfinished[:MOST_EVENTS]), chosen_by, by=cast("User", request.user))
    except NothingToReprocess:
        messages.info(request, _NOTHING)
        return None
    messages.success(request, f"Empezamos a reprocesar {len(asked.event_ids)} eventos. Acá vas a ver cómo va.")
    return HttpResponseRedirect(record_address(asked))


def _act_on(listed: ModelAdmin[WebhookEvent], request: HttpRequest, chosen: list[WebhookEvent]) -> None:
    done = failed = 0
    for event in chosen:
        try:
            now = reprocess_event(event, by=cast("User", request.user))
        except EventFinished:
            continue
        except ProviderUnavailableError:
            messages.error(request, NO_ANSWER)
            return
        listed.log_change(cast("Any", request), event, f"Reprocesado: {now.get_status_display().lower()}")
        failed += now.status in UNFINISHED
        done += now.status not in UNFINISHED
    if done:
        messages.success(request, "Reprocesamos 1 evento." if done == 1 else f"Reprocesamos {done} eventos.")
    if failed:
        words = "1 evento volvió a fallar" if failed == 1 else f"{failed} eventos volvieron a fallar"
        messages.error(request, f"{words}: mirá su último error.")
    if not (done or failed):
        messages.info(request, _NOTHING)


def _filters_in_words(request: HttpRequest) -> str:
    given = [f"{name}: {value}" for name, value in request.GET.items() if value]
    return f"Todos los de la lista con {', '.join(given)}" if given else "Todos los que fallaron o esperan"


def _ignore(listed: ModelAdmin[WebhookEvent], request: HttpRequest, event: WebhookEvent, form: IgnoreForm) -> None:
    try:
        ignore_event(event, form.cleaned_data["why"], by=cast("User", request.user))
    except EventFinished:
        messages.warning(request, "No hacía falta: ya estaba terminado.")
    else:
        listed.log_change(cast("Any", request), event, f"Descartado: {form.cleaned_data['why']}")
        messages.success(request, "Lo descartamos: no se reintenta más.")


_IGNORING = ActPage(template="admin/acts/ignore_event.html", confirm="Sí, descartarlo", do=_ignore)
