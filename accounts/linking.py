"""Linking a person to an account, and ending it. The only writer of AccountLink."""

from django.db import transaction
from django.utils import timezone

from accounts.account_numbers import account_number_ending
from accounts.enums import LinkEvidence
from accounts.hooks import LinkEnd, tell_link_end
from accounts.models import AccountLink, ServiceAccount, User
from oficina.shared.mail import send_mail_later


def link_account(*, user: User, account: ServiceAccount, evidence: LinkEvidence, alias: str = "") -> AccountLink:
    """Let a person act for an account from now on.

    `evidence` is what they showed; whoever calls has checked it. When the account is linked already, that link is
    returned as it is and nobody is told again: two presses at once are one link. Everybody else who has the account
    linked is told by mail, without naming the person, who gets a confirmation.
    """
    with transaction.atomic():
        # Two people who link one account at the same moment wait here, so that the second one's mail reaches the first.
        account = ServiceAccount.objects.select_for_update(no_key=True).defer("parcel").get(pk=account.pk)
        links = AccountLink.objects.active().filter(account=account)
        existing = links.filter(user=user).first()
        if existing is not None:
            return existing
        link = AccountLink.objects.create(user=user, account=account, evidence=evidence, alias=alias)
        _confirm(link)
        for other in links.filter(user__is_active=True).exclude(user=user).select_related("user"):
            _tell_another_user(other.user, account)
    return link


def unlink_account(link: AccountLink, end: LinkEnd = LinkEnd.UNLINKED) -> None:
    """End a link. It stays as history; linking the account again makes a new one. Ending it twice changes nothing.

    What the person had of the account in upper apps ends with it (`accounts.hooks`). The account is locked first, as
    everywhere: an import that changes its holder ends the same things.
    """
    now = timezone.now()
    with transaction.atomic():
        ServiceAccount.objects.select_for_update(no_key=True).only("pk").get(pk=link.account_id)
        if AccountLink.objects.active().filter(pk=link.pk).update(unlinked_at=now):
            link.unlinked_at = now
            tell_link_end(link, end)


def rename_link(link: AccountLink, alias: str) -> None:
    """Change what the person calls the account; empty takes the name away."""
    link.alias = alias
    link.save(update_fields=["alias"])


def _confirm(link: AccountLink) -> None:
    send_mail_later(
        link.user.email,
        f"Vinculaste la cuenta terminada en {account_number_ending(link.account.number)}",
        "account_linked_confirmation",
        {"user": link.user, "account": link.account},
    )


def _tell_another_user(user: User, account: ServiceAccount) -> None:
    send_mail_later(
        user.email,
        f"Otra persona vinculó la cuenta terminada en {account_number_ending(account.number)}",
        "account_linked",
        {"user": user, "account": account},
    )
