"""Adhering an account while the same person gives it up, or while its holder changes: each waits, and none fails."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.enums import TermsPurpose
from accounts.linking import unlink_account
from accounts.models import AccountLink
from accounts.terms import current_terms
from adhesions.debit.mandates import Consent, give_bank_mandate
from adhesions.digital.joining import join_digital_billing
from adhesions.digital.proving import prove_mail
from adhesions.enums import AdhesionEnd
from adhesions.models import DigitalBilling, DirectDebit, MailProof
from adhesions.refusals import LinkEnded
from billing.locks import lock_account
from oficina.shared.models import OutgoingMail
from tests.adhesions.debit.test_bank_accounts import CBU
from tests.adhesions.debit.test_mandates import CUIL
from tests.factories.adhesions import mail_proof
from tests.imports import csv_files

pytestmark = pytest.mark.django_db(transaction=True)


def adhere_to_the_bill(link: AccountLink) -> None:
    terms = current_terms(TermsPurpose.DIGITAL_BILL)
    join_digital_billing(link, email=link.user.email, terms=terms, ip=None, now=timezone.now())


def adhere_to_the_debit(link: AccountLink) -> None:
    consent = Consent(terms=current_terms(TermsPurpose.DIRECT_DEBIT), ip=None)
    give_bank_mandate(link, CBU, CUIL, consent, now=timezone.now())


def waiting() -> int:
    """How many connections of this database wait for somebody's lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # or else the whole transaction sees what it saw first
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        (count,) = cursor.fetchone()
    return int(count)


def until_they_wait(count: int) -> None:
    for _ in range(500):
        if waiting() >= count:
            return
        time.sleep(0.01)
    raise TimeoutError(f"{waiting()} wait, not {count}")


def alone(act: Callable[[AccountLink], object], link: AccountLink) -> None:
    try:
        act(link)
    finally:
        connection.close()


def typing(proof: MailProof) -> int:
    try:
        return prove_mail(proof, "4821-0937", now=timezone.now()).pk
    finally:
        connection.close()


def test_account_is_adhered_and_then_given_up(link: AccountLink) -> None:
    """Ending the mandate needs the account, which the one who adheres holds."""
    adhere_to_the_debit(link)
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            lock_account(link.account_id)
            joining = pool.submit(alone, adhere_to_the_bill, link)
            until_they_wait(1)
            leaving = pool.submit(alone, unlink_account, link)
            until_they_wait(2)
        joining.result(timeout=30)
        leaving.result(timeout=30)

    assert (DigitalBilling.objects.count(), DirectDebit.objects.count()) == (1, 1)
    assert not DigitalBilling.objects.live().exists()
    assert not DirectDebit.objects.live().exists()


def test_two_codes_typed_at_once_are_one_adhesion(link: AccountLink) -> None:
    """The same one in two tabs, and that of another tab which asked for the same mail."""
    mail = "estudio@correo.example"
    proofs = [mail_proof(link, email=mail), mail_proof(link, email=mail)]
    with ThreadPoolExecutor(3) as pool:
        with transaction.atomic():
            lock_account(link.account_id)
            typed = [pool.submit(typing, proof) for proof in (*proofs, proofs[0])]
            until_they_wait(3)
        made = {each.result(timeout=30) for each in typed}

    adhesion = DigitalBilling.objects.get()
    assert (made, adhesion.email) == ({adhesion.pk}, mail)
    assert [proof.adhesion for proof in MailProof.objects.all()] == [adhesion, adhesion]
    assert OutgoingMail.objects.count() == 2


def test_codes_of_two_mails_typed_at_once_leave_one_adhesion(link: AccountLink) -> None:
    proofs = [mail_proof(link, email="estudio@correo.example"), mail_proof(link, email="nieta@correo.example")]
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            lock_account(link.account_id)
            typed = []
            for count, proof in enumerate(proofs, start=1):
                typed.append(pool.submit(typing, proof))
                until_they_wait(count)
        made = [each.result(timeout=30) for each in typed]

    assert DigitalBilling.objects.live().get().pk == made[1]
    assert DigitalBilling.objects.get(pk=made[0]).end_reason == AdhesionEnd.MAIL_CHANGED


@pytest.mark.parametrize("adhere", [adhere_to_the_bill, adhere_to_the_debit])
def test_account_that_is_given_up_is_adhered_no_more(link: AccountLink, adhere: Callable[[AccountLink], None]) -> None:
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            unlink_account(link)
            joining = pool.submit(alone, adhere, link)
            until_they_wait(1)
        with pytest.raises(LinkEnded):
            joining.result(timeout=30)

    assert DigitalBilling.objects.count() + DirectDebit.objects.count() == 0


def test_account_gets_another_holder_while_it_is_given_up(link: AccountLink, tmp_path: Path) -> None:
    """Both end the same adhesions; whoever comes first has the account."""
    link.account.holder_document = "20304128763"
    link.account.save()
    adhere_to_the_bill(link)
    adhere_to_the_debit(link)
    told = csv_files.account(account_number=link.account.number, holder_document="27289991114")
    path = csv_files.write(tmp_path / "accounts.csv", told)
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            lock_account(link.account_id)
            leaving = pool.submit(alone, unlink_account, link)
            until_they_wait(1)
            importing = pool.submit(alone, lambda _: csv_files.run(path), link)
            until_they_wait(2)
        leaving.result(timeout=30)
        importing.result(timeout=30)

    link.account.refresh_from_db()
    assert link.account.holder_document == "27289991114"
    ends = [DigitalBilling.objects.get().end_reason, DirectDebit.objects.get().end_reason]
    assert ends == [AdhesionEnd.UNLINKED, AdhesionEnd.UNLINKED]
