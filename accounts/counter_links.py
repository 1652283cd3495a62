"""Linking an account for whoever shows who they are at the counter: at once when they have a user, else by an
invitation that reaches their mail. What was seen is kept with the link.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts.account_numbers import account_number_ending
from accounts.enums import AccountStatus, DocumentKind, LinkEvidence, Relation
from accounts.linking import link_account
from accounts.models import AccountLink, CounterLink, LinkInvitation, ServiceAccount, User
from accounts.models.counter_link import INVITATION_LASTS
from oficina.shared.mail import send_mail_later

LINK_PERMISSION: Final = "accounts.link_at_counter"
_DNI_IN_CUIT: Final = slice(2, 10)
_CUIT_DIGITS: Final = 11


class AccountIsClosed(Exception):  # noqa: N818  a refusal, named by what is wrong
    """The account ended: nobody acts for it any more."""


class AlreadyLinked(Exception):  # noqa: N818  a refusal, named by what is wrong
    """The person has the account linked, and owes no proof."""


class NotTheHolder(Exception):  # noqa: N818  a refusal, named by what is wrong
    """The document is not the holder's: somebody else needs a relation to them, and a reason."""


class CannotAct(Exception):  # noqa: N818  a refusal, named by what is wrong
    """The person is of the office, or cannot enter the portal."""


class InvitationGone(Exception):  # noqa: N818  a refusal, named by what happened
    """The invitation was used, replaced by a newer one, or its time is over; or there never was one."""


class InvitationOfAnother(Exception):  # noqa: N818  a refusal, named by what is wrong
    """The invitation was sent to another mail than this person's."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What whoever asks for the link showed. `document` as read, digits only where it is a DNI or CUIT. `reason` says
    why somebody who is not the holder acts for the account.
    """

    document_kind: DocumentKind
    document: str
    relation: Relation
    reason: str = ""


def is_holders_document(document: str, account: ServiceAccount) -> bool:
    """Whether it names the holder. A CUIT or CUIL has the DNI of its person within."""
    held = account.holder_document
    return bool(held) and _dni(document) == _dni(held)


def link_at_counter(account: ServiceAccount, user: User, shown: Shown, *, by: User, now: datetime) -> AccountLink:
    """Link the account for a person with a user, who is told by mail, as is everybody else who has it linked.

    Raises AccountIsClosed, CannotAct, NotTheHolder and AlreadyLinked.
    """
    with transaction.atomic():
        found = _open_account(account)
        _check(found, shown)
        if user.is_staff or not user.is_active:
            raise CannotAct
        return _link(found, user, shown, by=by, now=now)


def invite_to_link(account: ServiceAccount, email: str, shown: Shown, *, by: User, now: datetime) -> LinkInvitation:
    """Mail an invitation to whoever has no user yet: it links the account once they have one, within seven days.

    An earlier one to the same mail no longer serves. Raises AccountIsClosed and NotTheHolder.
    """
    email = email.strip().lower()
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        found = _open_account(account)
        _check(found, shown)
        LinkInvitation.objects.open().filter(account=found, email=email).update(replaced_at=now)
        invitation = LinkInvitation.objects.create(
            account=found,
            email=email,
            by=by,
            digest=_digest(token),
            sent_at=now,
            expires_at=now + INVITATION_LASTS,
            **_seen(found, shown),
        )
        send_mail_later(
            email,
            f"Vinculá la cuenta terminada en {account_number_ending(found.number)}",
            "link_invitation",
            {"account": found, "token": token, "expires_at": invitation.expires_at},
        )
    return invitation


def invitation_for(token: str, user: User, *, now: datetime) -> LinkInvitation:
    """The invitation that this person may use. Raises InvitationGone and InvitationOfAnother."""
    invitation = LinkInvitation.objects.select_related("account").filter(digest=_digest(token)).first()
    if invitation is None or invitation.used_at or invitation.replaced_at or now > invitation.expires_at:
        raise InvitationGone
    if user.email != invitation.email:
        raise InvitationOfAnother
    return invitation


def use_invitation(token: str, user: User, *, now: datetime) -> AccountLink:
    """Link the account to which this person was invited. Their mail is proven: it is the one that they log in with.

    Raises InvitationGone, InvitationOfAnother, AccountIsClosed and CannotAct.
    """
    with transaction.atomic():
        account = _open_account(invitation_for(token, user, now=now).account)
        invitation = invitation_for(token, user, now=now)  # whoever held the account may have used or replaced it
        if user.is_staff or not user.is_active:
            raise CannotAct
        shown = Shown(
            document_kind=DocumentKind(invitation.document_kind),
            document=invitation.document,
            relation=Relation(invitation.relation),
            reason=invitation.reason,
        )
        try:
            link = _link(account, user, shown, by=invitation.by, now=now)
        except AlreadyLinked:
            link = AccountLink.objects.active().get(user=user, account=account)
        invitation.used_at, invitation.link = now, link
        invitation.save(update_fields=["used_at", "link"])
    return link


def _link(account: ServiceAccount, user: User, shown: Shown, *, by: User, now: datetime) -> AccountLink:
    if AccountLink.objects.active().filter(user=user, account=account).exists():
        raise AlreadyLinked
    link = link_account(user=user, account=account, evidence=LinkEvidence.OFFICE)
    CounterLink.objects.create(link=link, by=by, made_at=now, **_seen(account, shown))
    return link


def _open_account(account: ServiceAccount) -> ServiceAccount:
    """As it is now, locked. Raises AccountIsClosed."""
    found = ServiceAccount.objects.select_for_update(no_key=True).defer("parcel").get(pk=account.pk)
    if found.status == AccountStatus.CLOSED:
        raise AccountIsClosed
    return found


def _check(account: ServiceAccount, shown: Shown) -> None:
    if shown.relation is Relation.HOLDER and not is_holders_document(shown.document, account):
        raise NotTheHolder


def _seen(account: ServiceAccount, shown: Shown) -> dict[str, str]:
    return {
        "document_kind": shown.document_kind,
        "document": shown.document,
        "relation": shown.relation,
        "reason": shown.reason,
        "holder_document": account.holder_document,
    }


def _dni(document: str) -> str:
    """The DNI in a CUIT, without the zeros that fill it up; other documents as they are."""
    return (document[_DNI_IN_CUIT] if len(document) == _CUIT_DIGITS else document).lstrip("0")


def _digest(token: str) -> str:
    """What the table keeps: the mail alone has the code."""
    return salted_hmac("accounts.counter_links", token, algorithm="sha256").hexdigest()
