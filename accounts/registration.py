"""Registration: what a person typed waits in their session until a code proves the mail; only then a user exists.

So nobody can occupy somebody else's mail, an abandoned registration leaves no personal data behind, and a mail that is
registered already follows the same path as a new one, step by step: only the mail that is sent differs.
"""

import time
from dataclasses import asdict, dataclass, field, replace
from typing import Self

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from accounts.codes import MOST_WRONG_CODES, CodeFault, kept_code_refusal, new_code
from accounts.enums import TermsPurpose
from accounts.identity_mails import send_code, tell_already_registered
from accounts.models import TermsVersion, User
from accounts.profile import ProfileData
from accounts.terms import accept_terms

SESSION_KEY = "registration"
MOST_MAILS = 5
KEEP_SECONDS = 60 * 60


class TooManyMailsError(Exception):
    """The registration has had all the mails it may have."""


class MailTakenError(Exception):
    """Somebody finished registering this mail while the code was on its way."""


@dataclass(frozen=True, kw_only=True)
class PendingRegistration:
    """A registration that waits for its code, kept in the session; no password in clear."""

    first_name: str
    last_name: str
    document: str
    phone: str
    email: str
    password_hash: str = field(repr=False)
    terms_id: int
    next_url: str = ""
    code: str = field(default="", repr=False)
    sent_at: float = 0.0
    wrong_codes: int = 0
    mails: int = 0

    @classmethod
    def of(cls, request: HttpRequest) -> Self | None:
        """The registration that this session waits for, for an hour after its last mail."""
        kept = request.session.get(SESSION_KEY)
        return cls(**kept) if kept and time.time() - kept["sent_at"] < KEEP_SECONDS else None

    @property
    def profile(self) -> ProfileData:
        """What the person typed about themselves."""
        return ProfileData(
            first_name=self.first_name, last_name=self.last_name, document=self.document, phone=self.phone
        )

    def keep(self, request: HttpRequest) -> None:
        """Put it in the session."""
        request.session[SESSION_KEY] = asdict(self)


def start_registration(
    request: HttpRequest, *, data: ProfileData, email: str, password: str, terms: TermsVersion, next_url: str = ""
) -> PendingRegistration:
    """Keep what the person typed and mail a code.

    The password is hashed whether or not the mail is taken, so that both cases take the same time.
    """
    pending = PendingRegistration(
        **asdict(data), email=email, password_hash=make_password(password), terms_id=terms.pk, next_url=next_url
    )
    return _mail_code(request, pending)


def resend_code(request: HttpRequest, pending: PendingRegistration) -> PendingRegistration:
    """Mail another code; the one before no longer counts. Raises TooManyMailsError."""
    return _mail_code(request, pending)


def change_mail(request: HttpRequest, pending: PendingRegistration, email: str) -> PendingRegistration:
    """Mail a code to another address instead. Raises TooManyMailsError."""
    return _mail_code(request, replace(pending, email=email))


def confirm_registration(request: HttpRequest, pending: PendingRegistration, typed: str, *, ip: str | None) -> User:
    """Take the code and create the user, with the mail confirmed and the terms accepted, in one transaction.

    Raises CodeRefusedError, or MailTakenError when the mail was registered meanwhile.
    """
    _check_code(request, pending, typed)
    terms = TermsVersion.objects.get(pk=pending.terms_id)
    try:
        user = create_customer(pending.profile, pending.email, pending.password_hash, terms=terms, ip=ip)
    except IntegrityError:
        # The session is left as it is: after a second press of the same button, the first one is replacing it.
        raise MailTakenError from None
    forget_registration(request)
    return user


def create_customer(data: ProfileData, email: str, password_hash: str, *, terms: TermsVersion, ip: str | None) -> User:
    """A person who can log in: mail confirmed and terms accepted, in one transaction.

    `password_hash` comes from Django's `make_password`. Raises IntegrityError when the mail is taken.
    """
    with transaction.atomic():
        user = User.objects.create(email=email.lower(), password=password_hash, **asdict(data))
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        accept_terms(user, TermsPurpose.REGISTRATION, ip, terms=terms)
    return user


def forget_registration(request: HttpRequest) -> None:
    """Drop what the session kept."""
    request.session.pop(SESSION_KEY, None)


def _check_code(request: HttpRequest, pending: PendingRegistration, typed: str) -> None:
    age = time.time() - pending.sent_at
    refusal = kept_code_refusal(typed, pending.code, age=age, wrong_codes=pending.wrong_codes)
    if refusal is None:
        return
    if refusal.fault is not CodeFault.EXPIRED and pending.wrong_codes < MOST_WRONG_CODES:
        replace(pending, wrong_codes=pending.wrong_codes + 1).keep(request)
    raise refusal


def _mail_code(request: HttpRequest, pending: PendingRegistration) -> PendingRegistration:
    if pending.mails >= MOST_MAILS:
        raise TooManyMailsError
    sent = replace(pending, code=new_code(), sent_at=time.time(), wrong_codes=0, mails=pending.mails + 1)
    if User.objects.filter(email=sent.email).exists():
        # The code stays unknown to everybody: the mail says that there is a user already, the screens say nothing.
        tell_already_registered(sent.email)
    else:
        send_code(sent.email, sent.code, subject="Tu código para registrarte", purpose="terminar de registrarte")
    sent.keep(request)
    return sent
