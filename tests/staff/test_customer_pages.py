"""The page of an account and that of a person: all that the office knows of them, for whoever may see it."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ServiceAccount, User
from billing.models import Charge, Claim, Invoice, Payment
from oficina.shared.dates import today
from oficina.shared.money import NBSP, pesos
from oficina.staff.roles import ATTENTION, AUDIT, CONTENT, TREASURY, Role
from payment_plans.models import PaymentPlan
from tests.answers import Answer, text_of
from tests.factories.accounts import AccountLinkFactory, HolderChangeFactory, ServiceAccountFactory, UserFactory
from tests.factories.billing import InvoiceFactory, paid_checkout
from tests.staff.conftest import a_row_of_everything, logged_in, may

pytestmark = pytest.mark.django_db

ACCOUNT_QUERIES = 44
"""Each section is one query, or a few; whoever may see everything sees all of them."""
PERSON_QUERIES = 24


class Page(HTMLParser):
    """Of a customer's page: each section's rows as the texts of their cells, and what is said outside of tables."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.rows: dict[str, list[list[str]]] = {}
        self.said: dict[str, str] = {}
        self._section = ""
        self._in_cell = False
        self.feed(text_of(answer))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "section":
            self._section = given.get("id") or ""
            self.rows[self._section], self.said[self._section] = [], ""
        elif tag == "tr":
            self.rows[self._section].append([])
        elif tag == "td":
            self._in_cell = True
            self.rows[self._section][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._in_cell = False
            self.rows[self._section][-1][-1] = re.sub(r"[ \n]+", " ", self.rows[self._section][-1][-1]).strip(" ")
        elif tag == "section":
            self._section = ""

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[self._section][-1][-1] += data
        elif self._section:
            self.said[self._section] += data

    def table(self, section: str) -> list[list[str]]:
        """The rows of a section, without its headings."""
        return [row for row in self.rows[section] if row]


def has_role(user: User, role: Role) -> Client:
    user.groups.set([Group.objects.get(name=role.name)])
    return logged_in(User.objects.get(pk=user.pk))


def of(account: ServiceAccount, client: Client) -> Page:
    return Page(client.get(f"/admin/clientes/{account.pk}/"))


def test_an_account_tells_all_of_itself(
    at_noon: time_machine.Traveller, as_administrator: Client, administrator: User
) -> None:
    account, _, payment = a_row_of_everything(administrator)
    HolderChangeFactory.create(account=account)
    answer = as_administrator.get(f"/admin/clientes/{account.pk}/")
    page = Page(answer)
    person = payment.payer
    assert person is not None

    assert [
        "Lucía Ferreyra", person.email, "30.123.457 261 555 0183", "—", "24/11/2026 Número de factura", "Vigente",
        "Ver como cliente Lucía Ferreyra",
    ] in page.table("personas")  # fmt: skip
    owed = Invoice.objects.payable().filter(account=account)
    bills = page.table("facturas")
    assert len(bills) == owed.count() + 1
    overdue = Invoice.objects.overdue(on=today()).get(account=account)
    assert bills[0] == [
        f"{overdue} Septiembre y octubre 2026", "15/10/2026", "04/11/2026", f"${NBSP}30.000,00", f"${NBSP}30.420,00",
        "Vencida hace 20 días",
    ]  # fmt: skip
    assert bills[-1][4:] == ["—", "Pagada"]
    assert [row[-2:] for row in page.table("pagos")] == [
        ["Imputado", f"Devolver {Payment.objects.filter(account=account).latest('pk').number}"],
        ["Reclamado al banco", f"Devolver {payment.number}"],
    ]
    assert [row[3] for row in page.table("saldo")] == [f"-${NBSP}200,00", f"${NBSP}200,00"]
    assert page.table("planes")[0][2:7] == [
        "3 cuotas", pesos(PaymentPlan.objects.get(account=account).total), f"${NBSP}0,00", f"${NBSP}0,00",
        "Pendiente de primera cuota",
    ]  # fmt: skip
    assert page.table("cargos")[0][1:] == [
        "20/11/2026",
        f"${NBSP}12.100,00",
        f"Vence en 10 días {Charge.objects.get(account=account).invoice}",
    ]
    assert [row[5] for row in page.table("reclamos")] == ["En revisión", "Retirado", "A favor del cliente"]
    assert page.table("reclamos")[0][-1].startswith("Responder RC-")
    assert [row[6] for row in page.table("avisos-de-pago")] == ["En revisión", "No aceptado"]
    assert page.table("factura-digital")[0][1] == person.email
    assert page.table("debito-automatico")[0][1] == "Banco Macro CBU terminado en 5201"
    assert page.table("debitos")[0][1:] == [
        "04/12/2026", str(Invoice.objects.get(scheduled_debits__isnull=False)), f"${NBSP}1.000,00", "Avisado",
    ]  # fmt: skip
    assert page.table("envios")[0][3:5] == ["Factura nueva", "En cola"]
    assert [row[2:5] for row in page.table("devoluciones")] == [
        [payment.number, "Pagó de más Plataforma de pago", f"${NBSP}100,00"]
    ]
    assert page.table("reclamos-al-banco")[0][2:] == [payment.number, f"${NBSP}10,00", "Espera respuesta"]
    assert page.table("diferencias")[0][0] == "Se cobró más de lo que faltaba"
    assert [bool(row[-1]) for row in page.table("avisos-de-ubicacion")] == [True, False]
    assert len(page.table("mails")) == 10
    assert page.table("titulares") == [["24/11/2026 12:00", "Nélida Rosa Quiroga Consumidor final", "27-11022233-4"]]
    assert " ".join(page.said["importaciones"].split()).endswith("Ningún archivo cambió los datos de la cuenta.")
    assert mentions_no_account_number(answer)
    for begun in (
        f"caja/cobrar/{account.pk}/",
        f"atencion/cuentas/{account.pk}/",
        f"atencion/cuentas/{account.pk}/vincular/",
    ):
        assert f'href="/admin/{begun}"' in text_of(answer)


def mentions_no_account_number(answer: Answer) -> bool:
    return re.search(r"\b\d{22}\b", answer.content.decode()) is None


def test_an_account_without_anything_says_so_kindly(as_administrator: Client) -> None:
    account = ServiceAccountFactory.create(holder_name="Inés Paz", holder_document="", status="suspended")
    answer = as_administrator.get(f"/admin/clientes/{account.pk}/")
    page = Page(answer)

    assert [rows for rows in page.rows.values() if rows] == []
    assert {section: " ".join(said.split()) for section, said in page.said.items()} == {
        "personas": "Personas vinculadas Nadie tiene vinculada esta cuenta en la Oficina Virtual.",
        "facturas": "Facturas Esta cuenta no tiene facturas cargadas.",
        "pagos": "Pagos Esta cuenta no tiene pagos.",
        "saldo": "Saldo a favor Nunca tuvo saldo a favor.",
        "planes": "Planes de pago Nunca hizo un plan de pago.",
        "cargos": "Cargos Esta cuenta no tiene cargos.",
        "reclamos": "Reclamos Nadie reclamó por facturas de esta cuenta.",
        "avisos-de-pago": "Avisos de pago Nadie avisó pagos hechos en otro lado.",
        "conversaciones": "Conversaciones No hay conversaciones.",
        "mostrador": "Atenciones en el mostrador Nadie vino al mostrador por esta cuenta.",
        "factura-digital": "Factura digital Nadie recibe por mail las facturas de esta cuenta.",
        "debito-automatico": "Débito automático Sus facturas no se debitan.",
        "debitos": "Débitos Todavía no se anunció ningún débito.",
        "envios": "Envíos de facturas No se mandó ninguna factura de esta cuenta.",
        "devoluciones": "Devoluciones Nunca se le devolvió plata.",
        "reclamos-al-banco": "Reclamos al banco Nadie desconoció un pago ante su banco.",
        "diferencias": "Diferencias No hay diferencias con su plata.",
        "avisos-de-ubicacion": "Avisos de ubicación Nadie dijo que el mapa esté mal.",
        "libre-deuda": "Certificados de libre deuda Nunca se pidió un libre deuda.",
        "mails": "Mails a las personas vinculadas No hay mails de los últimos tiempos.",
        "titulares": "Titulares anteriores No tuvo otro titular desde que está en la Oficina Virtual.",
        "importaciones": "Cambios por importación Ningún archivo cambió los datos de la cuenta.",
        "movimientos": "Movimientos de la oficina La oficina no cambió nada de esto.",
        "registro": "Registro de cambios Todavía no cambió nada de esta cuenta.",
    }
    text = text_of(answer)
    assert '<span class="office-badge office-badge--warning">Suspendida</span> <strong>Inés Paz</strong>' in text
    for figure in ("Está al día", "Nada vencido", "Nada por vencer", "Sin plan vigente"):
        assert figure in text


def test_what_is_owed_is_added_up(at_noon: time_machine.Traveller, as_administrator: Client) -> None:
    account = ServiceAccountFactory.create()
    InvoiceFactory.create(account=account)
    InvoiceFactory.create(account=account)

    figures = re.findall(
        r'<dt>([^<]*)</dt> <dd class="customer-figure__amount">([^<]*)</dd>'
        r'(?: <dd class="customer-figure__note">([^<]*)</dd>)?',
        text_of(as_administrator.get(f"/admin/clientes/{account.pk}/")),
    )

    assert figures == [
        ("Debe hoy", f"${NBSP}2.000,00", "2 facturas"),
        ("Vencido", f"${NBSP}0,00", "Nada vencido"),
        ("Por vencer", f"${NBSP}2.000,00", "El próximo, el 04/12/2026"),
        ("En plan de pago", f"${NBSP}0,00", "Sin plan vigente"),
        ("A favor", f"${NBSP}0,00", ""),
    ]


def test_a_person_tells_all_of_themselves(
    at_noon: time_machine.Traveller, as_administrator: Client, administrator: User
) -> None:
    account, _, payment = a_row_of_everything(administrator)
    person = payment.payer
    assert person is not None
    answer = as_administrator.get(f"/admin/clientes/personas/{person.pk}/")
    page, text = Page(answer), text_of(answer)

    for fact in ("<dt>Mail</dt><dd>Confirmado</dd>", "<dt>Segundo factor</dt><dd>Sin activar</dd>", "30.123.457"):
        assert fact in text
    owed = {row[0]: row[3] for row in page.table("cuentas")}
    others = {shown: debt for shown, debt in owed.items() if shown != str(account)}
    assert owed[str(account)] == f"${NBSP}48.420,00"
    assert set(others.values()) == {f"${NBSP}0,00"}
    assert page.table("conversaciones")[0][4] == "Espera respuesta"
    assert page.table("bajas")[0][1:] == ["24/11/2026 12:00", "Factura digital"]
    assert [row[1:] for row in page.table("cambios")] == [
        ["Teléfono", "2615550182", "2615550183", "Nora Videla"],
        ["DNI, CUIT o CUIL", "30123456", "30123457", "Nora Videla"],
    ]
    assert {row[0] for row in page.table("terminos")} == {
        "Plan de pago, versión 1", "Débito automático, versión 1", "Registro en la Oficina Virtual, versión 1",
        "Factura digital, versión 1",
    }  # fmt: skip
    assert len(page.table("mails")) == 10
    assert page.table("movimientos")[0][1] == "Nora Videla"
    assert page.table("registro")[0][1] == "El portal"
    EmailAddress.objects.filter(user=person).update(verified=False)
    text = text_of(as_administrator.get(f"/admin/clientes/personas/{person.pk}/"))
    assert "<dt>Mail</dt><dd>Sin confirmar</dd>" in text


def test_each_role_sees_its_part(
    staff: User, as_owner: Client, anonymous: Client, administrator: User, subtests: pytest.Subtests
) -> None:
    account, _, payment = a_row_of_everything(administrator)
    address, person = f"/admin/clientes/{account.pk}/", f"/admin/clientes/personas/{payment.payer_id}/"

    with subtests.test("attention"):
        page = of(account, has_role(staff, ATTENTION))
        assert {"personas", "facturas", "pagos", "reclamos", "conversaciones", "envios", "mails"} <= set(page.rows)
        assert {"diferencias", "importaciones", "movimientos"}.isdisjoint(page.rows)
        assert page.table("reclamos")[0][-1].startswith("Responder")
        assert all(len(row) == 6 for row in page.table("pagos"))  # no money: nothing to do about a payment
    with subtests.test("treasury"):
        page = of(account, has_role(staff, TREASURY))
        assert {"facturas", "pagos", "devoluciones", "diferencias"} <= set(page.rows)
        assert {"reclamos", "conversaciones", "mails", "envios"}.isdisjoint(page.rows)
        assert page.table("pagos")[1][-1] == f"Devolver {payment.number}"
    with subtests.test("audit"):
        page = of(account, has_role(staff, AUDIT))
        assert len(page.rows) == len(of(account, logged_in(administrator)).rows)
        assert "Responder" not in {cell for row in page.table("reclamos") for cell in row}
        assert all(len(row) == 6 for row in page.table("pagos"))
    with subtests.test("content"):
        for path in (address, person, "/admin/clientes/buscar/"):
            assert has_role(staff, CONTENT).get(path).status_code == 403
    with subtests.test("others"):
        for path in (address, person):
            assert as_owner.get(path).status_code == 404
            assert anonymous.get(path).headers["Location"] == f"/ingresar/?next={path}"
            assert may(staff, "view_invoice").get(path).status_code == 403
            assert logged_in(administrator).post(path).status_code == 405
        assert logged_in(administrator).get("/admin/clientes/99999999/").status_code == 404
        assert logged_in(administrator).get(f"/admin/clientes/{'9' * 30}/").status_code == 404


def test_what_was_looked_for_is_led_to(
    as_administrator: Client, staff: User, administrator: User, subtests: pytest.Subtests
) -> None:
    account, _, payment = a_row_of_everything(administrator)
    other = ServiceAccountFactory.create()
    shown = f"/admin/clientes/{account.pk}/?hallado=payment-{payment.pk}"

    page = text_of(as_administrator.get(shown))
    assert f'href="/admin/billing/payment/{payment.pk}/change/">Pago {payment.number}</a>: está' in page
    assert re.search(rf'id="payment-{payment.pk}" class=" customer-row--found"', page)
    with subtests.test("too old for the table"):
        for _ in range(20):
            paid_checkout(InvoiceFactory.create(account=account))
        page = text_of(as_administrator.get(shown))
        assert f"Pago {payment.number}</a>." in page
        assert f'id="payment-{payment.pk}"' not in page
    claim = Claim.objects.latest("pk")
    for asked in ("nada", "payment-", f"payment-{'9' * 30}", "user-1", "'", "payment-1%00", "serviceaccount-1"):
        with subtests.test(asked=asked):
            page = text_of(as_administrator.get(f"/admin/clientes/{account.pk}/?hallado={asked}"))
            assert "Buscabas" not in page
    with subtests.test("of another account"):
        page = text_of(as_administrator.get(f"/admin/clientes/{other.pk}/?hallado=payment-{payment.pk}"))
        assert "Buscabas" not in page
    with subtests.test("not to be seen"):
        clerk = may(staff, "view_serviceaccount")
        page = text_of(clerk.get(f"/admin/clientes/{account.pk}/?hallado=claim-{claim.pk}"))
        assert "Buscabas" not in page


def test_pages_cost_the_same_with_three_and_with_sixty(as_administrator: Client, administrator: User) -> None:
    account, _, payment = a_row_of_everything(administrator)
    person = payment.payer
    assert person is not None

    def cost(path: str) -> int:
        as_administrator.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert as_administrator.get(path).status_code == 200
        return len(queries)

    def more(count: int, make: Callable[[], object]) -> None:
        for _ in range(count):
            make()

    pages = [f"/admin/clientes/{account.pk}/", f"/admin/clientes/personas/{person.pk}/"]
    few = [cost(path) for path in pages]
    more(60, lambda: paid_checkout(InvoiceFactory.create(account=account), payer=person))
    InvoiceFactory.create_batch(60, account=account)
    AccountLinkFactory.create_batch(60, user=person)
    more(60, lambda: AccountLinkFactory.create(account=account, user=UserFactory.create()))

    assert [cost(path) for path in pages] == few
    assert few[0] <= ACCOUNT_QUERIES
    assert few[1] <= PERSON_QUERIES
    page = of(account, as_administrator)
    assert [len(page.table(section)) for section in ("personas", "facturas", "pagos")] == [12, 36, 20]
