"""Where to pay, from the front page and from an account: on a map that moves, and on one that is only drawn."""

from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.models import ServiceAccount
from oficina.demo.generator.places import write_places
from tests.imports import csv_files
from tests.live import journey
from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.portal import Portal


@pytest.mark.parametrize(("javascript", "width"), [(True, DESKTOP), (False, PHONE)])
def test_somebody_finds_where_to_pay(
    portal: Portal, visits: Visits, tmp_path: Path, javascript: bool, width: int
) -> None:
    outcomes, _ = csv_files.run(write_places(tmp_path, seed=7))
    count = outcomes[0].inserted
    page = visits.open("/", javascript=javascript, width=width)
    page.get_by_role("main").get_by_role("link", name="Lugares de pago").click()
    expect(page.get_by_role("heading", level=2, name=f"{count} lugares de pago")).to_be_visible()

    page.get_by_label("Departamento").select_option("Malargüe")
    page.get_by_label("Tipo").select_option("Cajero automático")
    page.get_by_role("button", name="Filtrar").click()
    expect(page).to_have_url(f"{portal.base_url}/lugares-de-pago/?tipo=atm&departamento=malargue&acepta=")
    expect(page.get_by_role("heading", level=3)).to_have_text("Cajero del Banco del Oeste, Malargüe")
    expect(page.get_by_text("Abierto las 24 horas")).to_be_visible()
    if javascript:
        expect(page.locator("#lugares-dicho")).to_have_text("1 lugar de pago")
        page.locator(".map__box .map__mark").click()
        expect(page.locator("#lugar-1")).to_be_focused()
    else:
        expect(page.get_by_role("img", name="Mapa de los lugares de pago")).to_be_visible()
        expect(page.locator("svg .map__mark")).to_have_count(1)
    page.get_by_role("link", name="Limpiar").click()
    expect(page.get_by_role("heading", level=3)).to_have_count(25)

    link = journey.customer_of(journey.house().account)
    point = {"latitude": Decimal("-33.577000"), "longitude": Decimal("-69.018000")}
    ServiceAccount.objects.filter(pk=link.account_id).update(department="Tunuyán", **point)
    journey.log_in(page, link.user)
    page.goto("/lugares-de-pago/")
    expect(page.get_by_text("Primero los más cercanos")).to_contain_text(link.name)
    expect(page.locator("#lugar-1")).to_contain_text("Tunuyán")
    page.get_by_role("link", name="Siguiente").click()
    expect(page.locator("#lugar-26")).to_be_visible()
