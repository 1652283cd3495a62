"""Help, from the screen that is not understood to the answer, in a browser with scripts and without."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.live import journey
from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.portal import Portal
from tramites.help.first_help import publish_first_help


@pytest.mark.parametrize(("javascript", "width"), [(True, DESKTOP), (False, PHONE)])
def test_customer_finds_the_answer(portal: Portal, visits: Visits, javascript: bool, width: int) -> None:
    publish_first_help(now=timezone.now())
    page = visits.open("/", javascript=javascript, width=width)
    page.get_by_role("link", name="Ayuda").click()
    page.get_by_role("searchbox").fill("me olbide la clave")
    page.get_by_role("button", name="Buscar").click()
    expect(page.locator("details[open] summary")).to_have_text("Olvidé mi contraseña")
    page.locator("details[open]").get_by_role("link", name="Olvidé mi contraseña").click()
    expect(page).to_have_url(f"{portal.base_url}/recuperar-contrasena/")

    link = journey.customer_of(journey.house().account)
    journey.log_in(page, link.user)
    page.goto(f"/cuenta/{link.public_id}/mis-pagos/")
    page.get_by_role("link", name="¿Cómo se usa esta pantalla?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dónde veo mis pagos y comprobantes")
    page.get_by_role("link", name="Ir a Mis pagos").click()
    expect(page).to_have_url(f"{portal.base_url}/cuenta/{link.public_id}/mis-pagos/")
