"""How allauth works for this portal: its words, its mails, and what happens around a login."""

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts import second_factor_secrets
from accounts.codes import new_code
from accounts.enums import TermsPurpose
from accounts.identity_mails import send_identity_mail, tell_new_device
from accounts.known_devices import is_known_device, remember_device
from accounts.models import ProfileField, User
from accounts.passwords import check_new_password
from accounts.profile import record_change
from accounts.terms import owes_acceptance
from accounts.terms_gate import ask_for_acceptance
from oficina.shared.codes import qr_code

WRONG_CODE = "Ese código no es. Fijate en el último mail que te mandamos."


class AccountAdapter(DefaultAccountAdapter):
    """People known by their mail, in the words of the portal; mail leaves through the one job."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "Este usuario no puede ingresar.",
        "duplicate_email": "Ese ya es tu mail.",
        "email_password_mismatch": "El mail o la contraseña no coinciden. Revisalos y probá de nuevo.",
        "email_taken": "Ya hay un usuario con ese mail.",
        "enter_current_password": "Esa no es tu contraseña actual.",
        "incorrect_code": WRONG_CODE,
        "incorrect_password": "Esa no es tu contraseña.",
        "too_many_login_attempts": "Hubo demasiados intentos. Esperá 5 minutos y probá de nuevo.",
        "same_as_current": "Ese ya es tu mail.",
        "rate_limited": "Son muchos pedidos seguidos. Esperá un minuto y probá de nuevo.",
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail that allauth calls `template_prefix`. Raises KeyError for one that is not known."""
        send_identity_mail(template_prefix, email, context)

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        """Raises ValidationError with the first thing to mend."""
        check_new_password(password, cast("User | None", user))
        return password

    def generate_email_verification_code(self) -> str:
        """The code for a new mail."""
        return new_code()

    def generate_password_reset_code(self) -> str:
        """The code for a forgotten password."""
        return new_code()

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """The code came from the new mail: it becomes the login. Refused when somebody registered it meanwhile."""
        user = email_address.user
        before = User.objects.values_list("email", flat=True).get(pk=user.pk)
        try:
            with transaction.atomic():
                confirmed = bool(super().confirm_email(request, email_address))
                if confirmed and before != email_address.email:
                    record_change(user, ProfileField.EMAIL, before=before, after=email_address.email, by=user)
        except IntegrityError:
            self.add_message(request, messages.ERROR, message=self.error_messages["email_taken"])
            return False
        return confirmed

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Open the session, and tell its owner of a browser that nobody knew, in one transaction. A customer who has
        not accepted the terms in force is asked before anything else.
        """
        person = cast("User", user)
        is_news = _is_news(request, person)
        with transaction.atomic():
            super().login(request, user)
            if is_news:
                tell_new_device(
                    person.email, ip=self.get_client_ip(request), user_agent=request.headers.get("User-Agent", "")
                )
        if not person.is_staff and owes_acceptance(person, TermsPurpose.REGISTRATION):
            ask_for_acceptance(request)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **about: Any) -> HttpResponse:
        """Where the person goes; their browser is known from now on."""
        response = super().post_login(request, user, **about)
        remember_device(request, response, cast("User", user))
        return response

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002  allauth's signature
        """Back to Mis datos, where the change is told."""
        return reverse("my_data")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:  # noqa: ARG002  allauth's signature
        """Back to Mis datos, where the change is told."""
        return reverse("my_data")

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, str]]:
        """The ways to prove who one is, in our words. The office asks for the second factor, so that a password is no
        other way there.
        """
        words = {"reauthenticate": "Usar mi contraseña", "mfa_reauthenticate": "Usar un código de mi segundo factor"}
        methods = super().get_reauthentication_methods(user)
        if user.is_authenticated and cast("User", user).is_staff:
            methods = [method for method in methods if method["id"] == "mfa_reauthenticate"] or methods
        return [{**method, "description": words[method["id"]]} for method in methods]


def _is_news(request: HttpRequest, person: User) -> bool:
    """Whether a login is from a browser that this person never used. The first one of all is no news, and the one that
    ends a recovery has just been told in its own mail.
    """
    if person.last_login is None or is_known_device(request, person):
        return False
    proofs = get_authentication_records(request, person)
    return all(proof["method"] != "password_reset" for proof in proofs)


class SecondFactorAdapter(DefaultMFAAdapter):
    """The second factor, in the words of the portal."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": "Con el segundo factor activo no se puede agregar otro mail.",
        "cannot_delete_authenticator": "No se puede desactivar el segundo factor.",
        "cannot_generate_recovery_codes": "Primero activá el segundo factor.",
        "incorrect_code": "Ese código no es. Fijate que la hora de tu teléfono esté bien y probá con el que sigue.",
        "unverified_email": "Primero confirmá tu mail.",
    }

    def build_totp_svg(self, url: str) -> str:
        """The QR code on white, so that it can be read on a dark screen too."""
        code = qr_code(url)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {code.side} {code.side}">'
            f'<path fill="#fff" d="M0 0h{code.side}v{code.side}H0z"/><path d="{code.path}"/></svg>'
        )

    def encrypt(self, text: str) -> str:
        """How a secret is stored."""
        return second_factor_secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again."""
        return second_factor_secrets.decrypt(encrypted_text)
