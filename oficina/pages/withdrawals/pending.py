"""A withdrawal that waits for the code that proves its mail, kept in the session of a browser where nobody logged in.

Whatever the mail is, the screens are the same; what it has to end is looked up once the code was typed.
"""

import time
from dataclasses import asdict, dataclass, field, replace
from typing import Final, Self

from django.http import HttpRequest

from accounts.codes import CODE_SECONDS, MOST_WRONG_CODES, CodeFault, kept_code_refusal, new_code
from accounts.identity_mails import send_code
from oficina.pages.withdrawals.ending import things_to_end
from oficina.shared.mail import send_mail_later

SESSION_KEY: Final = "withdrawal"
MOST_MAILS: Final = 5
KEEP_SECONDS: Final = 60 * 60


class TooManyMailsError(Exception):
    """The withdrawal has had all the mails it may have."""


@dataclass(frozen=True, kw_only=True)
class PendingWithdrawal:
    """What was asked for. `kind` is what the person came to end, and is only marked for them. `proven_at` is when the
    code was typed, in seconds of the epoch as `sent_at`; nothing may be ended before.
    """

    email: str
    kind: str
    code: str = field(default="", repr=False)
    sent_at: float = 0.0
    wrong_codes: int = 0
    mails: int = 0
    proven_at: float = 0.0

    @classmethod
    def of(cls, request: HttpRequest) -> Self | None:
        """The withdrawal that this session waits for, for an hour after its last mail."""
        kept = request.session.get(SESSION_KEY)
        return cls(**kept) if kept and time.time() - kept["sent_at"] < KEEP_SECONDS else None

    @property
    def is_proven(self) -> bool:
        """Whether the code was typed, as long ago as a code is good at most."""
        return time.time() - self.proven_at < CODE_SECONDS

    def keep(self, request: HttpRequest) -> None:
        """Put it in the session."""
        request.session[SESSION_KEY] = asdict(self)


def begin_withdrawal(request: HttpRequest, *, email: str, kind: str) -> PendingWithdrawal:
    """Mail a code."""
    return _mail_code(request, PendingWithdrawal(email=email.lower(), kind=kind))


def mail_another_code(request: HttpRequest, pending: PendingWithdrawal) -> PendingWithdrawal:
    """Mail another code; the one before no longer counts. Raises TooManyMailsError."""
    return _mail_code(request, pending)


def prove_mail(request: HttpRequest, pending: PendingWithdrawal, typed: str) -> None:
    """Take the code. Raises CodeRefusedError."""
    age = time.time() - pending.sent_at
    refusal = kept_code_refusal(typed, pending.code, age=age, wrong_codes=pending.wrong_codes)
    if refusal is not None:
        if refusal.fault is not CodeFault.EXPIRED and pending.wrong_codes < MOST_WRONG_CODES:
            replace(pending, wrong_codes=pending.wrong_codes + 1).keep(request)
        raise refusal
    request.session.cycle_key()
    replace(pending, code="", wrong_codes=MOST_WRONG_CODES, proven_at=time.time()).keep(request)


def forget_withdrawal(request: HttpRequest) -> None:
    """Drop what the session kept."""
    request.session.pop(SESSION_KEY, None)


def _mail_code(request: HttpRequest, pending: PendingWithdrawal) -> PendingWithdrawal:
    if pending.mails >= MOST_MAILS:
        raise TooManyMailsError
    sent = replace(pending, code=new_code(), sent_at=time.time(), wrong_codes=0, mails=pending.mails + 1, proven_at=0.0)
    if things_to_end(sent.email):
        send_code(sent.email, sent.code, subject="Tu código para la baja", purpose="seguir con la baja")
    else:
        # The code stays unknown to everybody: the mail says that there is nothing, the screens say nothing.
        send_mail_later(sent.email, "No hay nada para dar de baja con este mail", "withdrawal_nothing", {})
    sent.keep(request)
    return sent
