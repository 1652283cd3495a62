"""A clerk attends somebody at the counter: takes a claim, prints, links the account, sees the customer's portal."""

import pytest
from django.contrib.auth.models import Permission
from playwright.sync_api import Page, expect

from accounts.enums import TermsPurpose, ViewEnd
from accounts.models import AccountLink, Attention, CustomerView
from accounts.terms import accept_terms
from billing.models import Claim
from tests.factories.accounts import UserFactory
from tests.live import journey
from tests.live.axe import violations
from tests.live.browsing import PHONE, Visits

MAY = (
    "attend_customer", "link_at_counter", "view_as_customer", "view_serviceaccount", "view_accountlink", "view_user",
)  # fmt: skip


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_clerk_attends_links_and_looks_as_the_customer(visits: Visits, javascript: bool) -> None:
    house = journey.house()
    ana = UserFactory.create(email="ana@correo.example", first_name="Ana", last_name="Suárez")
    accept_terms(ana, TermsPurpose.REGISTRATION, "190.3.4.5")
    olga = UserFactory.create(email="olga@aguas.example", first_name="Olga", last_name="Ríos", is_staff=True)
    olga.user_permissions.set(Permission.objects.filter(codename__in=MAY))
    page = visits.open("/accesibilidad/", javascript=javascript, axe=javascript)
    journey.log_in(page, olga)

    page.goto(f"/admin/atencion/cuentas/{house.account.pk}/")
    page.get_by_label("Nombre y apellido de quien vino").fill("Ana Suárez")
    page.get_by_label("Número del documento").fill("30.123.456")
    page.get_by_label("¿A qué vino?").fill("Le llegó muy alta")
    looked(page, javascript=javascript)
    press(page, "Empezar la atención")
    looked(page, javascript=javascript)
    with page.expect_navigation():
        page.get_by_role("link", name="Tomar un reclamo").first.click()
    page.get_by_label("Otro motivo").check()
    page.get_by_label("Qué cuenta la persona").fill("No tuve agua en marzo")
    looked(page, javascript=javascript)
    press(page, "Tomar el reclamo")
    expect(page.get_by_text("Tomamos el reclamo")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("link", name="Vincular a su usuario").click()
    page.get_by_label("Mail de la persona").fill("ana@correo.example")
    looked(page, javascript=javascript)
    press(page, "Continuar")
    expect(page.get_by_role("heading", name="¿Vincular la cuenta a Ana Suárez?")).to_be_visible()
    press(page, "Sí, vincular")
    press(page, "Terminar")
    attention = Attention.objects.get()
    slip = page.context.request.get(f"{journey.origin_of(page)}admin/atencion/{attention.pk}/constancia.pdf")
    assert slip.headers["content-type"] == "application/pdf"

    page.goto(f"/admin/atencion/ver-como-cliente/{ana.pk}/")
    page.get_by_label("¿Para qué lo mirás?").fill("Para mostrarle sus facturas")
    press(page, "Ver como cliente")
    banner = page.get_by_role("complementary", name="Vista como cliente")
    expect(banner).to_contain_text("Olga está viendo el portal como lo ve Ana Suárez")
    looked(page, javascript=javascript)
    page.set_viewport_size({"width": PHONE, "height": 900})
    looked(page, javascript=javascript)
    press(page, "Salir de la vista")
    expect(banner).not_to_be_visible()

    assert Claim.objects.get().claimant_name == "Ana Suárez"
    assert AccountLink.objects.get(user=ana).counter_link.by == olga
    assert CustomerView.objects.get().end == ViewEnd.LEFT
    assert attention.ended_at is not None


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def looked(page: Page, *, javascript: bool) -> None:
    """Nothing of the page is out of reach."""
    if javascript:
        assert violations(page) == []
