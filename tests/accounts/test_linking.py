from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection, transaction
from time_machine import Traveller

from accounts.enums import LinkEvidence
from accounts.linking import link_account, rename_link, unlink_account
from accounts.models import AccountLink, ServiceAccount, User
from tests.conftest import NOON
from tests.factories.accounts import AccountLinkFactory, ServiceAccountFactory, UserFactory
from tests.jobs import run_jobs


def test_link_account_keeps_who_when_and_what_was_shown(
    owner: User, account: ServiceAccount, at_noon: Traveller
) -> None:
    link = link_account(user=owner, account=account, evidence=LinkEvidence.PAYMENT_CODE, alias="Casa")

    link.refresh_from_db()
    assert (link.user, link.account, link.alias, link.evidence) == (owner, account, "Casa", "payment_code")
    assert (link.linked_at, link.unlinked_at, link.managed_at) == (NOON, None, None)


def test_link_account_again_is_the_same_link_and_tells_nobody_again(
    owner: User, teammate: User, account: ServiceAccount
) -> None:
    first = link_account(user=owner, account=account, evidence=LinkEvidence.INVOICE_NUMBER, alias="Casa")
    run_jobs()
    mail.outbox.clear()

    second = link_account(user=owner, account=account, evidence=LinkEvidence.PAYMENT_CODE, alias="Otra")

    assert (second.pk, second.alias, second.evidence) == (first.pk, "Casa", "invoice_number")
    run_jobs()
    assert mail.outbox == []


def test_link_account_tells_the_others_without_naming_the_person(owner: User, teammate: User) -> None:
    account = teammate.links.get().account
    gone = AccountLinkFactory.create(account=account)
    unlink_account(gone)
    AccountLinkFactory.create(account=account, user=UserFactory.create(is_active=False))

    link_account(user=owner, account=account, evidence=LinkEvidence.INVOICE_NUMBER)
    run_jobs()

    to_owner, to_teammate = sorted(mail.outbox, key=lambda message: message.to)
    ending = f"{account.number[10:13]}-{account.number[13]}"
    assert (to_owner.to, to_owner.subject) == (
        ["ana@correo.example"],
        f"Vinculaste la cuenta terminada en {ending}",
    )
    assert (to_teammate.to, to_teammate.subject) == (
        ["tomas@correo.example"],
        f"Otra persona vinculó la cuenta terminada en {ending}",
    )
    for personal in ("Ana", "Suárez", "ana@correo.example"):
        assert personal not in str(to_teammate.message())


def test_link_account_that_is_rolled_back_tells_nobody(owner: User, teammate: User, account: ServiceAccount) -> None:
    with transaction.atomic():
        link_account(user=owner, account=account, evidence=LinkEvidence.INVOICE_NUMBER)
        transaction.set_rollback(True)

    assert run_jobs() == []
    assert not owner.links.exists()


def test_unlink_account_keeps_history_and_can_be_linked_again(at_noon: Traveller, link: AccountLink) -> None:
    unlink_account(link)
    at_noon.shift(60)
    unlink_account(link)
    again = link_account(user=link.user, account=link.account, evidence=LinkEvidence.INVOICE_NUMBER)

    link.refresh_from_db()
    assert link.unlinked_at == NOON
    assert again.public_id != link.public_id
    assert list(link.user.links.active()) == [again]
    assert link.user.links.count() == 2


def test_unlink_account_tells_nobody(link: AccountLink, teammate: User) -> None:
    unlink_account(link)

    assert run_jobs() == []


def test_rename_link_changes_only_the_name(link: AccountLink) -> None:
    rename_link(link, "Casa de mamá")

    link.refresh_from_db()
    assert (link.alias, link.unlinked_at, link.managed_at) == ("Casa de mamá", None, None)


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_link() -> None:
    user, account = UserFactory.create(), ServiceAccountFactory.create()

    links = at_once([(user, account)] * 4)

    assert len(set(links)) == 1
    assert user.links.count() == 1
    assert run_jobs() == ["shared.send_mail"]


@pytest.mark.django_db(transaction=True)
def test_two_people_who_link_at_once_are_both_linked_and_one_is_told_of_the_other() -> None:
    account = ServiceAccountFactory.create()
    people = [UserFactory.create(), UserFactory.create()]

    at_once([(person, account) for person in people])

    assert account.links.active().count() == 2
    run_jobs()
    assert sorted(message.subject.split()[0] for message in mail.outbox) == ["Otra", "Vinculaste", "Vinculaste"]


def at_once(pairs: list[tuple[User, ServiceAccount]]) -> list[int]:
    """Links each pair from a thread and connection of its own, all starting together; the ids of the links."""
    barrier = Barrier(len(pairs))

    def link(pair: tuple[User, ServiceAccount]) -> int:
        try:
            barrier.wait(timeout=10)
            return link_account(user=pair[0], account=pair[1], evidence=LinkEvidence.INVOICE_NUMBER).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(len(pairs)) as threads:
        return list(threads.map(link, pairs))
