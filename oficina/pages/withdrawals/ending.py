"""What somebody who reads a mail may end without logging in, and ending it, with a receipt (Disposición 954/2025)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from accounts.account_numbers import account_number_ending
from accounts.closing import close_user
from accounts.models import User, Withdrawal
from adhesions.debit.mandates import leave_direct_debit
from adhesions.debit.presentation import means_words
from adhesions.digital.leaving import leave_digital_billing
from adhesions.digital.unsubscribing import unsubscribe
from adhesions.models import DigitalBilling, DirectDebit
from billing.locks import lock_account
from oficina.shared.mail import send_mail_later

DIGITAL: Final = "factura-digital"
DEBIT: Final = "debito-automatico"
USER: Final = "usuario"
"""The kinds of what may be ended, as addresses and forms name them."""


class NothingToEndError(Exception):
    """Nothing of what was chosen holds any more."""


@dataclass(frozen=True, kw_only=True)
class ToEnd:
    """Something that a mail may end. `key` names it in a form; `what` and `of` are the words of screen and receipt."""

    key: str
    kind: str
    what: str
    of: str
    subject: DigitalBilling | DirectDebit | User

    @property
    def line(self) -> str:
        """As the receipt says it."""
        return f"{self.what}: {self.of}" if self.of else self.what


def things_to_end(email: str) -> list[ToEnd]:
    """What holds now for a mail, in lower case: the bills that it receives, what its user adhered to, that user."""
    user = User.objects.filter(email=email, is_active=True).first()
    digital = DigitalBilling.objects.live().filter(Q(email=email) | Q(made_by=user) if user else Q(email=email))
    debits = DirectDebit.objects.live().filter(made_by=user) if user else DirectDebit.objects.none()
    return [
        *(_digital(each) for each in digital.select_related("account", "made_by").order_by("account", "pk")),
        *(_debit(each) for each in debits.select_related("account").order_by("account", "pk")),
        *([_user(user)] if user else []),
    ]


def withdraw(email: str, keys: Collection[str], *, ip: str | None, now: datetime) -> Withdrawal:
    """End what was chosen, by the acts that end it from within, and give the receipt, which is mailed too.

    Whoever closes their user ends with it all that it adhered to. Locks the user and then the accounts, as closing a
    user does. Raises NothingToEndError.
    """
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).filter(email=email, is_active=True).first()
        for account_id in _accounts_of(things_to_end(email)):
            lock_account(account_id)
        chosen = [each for each in things_to_end(email) if _is_chosen(each, keys, user)]
        if not chosen:
            raise NothingToEndError
        receipt = Withdrawal.objects.create(
            user=user, ended=[each.line[:200] for each in chosen], ip_address=ip, made_at=now
        )
        send_mail_later(email, f"Constancia de baja {receipt}", "withdrawal_receipt", {"withdrawal": receipt})
        for each in chosen:
            _end(each, by=user, now=now)
    return receipt


def _is_chosen(thing: ToEnd, keys: Collection[str], user: User | None) -> bool:
    if thing.key in keys:
        return True
    if USER not in keys or user is None or isinstance(thing.subject, User):
        return False
    return thing.subject.made_by_id == user.pk


def _end(thing: ToEnd, *, by: User | None, now: datetime) -> None:
    subject = thing.subject
    if isinstance(subject, User):
        close_user(subject)
    elif isinstance(subject, DirectDebit):
        leave_direct_debit(subject, by=subject.made_by, now=now)
    elif by is not None and subject.made_by_id == by.pk:
        leave_digital_billing(subject, by=by, now=now)
    else:
        unsubscribe(subject, now=now)


def _accounts_of(things: list[ToEnd]) -> list[int]:
    """By id, the order in which accounts are locked everywhere."""
    subjects = (thing.subject for thing in things)
    return sorted({subject.account_id for subject in subjects if not isinstance(subject, User)})


def _digital(adhesion: DigitalBilling) -> ToEnd:
    ending = account_number_ending(adhesion.account.number)
    of = f"cuenta terminada en {ending}, a {adhesion.email}"
    return ToEnd(key=adhesion.public_id, kind=DIGITAL, what="Factura digital", of=of, subject=adhesion)


def _debit(mandate: DirectDebit) -> ToEnd:
    ending = account_number_ending(mandate.account.number)
    of = f"cuenta terminada en {ending}, {means_words(mandate)}"
    return ToEnd(key=mandate.public_id, kind=DEBIT, what="Débito automático", of=of, subject=mandate)


def _user(user: User) -> ToEnd:
    return ToEnd(key=USER, kind=USER, what="Usuario de la Oficina Virtual", of="", subject=user)
