"""allauth's forms with the portal's fields and words. Named in the settings `ACCOUNT_FORMS` and `MFA_FORMS`."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms

from accounts.fields import CodeField, MailField, SecretField
from accounts.passwords import HINT

WRITE_YOUR_PASSWORD = "Escribí tu contraseña."  # noqa: S105  words, not a password
CODE_FROM_MAIL = "8 números, con o sin guion."
CODE_FROM_PHONE = "6 números de la aplicación, o uno de tus códigos de recuperación."


class LoginForm(account.LoginForm):
    """Mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = MailField(hint="El que usaste para registrarte.", autocomplete="username")
        self.fields["password"] = SecretField(label="Contraseña", required=WRITE_YOUR_PASSWORD)
        self.fields["remember"].label = "Dejar la sesión abierta en este dispositivo"
        self.order_fields(["login", "password", "remember"])


class ForgottenPasswordForm(account.ResetPasswordForm):
    """The mail that gets a code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = MailField(hint="El que usás para ingresar.")


class NewPasswordForm(account.ResetPasswordKeyForm):
    """A new password after the code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _one_new_password(self, "Contraseña nueva")


class ChangePasswordForm(account.ChangePasswordForm):
    """The present password and a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = SecretField(label="Contraseña actual", required="Escribí tu contraseña actual.")
        _one_new_password(self, "Contraseña nueva")


class FirstPasswordForm(account.SetPasswordForm):
    """A password for somebody whom the office created without one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _one_new_password(self, "Contraseña")


class ChangeMailForm(account.AddEmailForm):
    """The new mail, which gets a code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = MailField(label="Mail nuevo", hint="Te mandamos un código para confirmar que es tuyo.")


class ProvePasswordForm(account.ReauthenticateForm):
    """The password again, before something delicate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = SecretField(label="Contraseña", required=WRITE_YOUR_PASSWORD)


class MailCodeForm(account.ConfirmEmailVerificationCodeForm):
    """The code that confirms a mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField(hint=CODE_FROM_MAIL)


class ForgottenPasswordCodeForm(account.ConfirmPasswordResetCodeForm):
    """The code that lets choose a new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField(hint=CODE_FROM_MAIL)


class SecondFactorForm(mfa.AuthenticateForm):
    """The code of the telephone, to log in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField(hint=CODE_FROM_PHONE)


class ProveSecondFactorForm(mfa.ReauthenticateForm):
    """The code of the telephone, before something delicate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField(hint=CODE_FROM_PHONE)


class ActivateSecondFactorForm(totp.ActivateTOTPForm):
    """The first code of the telephone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField(label="Código de la aplicación", hint="6 números. Cambian cada 30 segundos.")


def _one_new_password(form: forms.Form, label: str) -> None:
    """Asked once: the field keeps allauth's check, and whoever mistypes it recovers it by mail."""
    form.fields.pop("password2")
    field = form.fields["password1"]
    field.label, field.help_text = label, HINT
    field.error_messages["required"] = "Elegí una contraseña."
    field.widget.attrs = {"autocomplete": "new-password"}
