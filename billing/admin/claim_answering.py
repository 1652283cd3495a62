"""The page on which the office answers a claim on a bill."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from billing.claims.acts import answer_claim
from billing.claims.refusals import ClaimEnded
from billing.enums import CLAIM_ANSWERS, ClaimState
from billing.models import Claim
from oficina.shared.office.act_pages import ActForm, ActPage, record_to_act_on

PERMISSION = "billing.answer_claim"
_OUTCOMES = [(state.value, state.label) for state in CLAIM_ANSWERS]
_TEXT_LENGTH = Claim._meta.get_field("answer").max_length


class AnswerForm(ActForm):
    """What was decided, and the words that the customer reads."""

    outcome = forms.ChoiceField(
        label="Cómo se resuelve",
        choices=_OUTCOMES,
        widget=forms.RadioSelect,
        error_messages={"required": "Elegí cómo se resuelve.", "invalid_choice": "Elegí una de las opciones."},
    )
    answer = forms.CharField(
        label="Respuesta",
        max_length=_TEXT_LENGTH,
        widget=forms.Textarea,
        help_text="La lee quien reclamó, en su mail y en la Oficina Virtual. Contale qué se revisó y qué cambia.",
        error_messages={"required": "Escribí la respuesta."},
    )

    @property
    def outcome_label(self) -> str:
        """The chosen outcome as people read it."""
        return ClaimState(self.cleaned_data["outcome"]).label


def answer(listed: ModelAdmin[Claim], request: HttpRequest, pk: int) -> HttpResponse:
    """The form, the question, and the act; then back to the claim."""
    claim = record_to_act_on(listed, request, pk, PERMISSION)
    form = AnswerForm(request.POST or None)
    title = f"Responder el reclamo {claim.number}"
    return _PAGE.answer(listed, request, claim, form, possible=claim.is_open, title=title)


def _asked(form: AnswerForm) -> dict[str, object]:
    return {"outcome": form.outcome_label, "answer": form.cleaned_data["answer"]}


def _answer(listed: ModelAdmin[Claim], request: HttpRequest, claim: Claim, form: AnswerForm) -> None:
    outcome = ClaimState(form.cleaned_data["outcome"])
    by = cast("User", request.user)
    try:
        answer_claim(claim, outcome, form.cleaned_data["answer"], by=by, now=timezone.now())
    except ClaimEnded as refusal:
        if refusal.claim.state == ClaimState.WITHDRAWN:
            messages.error(request, "No se respondió: quien reclamó lo retiró recién.")
        else:
            messages.warning(request, "Ya estaba respondido. Quedó la primera respuesta.")
    else:
        listed.log_change(cast("Any", request), claim, f"Respondido: {form.outcome_label}")
        messages.success(request, "Respondimos el reclamo. Le mandamos la respuesta por mail a quien lo hizo.")


_PAGE = ActPage(
    template="admin/acts/answer_claim.html", confirm="Sí, enviar la respuesta", do=_answer, asked=_asked, grave=False
)
