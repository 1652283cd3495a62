"""From a number on the bill to what it means, with scripts and without: nothing here needs them."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.portal import Portal
from tramites.help.first_help import publish_first_help


@pytest.mark.parametrize(("javascript", "width"), [(True, DESKTOP), (False, PHONE)])
def test_visitor_looks_up_what_a_part_of_the_bill_is(
    portal: Portal, visits: Visits, javascript: bool, width: int
) -> None:
    publish_first_help(now=timezone.now())
    page = visits.open("/", javascript=javascript, width=width)
    page.get_by_role("link", name="Cómo se lee la factura").click()
    expect(page).to_have_url(f"{portal.base_url}/informacion-util/")
    page.get_by_role("link", name="Cuota fija").click()
    page.get_by_role("link", name="La cuota fija, sin medidor").click()
    expect(page).to_have_url(f"{portal.base_url}/informacion-util/cuota-fija/#parte-cuota-fija")
    part = page.locator("#parte-cuota-fija")
    expect(part).to_be_in_viewport()
    expect(part).to_contain_text("no depende de lo que se consume")
    picture = page.locator("image").get_attribute("href")
    assert picture is not None
    answer = page.request.get(picture)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
