"""Whoever claims is mailed at every step, in the transaction of the step."""

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from accounts.account_numbers import account_number_ending, format_account_number
from accounts.closing import close_user
from accounts.linking import unlink_account
from accounts.models import AccountLink, User
from billing.claims.acts import answer_claim, withdraw_claim
from billing.enums import ClaimState
from billing.models import Claim
from oficina.shared.models import OutgoingMail
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def sent() -> list[EmailMultiAlternatives]:
    run_jobs()
    return [message for message in mail.outbox if isinstance(message, EmailMultiAlternatives)]


def page_of(link: AccountLink, claim: Claim) -> str:
    return f"{settings.BASE_URL}/cuenta/{link.public_id}/reclamos/{claim.public_id}/"


def test_a_claim_is_confirmed_with_its_number(claim: Claim, link: AccountLink, owner: User) -> None:
    [message] = sent()

    number = link.account.number
    ending = account_number_ending(number)
    assert message.to == [owner.email]
    assert message.subject == f"Recibimos tu reclamo {claim.number}, cuenta terminada en {ending}"
    html = str(message.alternatives[0][0])
    for told in (
        claim.number,
        format_account_number(number),
        f"Septiembre y octubre 2026, LSP B {claim.invoice.invoice_number}",
        "El consumo es demasiado alto",
        "10/12/2026",
        page_of(link, claim),
    ):
        assert told in message.body
        assert told in html


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        (ClaimState.UPHELD, "Tenías razón: el reclamo se resolvió a tu favor."),
        (ClaimState.PARTLY_UPHELD, "El reclamo se resolvió en parte a tu favor."),
        (ClaimState.DISMISSED, "Revisamos la factura y no cambia."),
    ],
)
def test_the_answer_is_mailed_whole(
    claim: Claim, link: AccountLink, staff: User, outcome: ClaimState, sentence: str
) -> None:
    answer_claim(claim, outcome, "Fuimos el martes.\n\nMarca <1300>.", by=staff, now=timezone.now())

    message = sent()[-1]

    assert message.subject.startswith(f"Respondimos tu reclamo {claim.number}, cuenta terminada en ")
    html = str(message.alternatives[0][0])
    assert f"{sentence}\n\nFuimos el martes.\n\nMarca <1300>.\n" in message.body
    assert sentence in html
    assert "<p>Fuimos el martes.</p>" in html
    assert "Marca &lt;1300&gt;." in html
    assert page_of(link, claim) in message.body
    assert "Olga" not in message.body


def test_withdrawing_is_confirmed(claim: Claim) -> None:
    withdraw_claim(claim, now=timezone.now())

    message = sent()[-1]
    assert message.subject.startswith(f"Retiraste el reclamo {claim.number}")
    assert f"Retiraste el reclamo {claim.number} por Septiembre y octubre 2026" in message.body


def test_whoever_gave_the_account_up_gets_the_answer_without_its_address(
    claim: Claim, link: AccountLink, staff: User
) -> None:
    unlink_account(link)

    answer_claim(claim, ClaimState.UPHELD, "Tenés razón.", by=staff, now=timezone.now())

    assert "Tenés razón." in sent()[-1].body
    assert "/reclamos/" not in sent()[-1].body


def test_whoever_closed_their_user_is_not_mailed(claim: Claim, owner: User, staff: User) -> None:
    close_user(owner)
    before = OutgoingMail.objects.count()

    answer_claim(claim, ClaimState.UPHELD, "Tenés razón.", by=staff, now=timezone.now())

    assert OutgoingMail.objects.count() == before
    claim.refresh_from_db()
    assert claim.state == ClaimState.UPHELD
