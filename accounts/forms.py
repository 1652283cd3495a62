"""The portal's own forms about a person. The words of allauth's forms are in `allauth_forms`."""

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.html import format_html

from accounts.codes import CodeFault, CodeRefusedError
from accounts.fields import (
    CodeField,
    DocumentField,
    MailField,
    NameField,
    PhoneField,
    SecretField,
    new_password_field,
)
from accounts.models import TermsVersion, User
from accounts.passwords import check_new_password
from accounts.profile import ProfileData

_CODE_WORDS = {
    CodeFault.WORN_OUT: "Fueron demasiados intentos con este código. Pedí uno nuevo.",
    CodeFault.EXPIRED: "Ese código venció. Pedí uno nuevo.",
}
RATE_LIMITED = "Hubo demasiados intentos. Esperá un minuto y probá de nuevo."


class ProfileForm(forms.Form):
    """Name, surname, document and telephone."""

    first_name = NameField(label="Nombre", autocomplete="given-name")
    last_name = NameField(label="Apellido", autocomplete="family-name")
    document = DocumentField()
    phone = PhoneField()

    def profile(self) -> ProfileData:
        """What was typed, cleaned."""
        given = self.cleaned_data
        return ProfileData(
            first_name=given["first_name"],
            last_name=given["last_name"],
            document=given["document"],
            phone=given["phone"],
        )


class TermsForm(forms.Form):
    """A box to accept terms. `terms_version` is the one that the page showed: nobody accepts what they did not see."""

    terms = forms.BooleanField(error_messages={"required": "Tenés que aceptar los términos y condiciones."})
    terms_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, in_force: TermsVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.in_force = in_force
        self.fields["terms_version"].initial = in_force.version
        self.fields["terms"].label = format_html(
            'Leí y acepto los <a href="{}">términos y condiciones</a>', reverse_lazy("terms_list")
        )

    def clean(self) -> dict[str, Any]:
        """Refuses an acceptance of a version that is no longer in force, and shows the page with the one that is."""
        given = super().clean() or self.cleaned_data
        if given.get("terms") and given.get("terms_version") not in {None, self.in_force.version}:
            as_typed = dict(self.data.items())  # `**` would take the lists of a QueryDict
            self.data = as_typed | {self.add_prefix("terms_version"): str(self.in_force.version)}
            self.add_error("terms", "Los términos cambiaron recién. Leelos de nuevo y aceptalos.")
        return given


class RegistrationForm(ProfileForm, TermsForm):
    """What a person gives to register."""

    email = MailField(hint="Vas a usarlo para ingresar.")
    password = new_password_field()
    field_order = ["first_name", "last_name", "document", "phone", "email", "password", "terms"]

    def clean(self) -> dict[str, Any]:
        """The password is checked against the person who is about to exist."""
        given = super().clean()
        person = User(
            email=given.get("email", ""),
            first_name=given.get("first_name", ""),
            last_name=given.get("last_name", ""),
        )
        if "password" in given:
            try:
                check_new_password(given["password"], person)
            except forms.ValidationError as refused:
                self.add_error("password", refused)
        return given


class MailCodeForm(forms.Form):
    """The code that was mailed."""

    code = CodeField(hint="8 números, con o sin guion.", required="Escribí el código que te mandamos.")

    def refuse(self, refused: CodeRefusedError) -> None:
        """Say beside the field why this code is not taken."""
        self.add_error("code", _CODE_WORDS.get(refused.fault) or _wrong_code(refused.left))


class AnotherMailForm(forms.Form):
    """Another address for the code."""

    email = MailField(label="Mail correcto")


class CloseUserForm(forms.Form):
    """The password, to close one's user."""

    password = SecretField(label="Tu contraseña", required="Escribí tu contraseña para confirmar.")

    def __init__(self, *args: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request, self._user = request, user

    def clean_password(self) -> str:
        """Raises ValidationError when it is not theirs, or after too many tries."""
        if not ratelimit.consume(self._request, action="reauthenticate", user=self._user):
            raise forms.ValidationError(RATE_LIMITED, code="rate_limited")
        password: str = self.cleaned_data["password"]
        if not self._user.check_password(password):
            raise forms.ValidationError("Esa no es tu contraseña.", code="incorrect_password")
        return password


def _wrong_code(left: int) -> str:
    tries = "Te queda 1 intento" if left == 1 else f"Te quedan {left} intentos"
    return f"Ese código no es. Fijate en el último mail que te mandamos. {tries}."
