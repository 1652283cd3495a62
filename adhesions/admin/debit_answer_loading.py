"""The page on which the office loads what the bank answered: first it says what the file would do."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from accounts.models import User
from adhesions.admin.debit_presenting import PERMISSION
from adhesions.admin.debit_words import RESULTS, reason_words
from adhesions.debit.answer_preview import AnswerPreview, preview_answer
from adhesions.debit.answering import AnswerOutcome, load_answer
from adhesions.debit.bank_files import ANSWER_WIDTH, LARGEST_FILE, BankFileRefusedError, FileFault
from adhesions.debit.refusals import UnknownPresentation
from adhesions.models import BankAnswerFile
from oficina.shared.dates import day_and_clock
from oficina.shared.office.act_pages import (
    ActForm,
    Step,
    list_act_page,
    may_act_on_list,
    record_address,
    step_of,
)

_FAULTS = {
    FileFault.EMPTY: "El archivo está vacío.",
    FileFault.TOO_LARGE: "El archivo es demasiado grande.",
    FileFault.NOT_ASCII: "No es un archivo de texto del banco: tiene letras o signos que el formato no admite.",
    FileFault.WIDTH: f"La línea no tiene {ANSWER_WIDTH} caracteres.",
    FileFault.HEADER: "La primera línea no es el encabezado de una respuesta.",
    FileFault.DETAIL: "La línea no tiene la forma de una respuesta a un débito.",
    FileFault.TRAILER: "Falta el cierre, que es la última línea: el archivo puede estar cortado.",
    FileFault.COUNT: "El cierre dice otra cantidad de débitos que la que tiene el archivo.",
    FileFault.TOTAL: "El cierre dice otro total que la suma de los débitos.",
    FileFault.TWICE: "El mismo débito está dos veces con el mismo resultado.",
}
_SALT = "checked bank answer"
_GOOD_FOR = 60 * 60 * 12
_LARGEST_CARRIED = 1_900_000
"""Characters of a checked file in the question: what a form may bring besides files (DATA_UPLOAD_MAX_MEMORY_SIZE)."""


class AnswerForm(ActForm):
    """The file of the bank."""

    file = forms.FileField(
        label="Archivo del banco",
        help_text="El archivo con el que el banco respondió una presentación. Antes de cargarlo te mostramos qué hace.",
        error_messages={
            "required": "Elegí el archivo.",
            "missing": "Elegí el archivo.",
            "empty": _FAULTS[FileFault.EMPTY],
            "invalid": "Elegí el archivo de nuevo.",
        },
    )


class CheckedForm(ActForm):
    """The file as it was checked, signed, so that yes is said to what was shown and to nothing else."""

    checked = forms.CharField(widget=forms.HiddenInput, strip=False)


def load(listed: ModelAdmin[BankAnswerFile], request: HttpRequest) -> HttpResponse:
    """The form, what the file would do, and the act; then on to the answer, line by line."""
    may_act_on_list(listed, request, PERMISSION)
    step = step_of(request)
    if step is Step.DO:
        return _load(listed, request)
    form = AnswerForm(request.POST, request.FILES) if step is Step.ASK else AnswerForm()
    if step is Step.ASK and form.is_valid():
        content: bytes = form.cleaned_data["file"].read(LARGEST_FILE + 1)
        try:
            preview = preview_answer(content)
            return _ask(listed, request, preview, content)
        except (BankFileRefusedError, UnknownPresentation) as refusal:
            form.add_error("file", refusal_words(refusal))
    return _page(listed, request, form=form, go_on="Revisar el archivo")


def refusal_words(refusal: BankFileRefusedError | UnknownPresentation) -> str:
    """Why nothing of a file was taken, with the line that is at fault."""
    if isinstance(refusal, UnknownPresentation):
        return f"Responde a la presentación {refusal.number}, que nunca se generó. No se cargó nada."
    where = f"Línea {refusal.line}: " if refusal.line else ""
    return f"{where}{_FAULTS[refusal.fault]} No se cargó nada."


def _ask(
    listed: ModelAdmin[BankAnswerFile], request: HttpRequest, preview: AnswerPreview, content: bytes
) -> HttpResponse:
    """Raises BankFileRefusedError for a file that the question cannot carry."""
    carried = signing.dumps([request.user.pk, content.decode("ascii")], salt=_SALT, compress=True)
    if len(carried) > _LARGEST_CARRIED:
        raise BankFileRefusedError(FileFault.TOO_LARGE)
    form = None if preview.loaded else CheckedForm(initial={"checked": carried})
    rows = [(RESULTS[group.result], reason_words(group.reason), group) for group in preview.groups]
    return _page(listed, request, form=form, asks=True, preview=preview, rows=rows, confirm="Sí, cargar la respuesta")


def _load(listed: ModelAdmin[BankAnswerFile], request: HttpRequest) -> HttpResponse:
    form = CheckedForm(request.POST)
    try:
        checked_by, text = signing.loads(form.data.get("checked", ""), salt=_SALT, max_age=_GOOD_FOR)
    except (signing.BadSignature, ValueError):
        checked_by, text = None, ""
    if not form.is_valid() or checked_by != request.user.pk:
        messages.error(request, "Esta página es vieja. Elegí el archivo de nuevo.")
        return HttpResponseRedirect(request.path)
    outcome = load_answer(text.encode("ascii"), by=cast("User", request.user), now=timezone.now())
    if outcome.is_new:
        listed.log_addition(cast("Any", request), outcome.file, "Cargó la respuesta del banco")
        _tell(request, outcome)
    else:
        messages.warning(request, loaded_words(outcome.file))
    return HttpResponseRedirect(record_address(outcome.file))


def loaded_words(file: BankAnswerFile) -> str:
    """Who loaded a file and when."""
    return f"Este archivo ya lo cargó {file.loaded_by.full_name}, {day_and_clock(file.loaded_at)}. No cambió nada."


def _tell(request: HttpRequest, outcome: AnswerOutcome) -> None:
    messages.success(
        request,
        f"Cargamos la respuesta. Aceptados: {outcome.accepted}, rechazados: {outcome.rejected}, "
        f"revertidos: {outcome.reversed}.",
    )
    if outcome.unknown:
        messages.warning(
            request,
            f"Referencias que no son de esta presentación: {len(outcome.unknown)}. Están en Diferencias.",
        )


def _page(listed: ModelAdmin[BankAnswerFile], request: HttpRequest, **context: object) -> HttpResponse:
    title = "Cargar una respuesta del banco"
    return list_act_page(request, listed, "admin/acts/load_bank_answer.html", title=title, **context)
