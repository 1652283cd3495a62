"""The hosted page in a real browser: accessible at both widths, in both themes, and usable without JavaScript."""

from collections.abc import Iterator

import pytest
import stripe
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from tests.simulator.requests import session_params, setup_params
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.browser

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def pages(client: stripe.StripeClient, simulator: SimulatorProcess) -> dict[str, str]:
    """An address for each state of the page."""
    states = ("open", "declined", "paid", "expired", "voucher", "voucher_unpaid")
    ids = {state: client.v1.checkout.sessions.create(session_params()).id for state in states}
    simulator.decline(ids["declined"])
    simulator.pay(ids["paid"])
    simulator.expire(ids["expired"])
    simulator.pay_later(ids["voucher"])
    simulator.pay_later(ids["voucher_unpaid"])
    simulator.fail(ids["voucher_unpaid"])
    setup_states = ("setup", "setup_declined", "setup_saved", "setup_expired")
    ids |= {state: client.v1.checkout.sessions.create(setup_params()).id for state in setup_states}
    simulator.decline(ids["setup_declined"])
    simulator.save_card(ids["setup_saved"], email="ana@oficina.example")
    simulator.expire(ids["setup_expired"])
    addresses = {state: f"{simulator.base_url}/c/pay/{session_id}" for state, session_id in ids.items()}
    return addresses | {"missing": f"{simulator.base_url}/c/pay/cs_test_none"}


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_state_is_accessible_and_fits(browser: Browser, pages: dict[str, str], width: int, theme: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
        bypass_csp=True,  # axe is a script that the test brings
    )
    page = context.new_page()
    for state, address in pages.items():
        page.goto(address)
        if state == "open":
            page.get_by_text("Tarjetas de prueba").click()
        found = Axe().run(page)
        assert found.violations_count == 0, f"{state}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), state
    context.close()


def test_a_customer_is_declined_corrects_and_pays_without_javascript(
    browser: Browser, client: stripe.StripeClient, simulator: SimulatorProcess
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    params = session_params()
    params["success_url"] = f"{simulator.base_url}/_simulator/health?session={{CHECKOUT_SESSION_ID}}"
    session = client.v1.checkout.sessions.create(params)
    page.goto(str(session.url))
    page.get_by_label("Número de tarjeta").fill("4000 0000 0000 9995")
    page.get_by_role("button", name="Pagar $").click()
    assert "La tarjeta no tiene fondos suficientes." in page.get_by_role("alert").inner_text()
    page.get_by_label("Vencimiento").fill("99/99")
    page.get_by_role("button", name="Pagar $").click()
    assert page.get_by_label("Vencimiento").get_attribute("aria-invalid") == "true"
    page.get_by_label("Vencimiento").fill("12/39")
    page.get_by_role("button", name="Pagar $").click()
    page.wait_for_url(f"**/_simulator/health?session={session.id}")
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    context.close()
