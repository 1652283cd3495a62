"""What people fill in to talk to the office."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from oficina.shared.ids import ALPHABET, PUBLIC_ID_LENGTH, public_id
from oficina.shared.upload_forms import HINT, AttachingForm, UploadField
from tramites.chat.saying import Words
from tramites.models import LONGEST_MESSAGE

TOO_LONG = f"El mensaje tiene más de {LONGEST_MESSAGE} letras. Acortalo o mandalo en dos partes: no se perdió nada."
TOO_OFTEN = "Mandaste muchos mensajes seguidos. Esperá un minuto y tocá Enviar de nuevo: no se perdió nada."
_OLD_PAGE = "Esta página es vieja. Tocá Enviar de nuevo: no se perdió nada."
_SAYS_NOTHING = "Escribí tu mensaje."


class MessageField(forms.CharField):
    """The text of a message. A line end counts as one letter, as in what is kept."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget = forms.Textarea({"rows": 3, "autocomplete": "off"})

    def to_python(self, value: Any) -> str:
        """Without what browsers make of line ends."""
        return (super().to_python(value) or "").replace("\r\n", "\n")


class KeyField(forms.RegexField):
    """Names one filling-in of a form, so that a message which is sent twice is one."""

    def __init__(self) -> None:
        super().__init__(
            rf"\A[{ALPHABET.lower()}]{{{PUBLIC_ID_LENGTH}}}\Z",
            widget=forms.HiddenInput,
            initial=public_id,
            error_messages=dict.fromkeys(("required", "invalid"), _OLD_PAGE),
        )


class QuestionForm(forms.Form):
    """The first message, which the assistant answers."""

    body = MessageField(
        label="¿En qué te podemos ayudar?",
        max_length=LONGEST_MESSAGE,
        error_messages={"required": _SAYS_NOTHING, "max_length": TOO_LONG},
    )
    key = KeyField()

    @property
    def words(self) -> Words:
        """What a valid form says."""
        return Words(body=self.cleaned_data["body"], key=self.cleaned_data["key"])


class MessageForm(AttachingForm):
    """A message in a conversation: a text, a file, or both."""

    body = MessageField(
        label="Tu mensaje", required=False, max_length=LONGEST_MESSAGE, error_messages={"max_length": TOO_LONG}
    )
    attachment = UploadField(label="Adjuntar una foto o un PDF", required=False, help_text=HINT)
    key = KeyField()

    field_order: tuple[str, ...] = ("body", "attachment")

    def clean(self) -> dict[str, Any]:
        """A message says something."""
        cleaned = super().clean()
        is_empty = not cleaned.get("body") and not self.attached
        if is_empty and not self.errors.keys() & {"body", "attachment"}:
            self.add_error("body", ValidationError(_SAYS_NOTHING, code="required"))
        return cleaned

    @property
    def words(self) -> Words:
        """What a valid form says."""
        data = self.cleaned_data
        return Words(body=data["body"], key=data["key"], attachment=self.attached)


class MailForm(forms.Form):
    """Where a visitor wants to be told of answers."""

    email = forms.EmailField(
        label="Tu mail",
        required=False,
        max_length=254,
        help_text="Si no estás mirando cuando te respondamos, te avisamos ahí. Lo usamos solo para eso y lo borramos"
        " a los 90 días de cerrada la conversación. Fijate que esté bien escrito: quien reciba el aviso puede verla.",
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"invalid": "Revisá el mail. Por ejemplo: nombre@correo.com.ar"},
    )
