"""The office reads claims, the late ones first, and answers each once."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.claims.acts import answer_claim, claim_bill, withdraw_claim
from billing.enums import ClaimState
from billing.models import Claim
from oficina.shared.ids import public_id
from tests.answers import said, text_of
from tests.factories.billing import InvoiceFactory
from tests.factories.claims import COMPLAINT, claimed, photographed_meter
from tests.staff.conftest import may

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

LIST = "/admin/billing/claim/"
WORDS = "Leímos el medidor de nuevo."


@pytest.fixture
def claim(link: AccountLink) -> Claim:
    """Ana's claim, with a photograph, open."""
    return claimed(link, InvoiceFactory.create(account=link.account), attachment=photographed_meter())


def record(claim: Claim) -> str:
    return f"{LIST}{claim.pk}/change/"


def page(claim: Claim) -> str:
    return f"{LIST}{claim.pk}/responder/"


def form(outcome: str = "upheld", words: str = WORDS) -> dict[str, str]:
    return {"key": public_id(), "outcome": outcome, "answer": words}


def yes(outcome: str = "upheld", words: str = WORDS) -> dict[str, str]:
    return {**form(outcome, words), "confirmado": "1"}


def test_list_has_what_waits_on_top_the_oldest_promise_first(
    as_administrator: Client, link: AccountLink, claim: Claim, staff: User
) -> None:
    answered = claimed(link, InvoiceFactory.create(account=link.account))
    answer_claim(answered, ClaimState.UPHELD, WORDS, by=staff, now=timezone.now())
    late = claim_bill(
        link, InvoiceFactory.create(account=link.account), COMPLAINT, attachment=None,
        now=timezone.now() - timedelta(days=30),
    )  # fmt: skip

    listed = text_of(as_administrator.get(LIST))

    places = [listed.index(record(each)) for each in (late, claim, answered)]
    assert places == sorted(places)
    assert listed.count(", vencido") == 1
    only_late = text_of(as_administrator.get(LIST, {"plazo": "vencido"}))
    assert (record(late) in only_late, record(claim) in only_late) == (True, False)
    answered_ones = text_of(as_administrator.get(LIST, {"state__exact": "upheld"}))
    assert (record(answered) in answered_ones, record(claim) in answered_ones) == (True, False)


def test_list_finds_by_number_bill_account_and_mail(as_administrator: Client, claim: Claim, stranger: User) -> None:
    theirs = AccountLink.objects.get(user=stranger)
    other = claimed(theirs, InvoiceFactory.create(account=theirs.account))

    for typed, found in {
        claim.number: claim,
        claim.invoice.invoice_number: claim,
        str(claim.invoice.account): claim,
        "ANA@correo.example": claim,
        other.number.lower(): other,
    }.items():
        listed = text_of(as_administrator.get(LIST, {"q": typed}))
        assert (record(claim) in listed, record(other) in listed) == (found == claim, found == other), typed


def test_record_says_everything(as_administrator: Client, claim: Claim) -> None:
    shown = text_of(as_administrator.get(record(claim)))

    assert claim.attachment is not None
    for told in (
        claim.number,
        "La casa estuvo vacía todo octubre.",
        "El consumo es demasiado alto",
        f'href="/archivos/{claim.attachment.public_id}/" target="_blank" rel="noopener">medidor.png</a>',
        "10/12/2026",
        page(claim),
    ):
        assert told in shown


def test_answering_asks_first_and_then_keeps_who_and_what(
    as_administrator: Client, administrator: User, claim: Claim
) -> None:
    question = text_of(as_administrator.post(page(claim), form("partly_upheld")))
    assert f"¿Enviar la respuesta del reclamo {claim.number}?" in question
    assert "Se resuelve: <strong>En parte a favor del cliente</strong>" in question
    assert f"«{WORDS}»" in question
    assert Claim.objects.get().is_open

    answer = as_administrator.post(page(claim), yes("partly_upheld"))

    assert (answer.status_code, answer["Location"]) == (302, record(claim))
    assert said(answer) == ["Respondimos el reclamo. Le mandamos la respuesta por mail a quien lo hizo."]
    claim.refresh_from_db()
    assert (claim.state, claim.answer, claim.answered_by) == (ClaimState.PARTLY_UPHELD, WORDS, administrator)
    assert LogEntry.objects.get().change_message == "Respondido: En parte a favor del cliente"
    assert page(claim) not in text_of(as_administrator.get(record(claim)))


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (yes(words=" "), "Escribí la respuesta."),
        (yes(outcome=""), "Elegí cómo se resuelve."),
        (yes(outcome="withdrawn"), "Elegí una de las opciones."),
        (yes(outcome="open"), "Elegí una de las opciones."),
    ],
)
def test_form_says_what_is_missing(as_administrator: Client, claim: Claim, sent: dict[str, str], words: str) -> None:
    assert words in text_of(as_administrator.post(page(claim), sent))
    assert Claim.objects.get().is_open


def test_second_answer_changes_nothing(as_administrator: Client, claim: Claim) -> None:
    as_administrator.post(page(claim), yes())
    answer = as_administrator.post(page(claim), yes("dismissed", "No."))

    assert said(answer)[-1] == "Ya estaba respondido. Quedó la primera respuesta."
    claim.refresh_from_db()
    assert (claim.state, claim.answer) == (ClaimState.UPHELD, WORDS)
    assert LogEntry.objects.count() == 1
    assert "no hay nada que responder" in text_of(as_administrator.get(page(claim)))


def test_claim_that_was_withdrawn_meanwhile_is_not_answered(as_administrator: Client, claim: Claim) -> None:
    withdraw_claim(claim, now=timezone.now())

    answer = as_administrator.post(page(claim), yes())

    assert said(answer) == ["No se respondió: quien reclamó lo retiró recién."]
    assert Claim.objects.get().state == ClaimState.WITHDRAWN
    assert not LogEntry.objects.exists()


def test_only_who_may_answer_claims_answers(as_owner: Client, anonymous: Client, staff: User, claim: Claim) -> None:
    viewer = may(staff, "view_claim")
    assert page(claim) not in text_of(viewer.get(record(claim)))
    assert viewer.get(page(claim)).status_code == 403
    assert viewer.post(page(claim), yes()).status_code == 403
    assert as_owner.post(page(claim), yes()).status_code == 404
    assert anonymous.post(page(claim), yes()).status_code == 302
    assert Claim.objects.get().is_open
    clerk = may(staff, "view_claim", "answer_claim")
    assert clerk.post(page(claim), yes()).status_code == 302
    assert Claim.objects.get().answered_by == staff
