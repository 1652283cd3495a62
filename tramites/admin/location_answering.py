"""The page on which the office answers a report about where a property is."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from oficina.shared.office.act_pages import ActForm, ActPage, record_to_act_on
from tramites.models import LocationReport
from tramites.property_location.refusals import AlreadyAnswered
from tramites.property_location.reporting import answer_report

PERMISSION = "tramites.answer_locationreport"
_TEXT_LENGTH = LocationReport._meta.get_field("answer").max_length


class AnswerForm(ActForm):
    """The words that the customer reads."""

    answer = forms.CharField(
        label="Respuesta",
        max_length=_TEXT_LENGTH,
        widget=forms.Textarea,
        help_text="La lee quien avisó, en su mail y en la Oficina Virtual.",
        error_messages={"required": "Escribí la respuesta."},
    )


def answer(listed: ModelAdmin[LocationReport], request: HttpRequest, pk: int) -> HttpResponse:
    """The form, the question, and the act; then back to the report."""
    report = record_to_act_on(listed, request, pk, PERMISSION)
    form = AnswerForm(request.POST or None)
    return _PAGE.answer(listed, request, report, form, possible=report.is_open, title="Responder el aviso")


def _answer(listed: ModelAdmin[LocationReport], request: HttpRequest, report: LocationReport, form: AnswerForm) -> None:
    try:
        answer_report(report, form.cleaned_data["answer"], by=cast("User", request.user), now=timezone.now())
    except AlreadyAnswered:
        messages.warning(request, "Ya estaba respondido. Quedó la primera respuesta.")
    else:
        listed.log_change(cast("Any", request), report, "Respondido")
        messages.success(request, "Respondimos el aviso. Le mandamos la respuesta por mail a quien lo hizo.")


_PAGE = ActPage(
    template="admin/acts/answer_location_report.html", confirm="Sí, enviar la respuesta", do=_answer, grave=False
)
