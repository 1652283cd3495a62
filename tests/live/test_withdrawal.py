"""Ending a direct debit from the footer, without logging in, in a browser with scripts and without."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories.debits import bank_mandate
from tests.live import journey
from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.portal import Portal


@pytest.mark.parametrize(("javascript", "width"), [(True, PHONE), (False, DESKTOP)])
def test_somebody_ends_their_direct_debit(portal: Portal, visits: Visits, javascript: bool, width: int) -> None:
    link = journey.customer_of(journey.house().account)
    mandate = bank_mandate(link)
    page = visits.open("/", javascript=javascript, width=width)
    page.get_by_role("link", name="Botón de baja").click()
    page.get_by_label("Débito automático").check()
    page.get_by_label("Tu mail").fill(link.user.email)
    page.get_by_role("button", name="Mandarme el código").click()
    page.get_by_label("Código").fill(journey.code_mailed_to(portal, link.user.email))
    page.get_by_role("button", name="Seguir").click()
    expect(page.get_by_label(re.compile("Débito automático"))).to_be_checked()
    page.get_by_role("button", name="Seguir").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Sí, dar de baja").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Constancia de baja")
    expect(page.get_by_role("button", name="Imprimir")).to_be_visible(visible=javascript)
    mandate.refresh_from_db()
    assert mandate.ended_at is not None
