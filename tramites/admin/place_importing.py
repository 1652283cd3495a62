"""The page on which the office brings a file of places of payment: first it says what the file would do."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from oficina.shared.imports.files import TrustedFile
from oficina.shared.imports.refusals import FilesRefusedError, ImportCancelledError, ImportFailedError
from oficina.shared.imports.reports import ImportReport
from oficina.shared.imports.runs import ImportRequest, import_files
from oficina.shared.imports.staging import BadRow
from oficina.shared.imports.watching import ImportOutcome, ImportStage, ImportWatcher
from oficina.shared.office.act_pages import ActForm, Step, list_act_page, list_address, may_act_on_list, step_of
from oficina.shared.spreadsheets import MEDIA_TYPE
from tramites.models import PaymentPlace
from tramites.places.imports import PLACES

PERMISSION: Final = "tramites.import_paymentplaces"
_SALT: Final = "checked places of payment"
_GOOD_FOR: Final = 60 * 60 * 12
_LARGEST_FILE: Final = 2_000_000
_LARGEST_CARRIED: Final = 1_900_000
"""Characters of a checked file in the question: what a form may bring besides files (DATA_UPLOAD_MAX_MEMORY_SIZE)."""
_LONGEST_NAME: Final = 60
_SHOWN_BAD_ROWS: Final = 100
_TOO_LARGE: Final = "El archivo es demasiado grande. Partilo en dos."
_REPORT: Final = "informe"


class PlacesFileForm(ActForm):
    """The file of the office."""

    file = forms.FileField(
        label="Archivo CSV",
        help_text="Una fila por lugar. Los que ya están, por su código, cambian; los que faltan en el archivo quedan"
        " como están. Antes de importarlo te mostramos qué hace.",
        error_messages=dict.fromkeys(("required", "missing", "invalid"), "Elegí el archivo.")
        | {"empty": "El archivo está vacío."},
    )


class CheckedForm(ActForm):
    """The file as it was checked, signed, so that yes is said to what was shown and to nothing else."""

    checked = forms.CharField(widget=forms.HiddenInput, strip=False)


@dataclass(eq=False)
class PlacesRefusedError(Exception):
    """Nothing of a file was taken. `reason` is one sentence for the office."""

    reason: str


class _Listener(ImportWatcher):
    """Keeps the bad rows, and does not wait for another import: somebody sits before the page."""

    def __init__(self) -> None:
        self.bad_rows: list[BadRow] = []

    def advanced(self, file: TrustedFile | None, stage: ImportStage, bytes_read: int) -> None:  # noqa: ARG002  as told
        """Raises ImportCancelledError while another import is in hand."""
        if file is None:
            raise ImportCancelledError

    def refused(self, file: TrustedFile, row: BadRow) -> None:  # noqa: ARG002  there is one file
        """Keeps it."""
        self.bad_rows.append(row)


def import_places(listed: ModelAdmin[PaymentPlace], request: HttpRequest) -> HttpResponse:
    """The form, what the file would do, and the act; then back to the list."""
    may_act_on_list(listed, request, PERMISSION)
    step = step_of(request)
    if step is Step.DO or (request.method == "POST" and _REPORT in request.POST):
        return _do_checked(listed, request)
    form = PlacesFileForm(request.POST, request.FILES) if step is Step.ASK else PlacesFileForm()
    if step is Step.ASK and form.is_valid():
        try:
            return _ask(listed, request, form.cleaned_data["file"])
        except PlacesRefusedError as refusal:
            form.add_error("file", refusal.reason)
    return _page(listed, request, form=form, go_on="Revisar el archivo")


def _ask(listed: ModelAdmin[PaymentPlace], request: HttpRequest, file: Any) -> HttpResponse:
    """Raises PlacesRefusedError for a file that cannot be trusted, or that the question cannot carry."""
    content: bytes = file.read(_LARGEST_FILE + 1)
    name = Path(file.name).name[-_LONGEST_NAME:]
    if len(content) > _LARGEST_FILE:
        raise PlacesRefusedError(_TOO_LARGE)
    outcome, bad_rows = _run(content, name, dry_run=True, by_id=request.user.pk)
    carried = signing.dumps([request.user.pk, name, content.decode()], salt=_SALT, compress=True)
    if len(carried) > _LARGEST_CARRIED:
        raise PlacesRefusedError(_TOO_LARGE)
    changes = outcome.inserted + outcome.updated
    form = CheckedForm(initial={"checked": carried})
    return _page(
        listed, request, form=form, asks=True, file_name=name, outcome=outcome, changes=changes,
        bad_rows=bad_rows[:_SHOWN_BAD_ROWS], more=max(len(bad_rows) - _SHOWN_BAD_ROWS, 0), grave=False,
        confirm="Sí, importar" if changes else "",
    )  # fmt: skip


def _do_checked(listed: ModelAdmin[PaymentPlace], request: HttpRequest) -> HttpResponse:
    """Imports the file that was checked, or gives the report of its bad rows."""
    form = CheckedForm(request.POST)
    try:
        checked_by, name, text = signing.loads(form.data.get("checked", ""), salt=_SALT, max_age=_GOOD_FOR)
    except (signing.BadSignature, ValueError):
        checked_by, name, text = None, "", ""
    if not form.is_valid() or checked_by != request.user.pk:
        messages.error(request, "Esta página es vieja. Elegí el archivo de nuevo.")
        return HttpResponseRedirect(request.path)
    wants_report = _REPORT in request.POST
    try:
        outcome, bad_rows = _run(text.encode(), name, dry_run=wants_report, by_id=request.user.pk)
    except PlacesRefusedError as refusal:
        messages.error(request, refusal.reason)
        return HttpResponseRedirect(request.path)
    if wants_report:
        return _report(name, bad_rows)
    _tell(request, outcome)
    return HttpResponseRedirect(list_address(listed.model))


def _run(content: bytes, name: str, *, dry_run: bool, by_id: int | None) -> tuple[ImportOutcome, list[BadRow]]:
    """Raises PlacesRefusedError when nothing of the file can be taken."""
    listener = _Listener()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        wanted = ImportRequest(paths=[path], kinds=(PLACES,), dry_run=dry_run, started_by_id=by_id)
        try:
            [outcome] = import_files(wanted, listener)
        except FilesRefusedError as refusal:
            raise PlacesRefusedError(f"{refusal.refused[0][1].reason} No se importó nada.") from refusal
        except ImportCancelledError:
            reason = "Hay otra importación en curso. Probá de nuevo cuando termine: no se importó nada."
            raise PlacesRefusedError(reason) from None
        except ImportFailedError as failure:
            raise PlacesRefusedError(f"No se pudo importar: {failure.reason}") from failure
    return outcome, listener.bad_rows


def _report(name: str, bad_rows: Sequence[BadRow]) -> HttpResponse:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.csv"
        with ImportReport(path) as report:
            for row in bad_rows:
                report.add(name, row)
        return HttpResponse(
            path.read_bytes(),
            content_type=MEDIA_TYPE,
            headers={"Content-Disposition": 'attachment; filename="filas-rechazadas.csv"'},
        )


def _tell(request: HttpRequest, outcome: ImportOutcome) -> None:
    messages.success(
        request,
        f"Importamos el archivo. Nuevos: {outcome.inserted}, cambiados: {outcome.updated},"
        f" sin cambios: {outcome.unchanged}.",
    )
    if outcome.refused:
        messages.warning(request, f"Filas que no se importaron: {outcome.refused}. Corregilas e importalas de nuevo.")


def _page(listed: ModelAdmin[PaymentPlace], request: HttpRequest, **context: object) -> HttpResponse:
    title = "Importar lugares de pago"
    return list_act_page(request, listed, "admin/acts/import_places.html", title=title, **context)
