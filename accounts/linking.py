"""Linking a person to an account, and ending it. The only writer of AccountLink."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.account_numbers import account_number_ending
from accounts.enums import LinkEvidence
from accounts.holders import changes_of, is_of_the_holder_since
from accounts.hooks import LinkEnd, tell_link_end
from accounts.models import AccountLink, ServiceAccount, User
from oficina.shared.mail import send_mail_later


class BillBeforeTheChange(Exception):  # noqa: N818  a refusal, named by what happened
    """The bill shown is not of whoever holds the account now."""


def link_account(
    *,
    user: User,
    account: ServiceAccount,
    evidence: LinkEvidence,
    alias: str = "",
    bill_issued_on: date | None = None,
) -> AccountLink:
    """Let a person act for an account from now on.

    `evidence` is what they showed; whoever calls has checked it. `bill_issued_on` is the local date of the bill shown,
    if it was one: when the account has another holder since, they see nothing until they show a later one. When the
    account is linked already, that link is returned as it is and nobody is told again: two presses at once are one
    link. Everybody else who has the account linked is told by mail, without naming the person, who gets a confirmation.
    """
    with transaction.atomic():
        # Two people who link one account at the same moment wait here, so that the second one's mail reaches the first.
        account = ServiceAccount.objects.select_for_update(no_key=True).defer("parcel").get(pk=account.pk)
        links = AccountLink.objects.active().filter(account=account)
        existing = links.filter(user=user).first()
        if existing is not None:
            return existing
        link = AccountLink.objects.create(
            user=user,
            account=account,
            evidence=evidence,
            alias=alias,
            must_prove_since=_unproven_change(user, account, evidence, bill_issued_on),
        )
        _confirm(link)
        for other in links.proven().filter(user__is_active=True).exclude(user=user).select_related("user"):
            _tell_another_user(other.user, account)
    return link


def ask_for_proof(account_ids: Sequence[int], *, since: datetime) -> None:
    """Whoever acts for these accounts, which changed hands at that instant, has to show a bill issued since.

    In the caller's transaction, which holds the accounts. Who owed a proof already goes on owing that one.
    """
    links = AccountLink.objects.active().proven().filter(account__in=account_ids)
    links.update(must_prove_since=since)


def prove_link(link: AccountLink, *, bill_issued_on: date) -> None:
    """The person showed a bill of the account, issued on that local date. Proving twice changes nothing.

    Raises BillBeforeTheChange when the account changed hands on that day or later.
    """
    with transaction.atomic():
        account = ServiceAccount.objects.select_for_update(no_key=True).only("pk").get(pk=link.account_id)
        if not all(is_of_the_holder_since(bill_issued_on, changed_at) for changed_at in changes_of(account)):
            raise BillBeforeTheChange
        AccountLink.objects.active().filter(pk=link.pk).update(must_prove_since=None)
        link.must_prove_since = None


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


def _unproven_change(
    user: User, account: ServiceAccount, evidence: LinkEvidence, bill_issued_on: date | None
) -> datetime | None:
    """The first change of holder that what was shown does not reach; None when it proves the account as it is now.

    The office saw documents. Where the number alone is asked for, only who acted for the account before has to prove.
    """
    changes = changes_of(account)
    if not changes or evidence is LinkEvidence.OFFICE:
        return None
    if bill_issued_on is not None:
        return next((change for change in changes if not is_of_the_holder_since(bill_issued_on, change)), None)
    acted = user.links.filter(account=account)
    if acted.proven().filter(unlinked_at__gte=changes[-1]).exists():
        return None
    before = acted.filter(linked_at__lt=changes[-1]).order_by("linked_at").first()
    return next((change for change in changes if before and change > before.linked_at), None)


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
