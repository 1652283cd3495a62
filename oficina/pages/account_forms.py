"""Forms to link an account and to name it."""

from django import forms
from django.conf import settings

from accounts.account_numbers import WrongCheckDigit, WrongLength, digit_count, parse_account_number, segment_lengths
from accounts.models import AccountLink
from oficina.configuration import LinkProof
from oficina.shared.forms import BoxesWidget

WRONG_CHECK_DIGIT = "Ese número de cuenta no existe. Revisá que cada número esté igual que en la factura."


class AccountNumberField(forms.CharField):
    """The number in its boxes, or whole in the first one; gives its digits.

    `check_digit` and `wrong_check_digit` tell the page's script how to check the last digit and what to say.
    """

    wrong_check_digit = WRONG_CHECK_DIGIT

    def __init__(self) -> None:
        self.check_digit = settings.UTILITY.account_check_digit.value
        super().__init__(
            label="Número de cuenta",
            help_text="Está en la esquina superior de la factura. Podés pegarlo entero, con o sin guiones.",
            widget=BoxesWidget(segment_lengths()),
            error_messages={"required": f"Escribí el número de cuenta. Tiene {digit_count()} números."},
        )

    def clean(self, value: str) -> str:
        """The digits of the number. Says at once when it cannot be an account, before anything is looked up."""
        try:
            return parse_account_number(super().clean(value))
        except WrongLength as refusal:
            expected, found = refusal.digits_expected, refusal.digits_found
            written = "un número" if found == 1 else f"{found} números"
            said = f"Escribiste {written}. El número de cuenta tiene {expected}."
            if found == expected:
                said = f"El número de cuenta tiene solo números: son {expected}."
            raise forms.ValidationError(said, code="length") from None
        except WrongCheckDigit:
            raise forms.ValidationError(WRONG_CHECK_DIGIT, code="check_digit") from None


class BillDatumField(forms.CharField):
    """What somebody has before them who has a bill in hand."""

    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            help_text=(
                "El número de la factura (por ejemplo 0007\N{NON-BREAKING HYPHEN}01843327)"
                " o el código de pago electrónico."
            ),
            max_length=40,
            error_messages={"required": "Escribí el número de una factura o su código de pago electrónico."},
            widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        )


class AccountSearchForm(forms.Form):
    """An account number and, where the installation asks for it, a datum of one of its bills."""

    number = AccountNumberField()
    datum = BillDatumField("Un dato de cualquier factura de esta cuenta")

    def __init__(self, data: dict[str, str] | None = None) -> None:
        super().__init__(data)
        self.fields["number"] = AccountNumberField()  # the class is read before the settings of a test
        if settings.UTILITY.link_proof is LinkProof.NONE:
            del self.fields["datum"]


class AccountProofForm(forms.Form):
    """A datum of a bill issued since the account has another holder, whatever the installation asks for to link."""

    datum = BillDatumField("Un dato de la factura")


class AliasForm(forms.Form):
    """What a person calls an account."""

    alias = forms.CharField(
        label="Un nombre para reconocerla",
        max_length=AccountLink._meta.get_field("alias").max_length,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_alias(self) -> str:
        """The name with single spaces."""
        return " ".join(self.cleaned_data["alias"].split())
