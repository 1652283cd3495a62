"""Where a property is, on a map that moves and on one that is only drawn; and saying that it is elsewhere."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from accounts.models import ServiceAccount
from tests.factories.locations import ZoneFactory, square
from tests.live import journey
from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.portal import Portal
from tramites.models import LocationReport


@pytest.mark.parametrize(("javascript", "width"), [(True, DESKTOP), (False, PHONE)])
def test_customer_looks_at_the_map_and_says_it_is_wrong(
    portal: Portal, visits: Visits, javascript: bool, width: int
) -> None:
    link = journey.customer_of(journey.house().account)
    ZoneFactory.create(name="Villa del Parque")
    parcel = square(-68.8451, -32.9251, side=0.0002)
    point = {"latitude": Decimal("-32.925"), "longitude": Decimal("-68.845")}
    ServiceAccount.objects.filter(pk=link.account_id).update(department="Godoy Cruz", parcel=parcel, **point)
    page = visits.open("/", javascript=javascript, width=width)
    journey.log_in(page, link.user)
    page.goto("/ubicacion/")
    expect(page).to_have_url(f"{portal.base_url}/cuenta/{link.public_id}/ubicacion/")
    near = page.get_by_role("region", name="En el mapa")
    if javascript:
        expect(near.locator(".leaflet-container path.map__shape")).to_have_count(3)
        expect(near.locator("svg.map__drawing")).to_have_count(0)
        scale = near.locator(".leaflet-control-scale-line")
        before = scale.inner_text()
        near.get_by_role("button", name="Alejar").press("Enter")
        expect(scale).not_to_have_text(before)
    else:
        expect(near.get_by_role("img", name="la parcela del inmueble")).to_be_visible()
        expect(near).to_contain_text("El norte está arriba")
    expect(page.get_by_role("img", name="Plano de Godoy Cruz")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("-32.925000, -68.845000")

    page.get_by_role("link", name="No está ahí: avisanos").click()
    page.get_by_label("¿Dónde está tu inmueble?").fill("A dos cuadras, en la esquina.")
    page.get_by_role("button", name="Enviar el aviso").click()
    expect(page.get_by_text("Estamos revisando lo que nos avisaste")).to_be_visible()
    assert LocationReport.objects.get().text == "A dos cuadras, en la esquina."
