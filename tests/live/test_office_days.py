"""A day of each role of the office: logging in on the portal, the first page with the menu of the role, and from there
its work by clicking only.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect

from accounts.enums import TermsPurpose
from accounts.models import AccountLink, CustomerView, ServiceAccount, User
from accounts.terms import accept_terms
from adhesions.debit.bank_files import BankAnswer, BankResult
from adhesions.debit.mandates import give_bank_mandate
from adhesions.enums import DeliveryState
from adhesions.models import BankPresentation, BillDelivery
from billing.enums import ClaimState
from billing.models import Payment, Refund
from oficina.shared.audit.changes import RecordedChange
from oficina.shared.dates import today
from oficina.shared.ids import public_id
from oficina.shared.money import NBSP, ZERO, pesos
from oficina.staff import roles
from oficina.staff.look import MENU
from oficina.staff.roles import Role
from tests.accounts.identity import customer
from tests.accounts.test_second_factor import totp
from tests.adhesions.debit.test_bank_accounts import CBU
from tests.adhesions.debit.test_bank_files import answer_file
from tests.adhesions.debit.test_mandates import CUIL, consent
from tests.factories import billing as bills
from tests.factories.accounts import PASSWORD, AccountLinkFactory
from tests.factories.billing import InvoiceFactory
from tests.factories.chat import waiting
from tests.factories.claims import claimed
from tests.factories.debits import announced
from tests.imports import csv_files
from tests.ledger_invariants import ledger_invariants
from tests.live import journey
from tests.live.browsing import PHONE, Visits
from tests.live.journey import House
from tests.live.portal import Portal
from tests.live.test_office_money import press
from tests.staff.waiting_rows import mailed
from tramites.help.first_help import publish_first_help
from tramites.models import CannedAnswer, Conversation, HelpText

OFFICE = "/admin/"
ANSWER = "Leímos el medidor de nuevo: marca 1.300 m³. La factura está bien."


def whole(*titles: str) -> set[str]:
    """Every entry of these parts of the menu."""
    return {entry["title"] for part in MENU if part["title"] in titles for entry in part["items"]}


EVERYTHING = {entry["title"] for part in MENU for entry in part["items"]}
MENUS = {
    roles.ATTENTION: whole("Clientes", "Atención")
    | {"Facturas", "Cargos", "Reclamos de facturas", "Comprobantes de cargos", "Libres deuda"}
    | whole("Pagos") - {"Caja", "Turnos de caja", "Cobros en caja"}
    | {"Adhesiones al débito", "Débitos", "Planes", "Mails"}
    | {"Temas de ayuda", "Trámites", "Categorías de trámites", "Lugares de pago", "Aceptaciones"},
    roles.TREASURY: {"Cuentas de servicio", "Usuarios", "Vínculos"}
    | whole("Facturación") - {"Reclamos de facturas"}
    | whole("Pagos", "Débito automático", "Planes de pago", "Cobranza y conciliación")
    | {"Diferencias", "Eventos recibidos", "Reprocesos de eventos"},
    roles.CONTENT: {"Zonas", "Respuestas preparadas", "Horarios de atención", "Mensajes fuera de horario"}
    | whole("Contenido") - {"Aceptaciones"},
    roles.AUDIT: EVERYTHING - {"Caja"},
    roles.ADMINISTRATION: EVERYTHING,
}
"""What each role finds in the menu."""


@pytest.fixture
def home(portal: Portal) -> House:
    """The bills of the account."""
    return journey.house()


@pytest.fixture
def link(home: House) -> AccountLink:
    """Ana's link to it."""
    return journey.customer_of(home.account)


def works_as(role: Role, *, name: str = "Olga") -> User:
    """Somebody of the office who has this role and no other."""
    person = customer(f"{name.lower()}@aguas.example")
    person.first_name, person.last_name, person.is_staff = name, "Ríos", True
    person.save()
    person.groups.add(Group.objects.get(name=role.name))
    return person


def enters(visits: Visits, person: User) -> Page:
    """Asks for the office, is led to the portal's login, and logs in there."""
    page = visits.open(OFFICE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ingresá a tu Oficina Virtual")
    page.get_by_label("Mail").fill(person.email)
    page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    press(page, "Ingresar")
    return page


def begins(visits: Visits, person: User, role: Role) -> Page:
    """The first page, whose menu holds exactly what the role may see."""
    page = enters(visits, person)
    expect(page).to_have_url(f"{visits.portal.base_url}{OFFICE}")
    assert menu(page) == sorted(MENUS[role])
    return page


def find(page: Page, typed: str) -> None:
    """Type into the search box of the first page."""
    page.get_by_role("searchbox", name="Buscar un cliente").fill(typed)
    press(page, "Buscar")


def menu(page: Page) -> list[str]:
    """The entries of the menu, in the order of the alphabet."""
    return sorted(page.locator("#nav-sidebar-apps a > span:last-child").all_text_contents())


def by_menu(page: Page, entry: str) -> None:
    """Open the menu, which is closed at this width, by the keyboard; and click an entry of it."""
    page.get_by_role("button", name="Menú").press("Enter")
    with page.expect_navigation():
        page.locator("#nav-sidebar-apps a").get_by_text(entry, exact=True).click()


def by_link(page: Page, name: str) -> None:
    """Click a link in the page itself."""
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def test_attention(portal: Portal, visits: Visits, home: House, link: AccountLink) -> None:
    payment = bills.paid_checkout(home.late, payer=link.user)
    claim = claimed(link, home.current)
    mailed(link, DeliveryState.FAILED)
    conversation = waiting(link.user)
    accept_terms(link.user, TermsPurpose.REGISTRATION, None)
    olga = works_as(roles.ATTENTION)

    page = begins(visits, olga, roles.ATTENTION)
    expect(page.get_by_role("main")).to_contain_text("Reclamos de facturas")
    expect(page.get_by_role("main")).not_to_contain_text("$")
    find(page, payment.number)
    expect(page.locator(f"#payment-{payment.pk}")).to_contain_text(payment.number)
    for act in ("Devolver", "Cobrar"):
        expect(page.get_by_role("main").get_by_role("link", name=act)).to_have_count(0)

    by_link(page, f"Responder {claim.number}")
    page.get_by_label("Sin cambios", exact=True).check()
    page.get_by_label("Respuesta").fill(ANSWER)
    press(page, "Continuar")
    press(page, "Sí, enviar la respuesta")
    expect(page.get_by_text("Respondimos el reclamo.")).to_be_visible()
    assert ANSWER in portal.wait_for_mail(journey.ANA, subject=f"Respondimos tu reclamo {claim.number}").text

    by_link(page, "Ver cliente")
    failed = BillDelivery.objects.get()
    press(page, f"Enviar de nuevo {failed.invoice} a {failed.email}")
    expect(page.get_by_text("Facturas en camino: 1.")).to_be_visible()
    again = BillDelivery.objects.exclude(pk=failed.pk)
    portal.wait_until(lambda: again.filter(state=DeliveryState.SENT).exists(), "the bill that was sent again")

    by_menu(page, "Conversaciones")
    page.locator("#result_list a[href*='/tramites/conversation/'][href*='/change/']").click()
    press(page, "Atenderla yo")
    page.get_by_label("Respuesta", exact=True).fill("Mañana a las 8.")
    press(page, "Enviar respuesta")
    expect(page.get_by_role("log")).to_contain_text("Mañana a las 8.")

    by_link(page, "Ver cliente")
    by_link(page, "Ver como cliente")
    page.get_by_label("¿Para qué lo mirás?").fill("No encuentra una factura")
    press(page, "Ver como cliente")
    expect(page.get_by_role("complementary", name="Vista como cliente")).to_contain_text("Ana Suárez")
    expect(journey.box_of(page, home.next_one)).to_be_visible()
    press(page, "Salir de la vista")
    assert menu(page) == sorted(MENUS[roles.ATTENTION])

    claim.refresh_from_db()
    assert (claim.state, claim.answered_by) == (ClaimState.DISMISSED, olga)
    assert Conversation.objects.get(pk=conversation.pk).assigned_to == olga
    view = CustomerView.objects.get()
    assert (view.by, view.seen, view.reason, view.end) == (olga, link.user, "No encuentra una factura", "left")


def test_treasury(portal: Portal, visits: Visits, home: House, link: AccountLink) -> None:
    payment = bills.paid_checkout(home.late, payer=link.user)
    neighbour = AccountLinkFactory.create()
    mandate = give_bank_mandate(neighbour, CBU, CUIL, consent(), now=timezone.now())
    bill = InvoiceFactory.create(account=neighbour.account, amount=Decimal("1000.10"))
    announced(mandate, bill, amount=Decimal("1000.10"), debit_on=today(), try_on=today())
    olga = works_as(roles.TREASURY)

    page = begins(visits, olga, roles.TREASURY)
    expect(page.locator(".office-home__money")).to_contain_text(pesos(payment.amount_received or ZERO))
    by_menu(page, "Presentaciones al banco")
    by_link(page, "Generar una presentación")
    press(page, "Continuar")
    press(page, "Sí, generar")
    expect(page.get_by_text(f"1 débito, ${NBSP}1.000,10")).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Descargar el archivo para el banco").click()
    assert CBU in Path(taken.value.path()).read_text(encoding="ascii")

    presentation = BankPresentation.objects.get()
    by_menu(page, "Respuestas del banco")
    by_link(page, "Cargar una respuesta del banco")
    answer: FilePayload = {"name": "respuesta.txt", "mimeType": "text/plain", "buffer": bank_accepts(presentation)}
    page.get_by_label("Archivo del banco").set_input_files(answer)
    press(page, "Revisar el archivo")
    press(page, "Sí, cargar la respuesta")
    expect(page.get_by_text("Aceptados: 1, rechazados: 0, revertidos: 0.")).to_be_visible()
    bill.refresh_from_db()
    assert bill.is_paid
    change = RecordedChange.objects.get(table="adhesions.bankpresentation")
    assert (change.record, change.who, change.origin["name"]) == (presentation.pk, olga.pk, "Olga Ríos")
    ledger_invariants()


def bank_accepts(presentation: BankPresentation) -> bytes:
    """The bank's file, in which it debited the only one."""
    payment = Payment.objects.get(debit_try__presentation=presentation)
    accepted = BankAnswer(
        reference=payment.public_id, result=BankResult.ACCEPTED, reason="", amount=payment.amount_asked,
        answered_on=today(),
    )  # fmt: skip
    return answer_file([accepted]).replace(b"H0100000007", f"H01{presentation.number:08d}".encode())


def test_content(portal: Portal, visits: Visits) -> None:
    publish_first_help(now=timezone.now())
    olga = works_as(roles.CONTENT)
    page = begins(visits, olga, roles.CONTENT)

    by_menu(page, "Temas de ayuda")
    by_link(page, "Olvidé mi contraseña")
    page.get_by_role("textbox", name="Texto").fill("Tocá **Olvidé mi contraseña** y escribí tu mail.")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Ver cómo queda").click()
    expect(opened.value.locator("strong", has_text="Olvidé mi contraseña")).to_be_visible()
    before = HelpText.objects.count()
    press(page, "Guardar")
    assert HelpText.objects.count() == before + 1
    assert HelpText.objects.latest("pk").written_by == olga

    by_menu(page, "Respuestas preparadas")
    with page.expect_navigation():
        page.get_by_role("link", name="Agregar respuesta preparada", exact=True).click()
    page.get_by_role("textbox", name="Título").fill("Corte en tu zona")
    page.get_by_role("textbox", name="Texto").fill("El corte termina a las 16.")
    press(page, "Guardar")
    assert CannedAnswer.objects.get().body == "El corte termina a las 16."

    anyone = visits.open("/")
    anyone.get_by_role("link", name="Ayuda").click()
    anyone.get_by_role("searchbox").fill("Olvidé mi contraseña")
    anyone.get_by_role("button", name="Buscar").click()
    expect(anyone.get_by_role("main")).to_contain_text("y escribí tu mail")


@pytest.mark.expects_complaints  # Django's, of the refund that is refused
def test_audit(portal: Portal, visits: Visits, home: House, link: AccountLink) -> None:
    customer_page = visits.open("/accesibilidad/", width=PHONE)
    journey.log_in(customer_page, link.user)
    payment = journey.begin_payment(customer_page, portal, link, home.current)
    journey.pay_by_card(customer_page)
    expect(customer_page.get_by_role("heading", level=1)).to_have_text("Listo, pagaste")
    bruno = works_as(roles.TREASURY, name="Bruno")
    gives_back(enters(visits, bruno), payment)
    refund = Refund.objects.get()
    portal.wait_for_jobs()
    olga = works_as(roles.AUDIT)

    page = begins(visits, olga, roles.AUDIT)
    by_menu(page, "Cambios")
    made = page.locator("#result_list tbody tr", has_text=f"Devolución {refund.pk}")
    expect(made.last).to_contain_text("Bruno Ríos")
    expect(made.last).to_contain_text(f"${NBSP}300,10")
    expect(made.first.locator("del")).not_to_have_count(0)
    made.last.get_by_role("link", name=f"Devolución {refund.pk}").click()
    expect(page.get_by_role("button", name="Guardar")).to_have_count(0)

    by_menu(page, "Pagos")
    page.locator("#result_list").get_by_role("link", name=payment.number).click()
    expect(page.get_by_role("heading", name="Qué pasó con este pago")).to_be_visible()
    expect(page.get_by_role("link", name="Devolver plata")).to_have_count(0)
    expect(page.get_by_role("button", name="Guardar")).to_have_count(0)
    refused = forced(page, f"/admin/billing/payment/{payment.pk}/devolver/")
    assert (refused, Refund.objects.count()) == (403, 1)

    by_menu(page, "Visitas")
    looks = page.locator("#result_list tbody tr", has_text="Olga Ríos")
    expect(looks.first).to_contain_text(f"/admin/billing/payment/{payment.pk}/devolver/")
    expect(looks.first).to_contain_text("403")
    expect(looks.filter(has_text=f"/admin/billing/payment/{payment.pk}/change/")).to_have_count(1)


def gives_back(page: Page, payment: Payment) -> None:
    """A part of a payment, from the customer who was found by its number."""
    find(page, payment.number)
    by_link(page, f"Devolver {payment.number}")
    page.get_by_label("Una parte", exact=True).check()
    page.get_by_label("Importe de la parte").fill("300,10")
    page.get_by_label("Pagó de más").check()
    press(page, "Continuar")
    press(page, f"Sí, devolver ${NBSP}300,10")
    expect(page.get_by_text(f"Devolvimos ${NBSP}300,10 (D-")).to_be_visible()


def forced(page: Page, address: str) -> int:
    """The status of the answer to a refund that the page offers no button for."""
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    given: dict[str, str | float | bool] = {
        "csrfmiddlewaretoken": token, "key": public_id(), "share": "part", "amount": "100,00", "reason": "paid_twice",
        "detail": "", "confirmado": "1",
    }  # fmt: skip
    return page.request.post(address, form=given).status


def test_administration(portal: Portal, visits: Visits, tmp_path: Path) -> None:
    berta = customer("berta@aguas.example")
    page = begins(visits, works_as(roles.ADMINISTRATION), roles.ADMINISTRATION)

    find(page, berta.email)
    by_link(page, "Ver el registro")
    by_link(page, "Roles en la oficina")
    page.get_by_label(roles.CONTENT.name, exact=True).check()
    press(page, "Continuar")
    press(page, "Sí, cambiar los roles")
    expect(page.get_by_text(f"Listo. {berta.full_name}: Contenido.")).to_be_visible()
    begins(visits, berta, roles.CONTENT)

    by_menu(page, "Importar archivos")
    path = csv_files.write(tmp_path / "cuentas.csv", csv_files.account())
    page.get_by_label("Archivos CSV").set_input_files(path)
    press(page, "Subir y seguir")
    expect(page.get_by_text("La prueba terminó y no se guardó nada.")).to_be_visible(timeout=30_000)
    assert not ServiceAccount.objects.exists()


@pytest.fixture
def _second_factor_is_asked(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The web of this test asks for it, as that of production does; the next test starts one that does not."""
    monkeypatch.setenv("OFFICE_SECOND_FACTOR", "yes")
    portal.processes.stop("web")
    portal.processes.start("web")
    yield
    portal.processes.stop("web")


@pytest.mark.usefixtures("_second_factor_is_asked")
def test_first_day_begins_with_a_second_factor(portal: Portal, visits: Visits) -> None:
    page = enters(visits, works_as(roles.CONTENT))
    page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    press(page, "Confirmar")
    expect(page.get_by_role("heading", level=1)).to_have_text("Activar el segundo factor")
    page.get_by_text("No puedo escanear").click()
    secret = page.get_by_text("Escribí esta clave en la aplicación").locator("strong").inner_text().replace(" ", "")
    page.get_by_label("Código").fill(totp(secret))
    press(page, "Activar")
    by_link(page, "Ir a la oficina")
    expect(page).to_have_url(f"{portal.base_url}{OFFICE}")
    assert menu(page) == sorted(MENUS[roles.CONTENT])
