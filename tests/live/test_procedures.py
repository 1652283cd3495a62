"""A procedure, from the words of whoever needs it to the system where it is done, with scripts and without."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.portal import Portal
from tramites.procedures.first_procedures import publish_first_procedures


@pytest.mark.parametrize(("javascript", "width"), [(True, DESKTOP), (False, PHONE)])
def test_visitor_finds_a_procedure_and_is_told_before_leaving(
    portal: Portal, visits: Visits, javascript: bool, width: int
) -> None:
    publish_first_procedures(now=timezone.now())
    page = visits.open("/", javascript=javascript, width=width)
    page.get_by_role("link", name="Trámites").first.click()
    page.get_by_role("searchbox").fill("quiero canbiar el titular")
    page.get_by_role("button", name="Buscar").click()
    page.get_by_role("region", name="Trámites que encontramos").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cambio de titularidad")
    expect(page.get_by_role("region", name="Qué necesitás").get_by_role("listitem").first).to_be_visible()
    expect(page.get_by_role("button", name="Imprimir")).to_be_visible(visible=javascript)

    page.get_by_role("link", name="Preguntale al asistente").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Asistente virtual")
    page.go_back()
    page.get_by_role("link", name="Gestioná tu trámite").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vas a salir de la Oficina Virtual")
    onwards = page.get_by_role("link", name="Seguir")
    expect(onwards).to_have_attribute("href", "https://tramites.piedemonte.example/titularidad")
    expect(onwards).to_have_attribute("rel", "external noopener noreferrer")
    page.get_by_role("link", name="Volver").click()
    expect(page).to_have_url(f"{portal.base_url}/tramites/cambio-de-titularidad/")
