"""Forms with an attachment, which a mistake elsewhere in the form does not lose."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from oficina.shared.models import PrivateFile
from oficina.shared.private_files import draft_of, draft_token, keep_draft
from oficina.shared.uploads import (
    PAGE_LIMIT,
    UPLOAD_LIMIT,
    CleanUpload,
    UploadRefusal,
    UploadRefusedError,
    clean_upload,
)

LIMIT_WORDS = f"{UPLOAD_LIMIT // (1024 * 1024)} MB"
HINT = f"Una foto (JPG o PNG) o un PDF, de hasta {LIMIT_WORDS}."

DRAFT_GONE = "Ya no tenemos el archivo que habías elegido. Elegilo de nuevo."

_WORDS = {
    UploadRefusal.EMPTY: "El archivo está vacío. Elegí otro.",
    UploadRefusal.TOO_LARGE: f"El archivo pesa más de {LIMIT_WORDS}. Sacá una foto con menos calidad o elegí otro.",
    UploadRefusal.KIND: "Ese archivo no es una foto (JPG o PNG) ni un PDF. Elegí otro.",
    UploadRefusal.NAME_LIES: "El archivo no es lo que dice su nombre. Elegí una foto (JPG o PNG) o un PDF.",
    UploadRefusal.UNREADABLE: "No pudimos abrir el archivo: puede estar dañado. Probá con otro.",
    UploadRefusal.LOCKED: "El PDF tiene contraseña. Guardalo sin contraseña o sacale una foto.",
    UploadRefusal.TOO_MANY_PAGES: f"El PDF tiene más de {PAGE_LIMIT} páginas. Mandanos solo las que hacen falta.",
    UploadRefusal.TOO_MANY_PIXELS: "La imagen es demasiado grande. Sacá una foto con menos calidad o elegí otra.",
}


class UploadField(forms.FileField):
    """A picture or PDF; its value is a CleanUpload. `uploads.js` makes large photographs smaller before they leave."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", HINT)
        super().__init__(**options)
        self.widget = forms.FileInput(
            {
                "accept": "image/jpeg,image/png,image/webp,application/pdf",
                "data-limit": str(UPLOAD_LIMIT),
                "data-too-large": _WORDS[UploadRefusal.TOO_LARGE],
            }
        )

    def clean(self, data: Any, initial: Any = None) -> CleanUpload | None:
        """What was attached, written anew; None when nothing was. Raises ValidationError in words for the person."""
        file = super().clean(data, initial)
        if not isinstance(file, UploadedFile):
            return None
        try:
            return clean_upload(file)
        except UploadRefusedError as error:
            raise ValidationError(_WORDS[error.refusal], code=error.refusal) from None


class AttachingForm(forms.Form):
    """A form with one attachment. When the rest is refused, `hold_attachment` lets the person send it again without it.

    `uploader` is the key of the user, None for a visitor. With `attachment_required`, a form without a file is refused.
    """

    attachment_required = False
    attachment_missing = "Adjuntá una foto o un PDF."

    attachment = UploadField(label="Foto o PDF", required=False)
    attachment_kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, uploader: int | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.uploader = uploader
        self._draft: PrivateFile | None = None

    @property
    def attached(self) -> CleanUpload | PrivateFile | None:
        """What is attached: chosen now, or kept from an earlier try. A new choice replaces the earlier one."""
        chosen: CleanUpload | None = self.cleaned_data.get("attachment")
        return chosen or self._draft

    def clean(self) -> dict[str, Any]:
        """Finds the draft of an earlier try, and asks for a file where one is needed."""
        cleaned = super().clean() or self.cleaned_data
        kept = cleaned.get("attachment_kept", "")
        self._draft = draft_of(kept, by=self.uploader)
        if kept and not self.attached and "attachment" not in self.errors:
            self._carry("")
            self.add_error("attachment", ValidationError(DRAFT_GONE, code="gone"))
        elif self.attachment_required and not self.attached and "attachment" not in self.errors:
            self.add_error("attachment", ValidationError(self.attachment_missing, code="required"))
        return cleaned

    def hold_attachment(self) -> None:
        """Keep what was attached while the person mends the rest; the form then carries it and says so."""
        attached = self.attached
        if attached is None:
            return
        draft = attached if isinstance(attached, PrivateFile) else keep_draft(attached, by=self.uploader)
        self._carry(draft_token(draft))
        # Of the bound field: validating has made it already, with the text that the field had then.
        self["attachment"].help_text = f"Ya tenemos «{draft.name}». Elegí otro solo si querés cambiarlo."

    def _carry(self, token: str) -> None:
        """Have the form name this draft, or none, when it is shown again."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[self.add_prefix("attachment_kept")] = token
        self.data = data
