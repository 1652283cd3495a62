"""The mails about a person's own access. allauth names the occasions; their words are here."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from accounts.codes import CODE_MINUTES
from accounts.devices import device_name
from oficina.shared.mail import send_mail_later


@dataclass(frozen=True, kw_only=True)
class CodeMail:
    """A mail with a code: its subject, before the code, and what the code is for, after "Escribilo para"."""

    subject: str
    purpose: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A mail that tells of a change: its subject and the change. `{old}` and `{new}` are mails."""

    subject: str
    what: str


CODE_MAILS = {
    "account/email/email_confirmation": CodeMail(
        subject="Tu código para confirmar el mail", purpose="confirmar este mail"
    ),
    "account/email/email_confirmation_signup": CodeMail(
        subject="Tu código para confirmar el mail", purpose="confirmar este mail"
    ),
    "account/email/password_reset_code": CodeMail(
        subject="Tu código para recuperar la contraseña", purpose="elegir una contraseña nueva"
    ),
}

NOTICES = {
    "account/email/password_changed": Notice(
        subject="Cambiaste tu contraseña", what="Cambió la contraseña de tu usuario."
    ),
    "account/email/password_reset": Notice(
        subject="Recuperaste tu contraseña",
        what="Elegiste una contraseña nueva con un código que te llegó por mail.",
    ),
    "account/email/password_set": Notice(subject="Elegiste una contraseña", what="Tu usuario ya tiene contraseña."),
    "account/email/email_changed": Notice(
        subject="Cambiaste tu mail", what="El mail de tu usuario dejó de ser {old}. Desde ahora ingresás con {new}."
    ),
    "mfa/email/totp_activated": Notice(
        subject="Activaste el segundo factor",
        what="Desde ahora, para ingresar te pedimos también un código del teléfono.",
    ),
    "mfa/email/totp_deactivated": Notice(
        subject="Desactivaste el segundo factor", what="Desde ahora, para ingresar alcanza con tu mail y tu contraseña."
    ),
    "mfa/email/recovery_codes_generated": Notice(
        subject="Generaste códigos de recuperación nuevos", what="Los códigos de recuperación que tenías ya no sirven."
    ),
}


def send_code(email: str, code: str, *, subject: str, purpose: str) -> None:
    """Mail a code. It is in the subject too, so that a notification of the telephone is enough to read it."""
    known = {"code": code, "purpose": purpose, "minutes": CODE_MINUTES}
    send_mail_later(email, f"{subject}: {code}", "identity/code", known)


def tell_already_registered(email: str) -> None:
    """Somebody, perhaps its owner, wants to register a mail that is registered."""
    send_mail_later(email, "Ya tenés usuario en la Oficina Virtual", "identity/already_registered", {})


def tell_unknown(email: str) -> None:
    """Somebody, perhaps its owner, wants to recover the password of a mail that is not registered."""
    send_mail_later(email, "No hay un usuario con este mail", "identity/unknown_mail", {})


def tell_new_device(email: str, *, ip: str | None, user_agent: str) -> None:
    """Somebody, as a rule its owner, logged in from a browser from which they never had. Part of the caller's
    transaction.
    """
    origin = {"at": timezone.now(), "ip": ip, "device": device_name(user_agent)}
    send_mail_later(email, "Ingresaste desde un dispositivo nuevo", "identity/new_device", origin)


def send_identity_mail(occasion: str, email: str, context: Mapping[str, str]) -> None:
    """Queue the mail of an occasion of allauth. Raises KeyError for one that the portal does not know."""
    if occasion == "account/email/unknown_account":
        tell_unknown(email)
    elif occasion == "account/email/account_already_exists":
        tell_already_registered(email)
    elif occasion in CODE_MAILS:
        words = CODE_MAILS[occasion]
        send_code(email, context["code"], subject=words.subject, purpose=words.purpose)
    else:
        notice = NOTICES[occasion]
        what = notice.what.format(old=context.get("from_email", ""), new=context.get("to_email", ""))
        origin = {"at": timezone.now(), "ip": context["ip"], "device": device_name(context["user_agent"])}
        send_mail_later(email, notice.subject, "identity/notice", {"what": what, **origin})
