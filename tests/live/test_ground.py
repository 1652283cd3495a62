"""The ground of the browser tests itself: each process does its part on the test's database."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from oficina.shared.mail import send_mail_later
from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.portal import Portal


def test_pages_show_what_the_test_has_committed(portal: Portal, visits: Visits) -> None:
    send_mail_later("ana@correo.example", "Prueba de correo", "example", {"name": "Ana"})
    mail = portal.wait_for_mail("ana@correo.example", subject="Prueba")

    page = visits.open("/demo/correo/", width=PHONE)
    page.get_by_role("link", name="Prueba de correo").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Prueba de correo")
    expect(page.frame_locator("iframe").get_by_text("Hola, Ana.")).to_be_visible()
    assert mail.recipients == "ana@correo.example"


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_mailbox_is_accessible(portal: Portal, visits: Visits, width: int, dark: bool) -> None:
    send_mail_later("ana@correo.example", "Prueba de correo", "example", {"name": "Ana"})
    mail = portal.wait_for_mail("ana@correo.example")

    page = visits.open("/demo/correo/", width=width, dark=dark, axe=True)
    for path in ("/demo/correo/", f"/demo/correo/{mail.pk}/"):
        page.goto(path)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_pages_work_without_javascript(visits: Visits) -> None:
    page = visits.open("/", javascript=False)

    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_simulator_is_told_where_the_portal_is(portal: Portal) -> None:
    assert portal.simulator.webhook_url == f"{portal.base_url}/webhooks/stripe/"
    assert portal.simulator.deliveries() == []


def test_worker_that_was_killed_can_be_started_again(portal: Portal) -> None:
    portal.processes.kill("worker")
    send_mail_later("ana@correo.example", "Tarde", "example", {"name": "Ana"})
    assert portal.mails("ana@correo.example") == []

    portal.processes.start("worker")

    assert portal.wait_for_mail("ana@correo.example").subject == "Tarde"


def test_waiting_for_what_does_not_come_says_what(portal: Portal) -> None:
    with pytest.raises(TimeoutError, match=r"a mail to nadie@.* about 'Hola' did not come within 0 s"):
        portal.wait_for_mail("nadie@correo.example", subject="Hola", timeout=0.2)
