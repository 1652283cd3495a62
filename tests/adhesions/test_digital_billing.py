"""Adhering to the digital bill and ending it: what is kept, who is told."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from time_machine import Traveller

from accounts.account_numbers import account_number_ending
from accounts.closing import close_user
from accounts.enums import TermsPurpose
from accounts.hooks import holder_change_handlers, link_end_handlers, user_close_handlers
from accounts.linking import unlink_account
from accounts.models import AccountLink, TermsAcceptance, User
from accounts.terms import current_terms
from adhesions.digital.leaving import leave_digital_billing
from adhesions.enums import AdhesionEnd
from adhesions.models import DigitalBilling
from adhesions.refusals import LinkEnded
from tests.conftest import NOON
from tests.factories.accounts import AccountLinkFactory
from tests.factories.adhesions import digital
from tests.jobs import run_jobs

ANA = "ana@correo.example"


def mails() -> list[tuple[str, str]]:
    """Who was written to since the last look, and about what."""
    run_jobs()
    sent = [(message.to[0], str(message.subject)) for message in mail.outbox]
    mail.outbox.clear()
    return sent


def joined_subject(link: AccountLink) -> str:
    return f"Factura digital: adheriste la cuenta terminada en {account_number_ending(link.account.number)}"


def ended_subject(link: AccountLink) -> str:
    return f"Factura digital: baja de la cuenta terminada en {account_number_ending(link.account.number)}"


@pytest.mark.usefixtures("at_noon")
def test_joining_keeps_who_when_and_which_terms(link: AccountLink) -> None:
    adhesion = digital(link)

    adhesion.refresh_from_db()
    assert (adhesion.account, adhesion.made_by, adhesion.email) == (link.account, link.user, ANA)
    assert (adhesion.started_at, adhesion.ended_at, adhesion.end_reason) == (NOON, None, "")
    accepted = adhesion.acceptance
    assert (accepted.user, accepted.accepted_at, accepted.ip_address) == (link.user, NOON, "190.3.4.5")
    assert accepted.terms == current_terms(TermsPurpose.DIGITAL_BILL)


@pytest.mark.usefixtures("at_noon")
def test_joining_is_told_to_the_mail_that_receives_the_bills(link: AccountLink) -> None:
    adhesion = digital(link)

    run_jobs()

    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([ANA], joined_subject(link))
    assert f"Adhesión: {adhesion}" in sent.body
    assert "La hizo: Ana Suárez, el 24/11/2026 a las 12:00" in sent.body


def test_joining_twice_is_one_adhesion(link: AccountLink) -> None:
    first = digital(link)
    assert digital(link, email="ANA@correo.example") == first
    assert DigitalBilling.objects.count() == TermsAcceptance.objects.count() == 1
    assert mails() == [(ANA, joined_subject(link))]


def test_each_person_of_the_account_may_have_it_mailed(link: AccountLink, teammate: User) -> None:
    theirs = teammate.links.get()
    assert digital(link) != digital(theirs)
    assert DigitalBilling.objects.live().of(link).count() == 2


def test_who_no_longer_has_the_account_cannot_join(link: AccountLink) -> None:
    unlink_account(link)
    with pytest.raises(LinkEnded):
        digital(link)
    assert not DigitalBilling.objects.exists()


@pytest.mark.usefixtures("at_noon")
def test_leaving_keeps_the_history_and_sends_the_receipt(link: AccountLink, at_noon: Traveller) -> None:
    adhesion = digital(link)
    mails()
    at_noon.shift(timedelta(days=1))

    leave_digital_billing(adhesion, by=link.user, now=timezone.now())
    leave_digital_billing(adhesion, by=link.user, now=timezone.now())

    adhesion.refresh_from_db()
    assert (adhesion.ended_at, adhesion.ended_by) == (NOON + timedelta(days=1), link.user)
    assert adhesion.end_reason == AdhesionEnd.MAKER
    run_jobs()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([ANA], ended_subject(link))
    assert f"Adhesión: {adhesion}" in sent.body
    assert "Baja: 25/11/2026 a las 12:00" in sent.body
    assert "Motivo: La canceló quien la hizo" in sent.body


def test_maker_is_told_when_somebody_else_ends_it(link: AccountLink, teammate: User) -> None:
    adhesion = digital(link, email="estudio@correo.example")
    assert mails() == [("estudio@correo.example", joined_subject(link)), (ANA, joined_subject(link))]

    leave_digital_billing(adhesion, by=teammate, now=timezone.now())

    adhesion.refresh_from_db()
    assert (adhesion.ended_by, adhesion.end_reason) == (teammate, AdhesionEnd.ANOTHER_USER)
    assert mails() == [("estudio@correo.example", ended_subject(link)), (ANA, ended_subject(link))]


def test_joining_again_makes_another_one(link: AccountLink) -> None:
    first = digital(link)
    leave_digital_billing(first, by=link.user, now=timezone.now())
    second = digital(link)
    assert (first == second, DigitalBilling.objects.live().get()) == (False, second)


def test_unlinking_the_account_ends_what_the_person_made(link: AccountLink, teammate: User) -> None:
    adhesion, theirs = digital(link), digital(teammate.links.get())
    elsewhere = digital(AccountLinkFactory.create(user=link.user))

    unlink_account(link)

    adhesion.refresh_from_db()
    assert (adhesion.end_reason, adhesion.ended_by) == (AdhesionEnd.UNLINKED, link.user)
    assert set(DigitalBilling.objects.live()) == {theirs, elsewhere}


def test_closing_the_user_ends_it_and_tells_the_mail_that_they_had(link: AccountLink) -> None:
    adhesion = digital(link)
    mails()

    close_user(link.user)

    adhesion.refresh_from_db()
    assert adhesion.end_reason == AdhesionEnd.USER_CLOSED
    assert (ANA, ended_subject(link)) in mails()


def test_every_handler_of_what_ends_below_is_named_here() -> None:
    assert link_end_handlers() == [
        "adhesions.digital.leaving.end_with_link",
        "adhesions.debit.mandates.end_with_link",
    ]
    assert holder_change_handlers() == [
        "adhesions.digital.leaving.end_with_holder",
        "adhesions.debit.mandates.end_with_holder",
        "payment_plans.ending.end_with_holder",
    ]
    assert user_close_handlers() == ["tramites.chat.ending.close_with_user"]
