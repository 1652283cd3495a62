"""Form fields for what people say about themselves, with errors that say what to do."""

from typing import Any

from django import forms

from accounts.documents import (
    CUIT_LENGTH,
    DNI_LENGTHS,
    DocumentFault,
    DocumentRefusedError,
    read_document,
    show_document,
)
from accounts.passwords import HINT
from accounts.phones import PhoneFault, PhoneRefusedError, read_phone, show_phone

DOCUMENT_ERRORS = {
    DocumentFault.NOT_DIGITS: "Escribí solo los números.",
    DocumentFault.LENGTH: "El DNI tiene 7 u 8 números y el CUIT, 11. Escribiste {digits}.",
    DocumentFault.CHECK_DIGIT: "Ese CUIT o CUIL no es válido. Revisá los números, sobre todo el último.",
}
PHONE_ERRORS = {
    PhoneFault.NOT_DIGITS: "Escribí solo los números.",
    PhoneFault.NO_AREA_CODE: "Falta el código de área. Por ejemplo: 261 555 0147.",
    PhoneFault.LENGTH: "Son 10 números entre el código de área y el teléfono. Escribiste {digits}.",
}


class NameField(forms.CharField):
    """A name or surname: letters as the person writes them, without spaces around or doubled."""

    def __init__(self, *, label: str, autocomplete: str) -> None:
        super().__init__(
            label=label,
            max_length=80,
            error_messages={
                "required": f"Escribí tu {label.lower()}.",
                "max_length": "Es muy largo: entran 80 letras.",
            },
            widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
        )

    def clean(self, value: object) -> str:
        """Raises ValidationError when there is no letter in it."""
        name = " ".join(str(super().clean(value)).split())
        if not any(character.isalpha() for character in name):
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return name


class DocumentField(forms.CharField):
    """A DNI, CUIT or CUIL, kept as digits and shown with its dots or dashes."""

    def __init__(self) -> None:
        super().__init__(
            label="DNI, CUIT o CUIL",
            help_text="Solo los números.",
            max_length=20,
            error_messages={
                "required": "Escribí tu DNI, CUIT o CUIL.",
                "max_length": "El DNI tiene 7 u 8 números y el CUIT, 11.",
            },
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )

    def prepare_value(self, value: Any) -> Any:
        """What is shown: stored digits with their dots or dashes, and what was typed as it was."""
        stored = isinstance(value, str) and value.isdigit() and len(value) in {*DNI_LENGTHS, CUIT_LENGTH}
        return show_document(value) if stored else value

    def clean(self, value: object) -> str:
        """The digits. Raises ValidationError."""
        try:
            return read_document(str(super().clean(value)))
        except DocumentRefusedError as refused:
            message = DOCUMENT_ERRORS[refused.fault].format(digits=refused.digits)
            raise forms.ValidationError(message, code=refused.fault) from None


class PhoneField(forms.CharField):
    """A telephone number, kept as ten digits and shown with spaces."""

    def __init__(self) -> None:
        super().__init__(
            label="Teléfono",
            help_text="Con código de área, sin 0 ni 15.",
            max_length=30,
            error_messages={
                "required": "Escribí tu teléfono con código de área.",
                "max_length": "Son 10 números entre el código de área y el teléfono.",
            },
            widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        )

    def prepare_value(self, value: Any) -> Any:
        """What is shown: stored digits with their spaces, and what was typed as it was."""
        return show_phone(value) if isinstance(value, str) and value.isdigit() else value

    def clean(self, value: object) -> str:
        """The ten digits. Raises ValidationError."""
        try:
            return read_phone(str(super().clean(value)))
        except PhoneRefusedError as refused:
            message = PHONE_ERRORS[refused.fault].format(digits=refused.digits)
            raise forms.ValidationError(message, code=refused.fault) from None


class MailField(forms.EmailField):
    """A mail address, in lower case."""

    def __init__(self, *, label: str = "Mail", hint: str = "", autocomplete: str = "email") -> None:
        super().__init__(
            label=label,
            help_text=hint,
            max_length=254,
            error_messages={
                "required": "Escribí tu mail.",
                "invalid": "Revisá el mail: le falta algo. Por ejemplo: nombre@correo.com.ar",
                "max_length": "Ese mail es demasiado largo.",
            },
            widget=forms.EmailInput(attrs={"autocomplete": autocomplete}),
        )

    def clean(self, value: object) -> str:
        """Raises ValidationError, which names the missing at sign when that is all."""
        if isinstance(value, str) and value.strip() and "@" not in value:
            raise forms.ValidationError("Falta la arroba (@). Por ejemplo: nombre@correo.com.ar", code="no_at")
        return str(super().clean(value)).lower()


class SecretField(forms.CharField):
    """A password. Never sent back to the page."""

    def __init__(self, *, label: str, hint: str = "", autocomplete: str = "current-password", required: str) -> None:
        super().__init__(
            label=label,
            help_text=hint,
            strip=False,
            error_messages={"required": required},
            widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        )


def new_password_field(*, label: str = "Contraseña") -> SecretField:
    """Where a person chooses a password."""
    return SecretField(label=label, hint=HINT, autocomplete="new-password", required="Elegí una contraseña.")


class CodeField(forms.CharField):
    """A code typed from a mail or a telephone."""

    def __init__(self, *, label: str = "Código", hint: str = "", required: str = "Escribí el código.") -> None:
        super().__init__(
            label=label,
            help_text=hint,
            max_length=40,
            error_messages={"required": required, "max_length": "Ese código es demasiado largo."},
            widget=forms.TextInput(
                attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autocapitalize": "off"}
            ),
        )
