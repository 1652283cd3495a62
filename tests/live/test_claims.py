"""A claim, whole: from the bill that seems wrong to the office's answer, in a browser with scripts and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import AccountLink
from billing.enums import ClaimState
from billing.models import Claim, Invoice
from oficina.shared.uploads import UPLOAD_LIMIT
from tests.factories.claims import picture_bytes
from tests.live import journey
from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.journey import House
from tests.live.portal import Portal
from tests.live.test_office_money import clerk, opened_by, press

ANSWER = "Leímos el medidor de nuevo: marca 1.300 m³. Anulamos la factura."


@pytest.fixture
def home(portal: Portal) -> House:
    """The bills of the account."""
    return journey.house()


@pytest.fixture
def link(home: House) -> AccountLink:
    """Ana's link to it."""
    return journey.customer_of(home.account)


@pytest.mark.parametrize(("javascript", "width"), [(True, DESKTOP), (False, PHONE)])
def test_customer_claims_and_the_office_answers(
    portal: Portal, visits: Visits, home: House, link: AccountLink, javascript: bool, width: int
) -> None:
    page = visits.open("/", javascript=javascript, width=width)
    journey.log_in(page, link.user)
    claims(page, link, home.current)
    claim = Claim.objects.get()
    expect(page.get_by_role("status")).to_contain_text(f"Su número es {claim.number}")
    follows_it_from_the_mail(portal, page, claim)

    answers(visits, claim)

    told = portal.wait_for_mail(journey.ANA, subject=f"Respondimos tu reclamo {claim.number}")
    assert ANSWER in told.text
    page.goto(f"/cuenta/{link.public_id}/reclamos/")
    expect(page.locator("tbody tr")).to_contain_text("A tu favor")
    page.get_by_role("link", name="El consumo es demasiado alto").click()
    expect(page.get_by_role("region", name="Nuestra respuesta")).to_contain_text(ANSWER)
    claim.refresh_from_db()
    assert (claim.state, claim.answered_by and claim.answered_by.email) == (ClaimState.UPHELD, "olga@aguas.example")


def claims(page: Page, link: AccountLink, bill: Invoice) -> None:
    """From the bill, once with a file that lies, once right."""
    page.goto(f"/cuenta/{link.public_id}/facturas/{bill.public_id}/")
    page.get_by_role("link", name="Reclamar por esta factura").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reclamar por una factura")
    page.get_by_label("Contanos qué pasó").fill("La casa estuvo vacía.")
    page.get_by_label("El consumo es demasiado alto").check()
    attach(page, "medidor.jpg", b"MZ\x90\x00" * 100)
    press(page, "Enviar el reclamo")
    expect(page.get_by_role("alert")).to_contain_text("Ese archivo no es una foto")
    expect(page.get_by_label("Contanos qué pasó")).to_have_value("La casa estuvo vacía.")
    attach(page, "medidor.png", picture_bytes())
    press(page, "Enviar el reclamo")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Reclamo RC-")


def attach(page: Page, name: str, content: bytes) -> None:
    assert len(content) < UPLOAD_LIMIT
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": content})


def follows_it_from_the_mail(portal: Portal, page: Page, claim: Claim) -> None:
    """The mail leads to the claim, the claim to its file, the bill back to the claim."""
    told = portal.wait_for_mail(journey.ANA, subject=f"Recibimos tu reclamo {claim.number}")
    address = re.search(rf"{re.escape(portal.base_url)}/cuenta/\S+", told.text)
    assert address is not None
    page.goto(address[0])
    assert claim.attachment is not None
    file = page.request.get(f"/archivos/{claim.attachment.public_id}/")
    assert (file.status, file.headers["content-type"]) == (200, "image/png")
    page.get_by_role("link", name="Ver la factura").click()
    expect(page.get_by_role("main")).to_contain_text("Factura en revisión")
    page.get_by_role("link", name=f"Ver el reclamo {claim.number}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Reclamo {claim.number}")


def answers(visits: Visits, claim: Claim) -> None:
    """Olga finds it on top of the list, and answers it after being asked."""
    office = opened_by(visits, clerk("view_claim", "answer_claim"))
    office.goto("/admin/billing/claim/")
    office.get_by_role("link", name=claim.number).click()
    office.get_by_role("link", name="Responder este reclamo").click()
    office.get_by_label("A favor del cliente", exact=True).check()
    office.get_by_label("Respuesta").fill(ANSWER)
    press(office, "Continuar")
    expect(office.get_by_role("main")).to_contain_text(f"¿Enviar la respuesta del reclamo {claim.number}?")
    press(office, "Sí, enviar la respuesta")
    expect(office.get_by_role("main")).to_contain_text("Respondimos el reclamo.")


@pytest.mark.parametrize("javascript", [True, False])
def test_customer_withdraws_a_claim(visits: Visits, home: House, link: AccountLink, javascript: bool) -> None:
    page = visits.open("/", javascript=javascript, width=PHONE)
    journey.log_in(page, link.user)
    claims(page, link, home.current)
    page.get_by_role("link", name="Retirar el reclamo").click()
    press(page, "Sí, retirar")
    expect(page.get_by_role("status")).to_contain_text("Listo: retiraste el reclamo.")
    assert Claim.objects.get().state == ClaimState.WITHDRAWN
