"""The page on which the office makes a presentation, and the file that it hands to the bank."""

import logging
from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import content_disposition_header

from accounts.models import User
from adhesions.admin.debit_words import debits_counted
from adhesions.debit.presenting import DayToPresent, days_to_present, present_debits, presentation_file
from adhesions.debit.refusals import NothingToPresent
from adhesions.models import BankPresentation
from oficina.shared.dates import short_date
from oficina.shared.money import pesos
from oficina.shared.office.act_pages import (
    ActForm,
    Step,
    list_act_page,
    list_address,
    may_act_on_list,
    record_address,
    record_to_act_on,
    step_of,
)

PERMISSION = "adhesions.present_debits"
_NOTHING_LEFT = (
    "No quedó nada para presentar de esa fecha: lo presentó otra persona, ya se pagó, o espera a que termine otro pago."
)
_log = logging.getLogger(__name__)


class PresentForm(ActForm):
    """Of which date."""

    on = forms.ChoiceField(
        label="Débitos del",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Elegí la fecha.",
            "invalid_choice": "Esa fecha ya no tiene débitos para presentar. Elegí otra.",
        },
    )

    def __init__(self, *args: Any, days: list[DayToPresent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = {day.on.isoformat(): day for day in days}
        cast("forms.ChoiceField", self.fields["on"]).choices = [(on, day_words(day)) for on, day in self.days.items()]
        self.initial["on"] = next(iter(self.days), None)

    @property
    def chosen(self) -> DayToPresent:
        """The date that was chosen, with what it has."""
        return self.days[self.cleaned_data["on"]]


def present(listed: ModelAdmin[BankPresentation], request: HttpRequest) -> HttpResponse:
    """The dates that have something, the question, and the act; then on to the presentation."""
    may_act_on_list(listed, request, PERMISSION)
    days = days_to_present(now=timezone.now())
    form = PresentForm(request.POST or None, days=days)
    context: dict[str, object] = {
        "title": "Generar una presentación",
        "confirm": "Sí, generar",
        "several": len(days) > 1,
    }
    step = step_of(request)
    if form.is_valid() and step is Step.DO:
        return _present(listed, request, form.chosen.on)
    if form.is_valid() and step is Step.ASK:
        context |= {"asks": True, "day": form.chosen}
    shown = form if days else None
    return list_act_page(request, listed, "admin/acts/present_debits.html", form=shown, **context)


def download(listed: ModelAdmin[BankPresentation], request: HttpRequest, pk: int) -> HttpResponse:
    """The file, which holds account numbers: only asked for by POST, kept by no cache, and each time noted."""
    presentation = record_to_act_on(listed, request, pk, PERMISSION)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        content = presentation_file(presentation)
    except ValueError:
        _log.exception("the file of a presentation cannot be written as it was")
        messages.error(
            request, "El archivo ya no sale igual que cuando se generó. No presentes otro: avisá a sistemas."
        )
        return HttpResponseRedirect(record_address(presentation))
    listed.log_change(cast("Any", request), presentation, "Descargó el archivo para el banco")
    response = HttpResponse(content, content_type="text/plain; charset=us-ascii")
    name = f"presentacion-{presentation.number:08d}-{presentation.debits_on:%Y%m%d}.txt"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def day_words(day: DayToPresent) -> str:
    """A date with how many debits it has and for how much."""
    return f"{short_date(day.on)}: {debits_counted(day.count)}, {pesos(day.total)}"


def _present(listed: ModelAdmin[BankPresentation], request: HttpRequest, on: date) -> HttpResponse:
    try:
        presentation = present_debits(on, by=cast("User", request.user), now=timezone.now())
    except NothingToPresent:
        messages.warning(request, _NOTHING_LEFT)
        return HttpResponseRedirect(list_address(BankPresentation))
    listed.log_addition(cast("Any", request), presentation, "Generó la presentación")
    messages.success(
        request,
        f"Generamos la {str(presentation).lower()}: {debits_counted(presentation.count)}, {pesos(presentation.total)}. "
        "Descargá el archivo y presentalo al banco.",
    )
    return HttpResponseRedirect(record_address(presentation))
