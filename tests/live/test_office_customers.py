"""A clerk's way from a number on a paper to the customer, and on to what is to be done, at both widths and colours."""

import re

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.live import journey
from tests.live.axe import violations
from tests.live.browsing import DESKTOP, PHONE, SCHEMES, Visits, office_in_colours
from tests.staff.conftest import a_row_of_everything


@pytest.mark.expects_complaints  # the worker's, of reports among the rows that lead nowhere
def test_a_number_leads_to_the_customer_and_to_what_is_to_be_done(visits: Visits) -> None:
    page = visits.open("/accesibilidad/")
    nora = User.objects.create_superuser("nora@aguas.example", first_name="Nora", last_name="Videla")
    journey.log_in(page, nora)
    with transaction.atomic():
        account, _, payment = a_row_of_everything(nora)
    page.goto("/admin/clientes/buscar/")
    faults = _faults(page)
    _search(page, "Lucía Ferreyra")
    expect(page.get_by_role("heading", name="Personas", exact=True)).to_be_visible()
    faults += _faults(page)

    _search(page, payment.number.lower())
    expect(page).to_have_url(re.compile(rf"/admin/clientes/{account.pk}/\?hallado=payment-{payment.pk}#hallado$"))
    faults += _faults(page)
    page.get_by_role("link", name="más abajo, resaltado").click()
    row = page.locator(f"#payment-{payment.pk}")
    expect(row).to_be_in_viewport()
    with page.expect_navigation():
        row.get_by_role("link", name=f"Devolver {payment.number}").click()
    expect(page.get_by_label("Una parte", exact=True)).to_be_visible()
    page.go_back()
    with page.expect_navigation():
        page.locator("#personas").get_by_role("link", name="Lucía Ferreyra", exact=True).click()
    expect(page.get_by_role("heading", name="Cuentas vinculadas")).to_be_visible()
    faults += _faults(page)

    assert faults == []


def _search(page: Page, typed: str) -> None:
    page.goto("/admin/clientes/buscar/")
    page.get_by_role("searchbox", name="Buscar un cliente").fill(typed)
    with page.expect_navigation():
        page.get_by_role("button", name="Buscar", exact=True).click()


def _faults(page: Page) -> list[str]:
    """What axe finds, and whether something is wider than the screen."""
    faults = []
    for width in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            office_in_colours(page, scheme)
            faults += [f"{page.url} at {width}, {scheme}: {found}" for found in violations(page)]
        if page.evaluate("document.querySelector('#main').scrollWidth") > width:
            faults.append(f"{page.url} at {width} is wider than the screen")
    return faults
