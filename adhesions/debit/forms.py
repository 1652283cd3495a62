"""What a person fills in to have the bills of an account debited."""

from typing import Any, Final

from django import forms
from django.urls import reverse_lazy
from django.utils.html import format_html
from django.views.decorators.debug import sensitive_variables

from accounts.documents import CUIT_LENGTH, DNI_LENGTHS, DocumentFault, DocumentRefusedError, read_document
from accounts.fields import DOCUMENT_ERRORS
from accounts.forms import TermsForm
from adhesions.debit.bank_accounts import CBU_LENGTH, AccountFault, AccountRefusedError, read_cbu
from adhesions.enums import DebitMeans
from oficina.shared.money import CENT

_CBU_ERRORS: Final = {
    AccountFault.NOT_DIGITS: "El CBU son solo números: ni letras ni un alias. Copialo de la app o la web de tu banco.",
    AccountFault.LENGTH: "El CBU tiene 22 números y escribiste {digits}. {difference}",
    AccountFault.CHECK_DIGIT: "Ese CBU no existe: hay algún número cambiado. Copialo de nuevo.",
    AccountFault.WALLET: (
        "Eso es un CVU: es de una billetera virtual, y de ahí no se puede debitar. El CBU es de una cuenta bancaria: "
        "está en la app o la web de tu banco, y en el cajero automático."
    ),
}
_HOLDER_LENGTH: Final = "El CUIT o CUIL tiene 11 números y escribiste {digits}."
_CAP_TOO_BIG: Final = "El tope es demasiado grande. Revisalo."


class CbuField(forms.CharField):
    """The CBU of a bank account, with or without spaces and dashes; its 22 digits once clean."""

    def __init__(self) -> None:
        super().__init__(
            label="CBU",
            help_text="22 números. Un CVU, de una billetera virtual, no sirve para el débito.",
            error_messages={"required": "Escribí el CBU."},
            widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
        )

    @sensitive_variables("value")
    def clean(self, value: object) -> str:
        """Raises ValidationError, which never repeats the number."""
        try:
            return read_cbu(str(super().clean(value)))
        except AccountRefusedError as refused:
            message = _CBU_ERRORS[refused.fault].format(digits=refused.digits, difference=_difference(refused.digits))
            raise forms.ValidationError(message, code=refused.fault) from None


class HolderDocumentField(forms.CharField):
    """The CUIT or CUIL of whoever holds a bank account; its eleven digits once clean. A DNI is none."""

    def __init__(self) -> None:
        super().__init__(
            label="CUIT o CUIL del titular de la cuenta bancaria",
            error_messages={"required": "Escribí el CUIT o CUIL del titular."},
            widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        )

    @sensitive_variables("value")
    def clean(self, value: object) -> str:
        """Raises ValidationError."""
        try:
            document = read_document(str(super().clean(value)))
        except DocumentRefusedError as refused:
            words = DOCUMENT_ERRORS | {DocumentFault.LENGTH: _HOLDER_LENGTH}
            raise forms.ValidationError(
                words[refused.fault].format(digits=refused.digits), code=refused.fault
            ) from None
        if len(document) in DNI_LENGTHS:
            raise forms.ValidationError(
                f"Eso es un DNI. Escribí los {CUIT_LENGTH} números del CUIT o CUIL.", code="national_id"
            )
        return document


class CapField(forms.DecimalField):
    """The most that one debit may take, in pesos; None when there is no such limit."""

    def __init__(self) -> None:
        super().__init__(
            label="Tope por débito",
            required=False,
            min_value=CENT,
            max_digits=14,
            decimal_places=2,
            localize=True,  # with a comma, as people here write
            help_text="En pesos. Si una factura lo supera, no se debita y te avisamos para que la pagues vos.",
            error_messages={
                "invalid": "Escribí el tope en pesos, por ejemplo 50.000 o 50000,50. Si no querés tope, dejalo vacío.",
                "min_value": "El tope tiene que ser mayor que cero. Si no querés tope, dejalo vacío.",
                "max_decimal_places": "Escribí el tope con hasta dos decimales.",
                "max_digits": _CAP_TOO_BIG,
                "max_whole_digits": _CAP_TOO_BIG,
            },
            widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        )

    def to_python(self, value: Any) -> Any:
        """Pesos, or None. Takes the sign that people write before an amount."""
        return super().to_python(value.strip().removeprefix("$") if isinstance(value, str) else value)


class MandateForm(TermsForm):
    """Where the money is taken from, the cap, and the terms of direct debit. A bank account has a number and a holder;
    a card is saved at the provider, so nothing is asked of it here.
    """

    means = forms.ChoiceField(
        label="¿De dónde se debita?",
        choices=DebitMeans.choices,
        initial=DebitMeans.BANK,
        widget=forms.RadioSelect,
        help_text="La tarjeta la cargás en el paso siguiente, en la plataforma de pago. No guardamos su número.",
        error_messages={
            "required": "Elegí de dónde se debita.",
            "invalid_choice": "Elegí una de las opciones.",
        },
    )
    cbu = CbuField()
    holder_document = HolderDocumentField()
    cap = CapField()
    field_order = ["means", "cbu", "holder_document", "cap", "terms"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["terms"].label = format_html(
            'Autorizo el débito y acepto los <a href="{}">términos de Débito automático</a>',
            reverse_lazy("terms", kwargs={"slug": "debito-automatico"}),
        )

    @property
    def is_by_card(self) -> bool:
        """Whether a card was chosen."""
        return self.cleaned_data.get("means") == DebitMeans.CARD

    def clean(self) -> dict[str, Any]:
        """What was typed about a bank account says nothing of a card."""
        given = super().clean()
        if self.is_by_card:
            for name in ("cbu", "holder_document"):
                self.errors.pop(name, None)
                given.pop(name, None)
        return given


def _difference(digits: int) -> str:
    """`Te falta 1.`, `Te sobran 3.`"""
    count = abs(CBU_LENGTH - digits)
    verb = "falta" if digits < CBU_LENGTH else "sobra"
    return f"Te {verb} 1." if count == 1 else f"Te {verb}n {count}."
