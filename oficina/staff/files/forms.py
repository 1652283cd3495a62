"""What the office says of files: which to bring, and what to take out of which days."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from oficina.shared.office.act_pages import ActForm
from oficina.shared.office.widgets import office_text
from oficina.staff.files.enums import ExportKind

MOST_FILES = 10
_LONGEST_SPAN_DAYS = 366


class _ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One or several files, none of them empty; its value is the list of them."""

    widget = _ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        """Raises ValidationError in words for the office."""
        chosen = data if isinstance(data, list | tuple) else [data]
        files: list[UploadedFile[bytes]] = [
            super(ManyFilesField, self).clean(file, initial) for file in chosen or [None]
        ]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(f"Elegí hasta {MOST_FILES} archivos por vez.")
        return files


class ImportForm(ActForm):
    """The files, and whether to try them first, which is what happens unless somebody says otherwise."""

    TRY, IMPORT = "probar", "importar"

    chosen = ManyFilesField(
        label="Archivos CSV",
        help_text="Uno o varios: cuentas, facturas, renglones, cargos, pagos o lugares. El tipo sale del encabezado.",
        max_length=255,
        error_messages=dict.fromkeys(("required", "missing", "invalid"), "Elegí uno o más archivos.")
        | {"empty": "Uno de los archivos está vacío.", "max_length": "El nombre de un archivo es demasiado largo."},
    )
    how = forms.ChoiceField(
        label="Qué hacer",
        choices=[
            (TRY, "Probar primero: revisa todo y no guarda nada"),
            (IMPORT, "Importar ya"),
        ],
        widget=forms.RadioSelect,
        initial=TRY,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Elegí una opción."),
    )

    @property
    def dry_run(self) -> bool:
        """Whether nothing shall be kept."""
        return bool(self.cleaned_data["how"] != self.IMPORT)


class ExportForm(forms.Form):
    """What, and of which local days, both included."""

    kind = forms.ChoiceField(label="Qué exportar")
    since = forms.DateField(label="Desde", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label="Hasta, inclusive", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def __init__(self, *args: Any, kinds: Sequence[ExportKind], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"] = forms.ChoiceField(
            label="Qué exportar",
            choices=[(kind.value, kind.label) for kind in kinds],
            error_messages={"required": "Elegí qué exportar.", "invalid_choice": "Elegí una opción de la lista."},
        )
        for field in self.fields.values():
            office_text(field)
        for name in ("since", "until"):
            self.fields[name].error_messages |= {
                "required": "Escribí la fecha.",
                "invalid": "Escribí la fecha así: 24/11/2026.",
            }

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first, and there is no more than a year between them."""
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "Tiene que ser igual o posterior a «Desde».")
        elif since and until and (until - since).days >= _LONGEST_SPAN_DAYS:
            self.add_error("until", "Elegí hasta un año por vez.")
        return cleaned
