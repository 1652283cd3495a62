"""The scripts in a real browser, on the page of the components, which asks the database nothing."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.live.browsing import running_chromium

pytestmark = pytest.mark.browser

BOXES = [f"#vacio_number_{index}" for index in range(4)]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_chromium() as chromium:
        yield chromium


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """The page of the components; it must end without a complaint in its console."""
    complaints: list[str] = []
    context = browser.new_context(base_url=site)
    opened = context.new_page()
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto("/demo/componentes/")
    yield opened
    context.close()
    assert complaints == []


def boxes(page: Page) -> list[str]:
    return [page.input_value(box) for box in BOXES]


def paste(page: Page, box: str, text: str) -> None:
    page.evaluate(
        """([box, text]) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text", text);
            const target = document.querySelector(box);
            target.focus();
            target.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
        }""",
        [box, text],
    )


@pytest.mark.parametrize("text", ["082-0014237-001-6", "08200142370016", " 082 0014237 001 6\n"])
def test_whole_number_pasted_into_any_box_fills_them_all(page: Page, text: str) -> None:
    for box in (BOXES[0], BOXES[2]):
        paste(page, box, text)
        assert boxes(page) == ["082", "0014237", "001", "6"]
        expect(page.locator(BOXES[3])).to_be_focused()


def test_part_of_a_number_pasted_goes_on_from_its_box(page: Page) -> None:
    paste(page, BOXES[1], "0014237001")
    assert boxes(page) == ["", "0014237", "001", ""]
    expect(page.locator(BOXES[3])).to_be_focused()


def test_typing_moves_on_and_erasing_moves_back(page: Page) -> None:
    page.locator(BOXES[0]).focus()
    page.keyboard.type("082-0014237")
    assert boxes(page) == ["082", "0014237", "", ""]
    expect(page.locator(BOXES[2])).to_be_focused()
    page.keyboard.press("Backspace")
    assert boxes(page) == ["082", "001423", "", ""]
    expect(page.locator(BOXES[1])).to_be_focused()


def test_paybar_sums_what_is_chosen_to_the_cent(page: Page) -> None:
    bar = page.locator("[data-paybar]")
    expect(bar.locator("[data-paybar-note]")).to_have_text("1 factura elegida")
    page.get_by_label("Septiembre y octubre 2026").check()
    expect(bar.locator("[data-paybar-note]")).to_have_text("2 facturas elegidas")
    expect(bar.locator("[data-paybar-total]")).to_have_text("$\N{NO-BREAK SPACE}1.251.249,08")


def test_all_bills_are_chosen_and_left_with_one_link(page: Page) -> None:
    link = page.locator("[data-select-all]")
    link.click()
    expect(link).to_have_text("Quitar la selección")
    expect(page.locator("[data-paybar-note]")).to_have_text("2 facturas elegidas")
    link.click()
    expect(link).to_have_text("Seleccionar todas")
    expect(page.locator("[data-paybar-note]")).to_have_text("Ninguna factura elegida")
    expect(page.locator("[data-paybar-total]")).to_have_text("$\N{NO-BREAK SPACE}0,00")


def test_question_comes_in_a_window_and_leaves_the_page_as_it_was(page: Page) -> None:
    link = page.get_by_role("link", name="Preguntar antes de hacer")
    ways_out: list[Callable[[], object]] = [
        lambda: page.keyboard.press("Escape"),
        lambda: page.get_by_role("link", name="No, volver").click(),
    ]
    for leave in ways_out:
        link.click()
        dialog = page.get_by_role("dialog", name="¿Desvincular Casa?")
        expect(dialog).to_be_visible()
        leave()
        expect(dialog).to_have_count(0)
        expect(link).to_be_focused()
    assert page.url.endswith("/demo/componentes/")


def test_question_is_a_page_without_script(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/demo/componentes/")
    page.get_by_role("link", name="Preguntar antes de hacer").click()
    expect(page.get_by_role("heading", level=1, name="¿Desvincular Casa?")).to_be_visible()
    page.get_by_role("link", name="No, volver").click()
    assert page.url == f"{site}/demo/componentes/"
    context.close()


def test_question_that_does_not_answer_is_followed_as_a_link(page: Page) -> None:
    page.route(
        "**/demo/componentes/pregunta/", lambda route: route.fulfill(body="<p>Nada</p>", content_type="text/html")
    )
    page.get_by_role("link", name="Preguntar antes de hacer").click()
    page.wait_for_url("**/demo/componentes/pregunta/")


def test_double_click_sends_a_form_once_and_coming_back_wakes_its_button(page: Page) -> None:
    sent: list[str] = []

    def stay(route: Route) -> None:
        sent.append(route.request.post_data or "")
        route.fulfill(status=204)  # nothing to show: the browser stays on the page

    page.route("**/tema/", stay)
    button = page.get_by_role("button", name="Aplicar")
    button.dblclick()
    expect(button).to_be_disabled()
    expect(button).to_have_attribute("aria-busy", "true")
    assert len(sent) == 1
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(button).to_be_enabled()


def test_colours_are_chosen_without_script(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False, color_scheme="light")
    page = context.new_page()
    page.goto("/demo/componentes/")
    page.get_by_label("Oscuro").check()
    page.get_by_role("button", name="Aplicar").click()
    assert page.url == f"{site}/demo/componentes/"
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_css("background-color", "rgb(13, 22, 28)")
    context.close()


def test_password_can_be_read_and_is_hidden_again_when_sent(page: Page) -> None:
    field = page.get_by_label("Contraseña", exact=True)
    field.fill("agua-de-montaña")
    show = page.get_by_role("button", name="Mostrar la contraseña")
    show.click()
    expect(field).to_have_attribute("type", "text")
    hide = page.get_by_role("button", name="Ocultar la contraseña")
    hide.click()
    expect(field).to_have_attribute("type", "password")
    show.click()
    page.evaluate("document.querySelector('form.reveal-sample').dispatchEvent(new Event('submit', {bubbles: true}))")
    expect(field).to_have_attribute("type", "password")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/demo/componentes/", "/", "/datos-personales/"])
def test_it_is_accessible_and_fits(browser: Browser, site: str, path: str, scheme: str, width: int) -> None:
    context = browser.new_context(
        base_url=site,
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,  # axe is a script that the test brings
    )
    page = context.new_page()
    page.goto(path)
    violations = Axe().run(page).response["violations"]
    assert [(violation["id"], violation["nodes"][0]["html"]) for violation in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()
