"""Trámites: what it shows, to whom, from when on, and the way to the system where a procedure is done."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccountLink, User
from oficina.shared.prose import links_in
from tests.answers import text_of
from tests.factories.guidance import procedure
from tests.look.pages import links_of
from tests.staff.conftest import may
from tests.tramites.dangers import ATTACKS, Dangers
from tramites.models import Procedure, ProcedureCategory, ProcedureText
from tramites.procedures.first_procedures import FIRST_CATEGORIES, publish_first_procedures
from tramites.procedures.publishing import ProcedureWords
from tramites.procedures.searching import find_procedures
from tramites.publishing import publish, words_of

pytestmark = pytest.mark.django_db

QUESTIONS = {
    "quiero canbiar el titular": "cambio-de-titularidad",
    "quiero poner la boleta a mi nombre": "cambio-de-titularidad",
    "me mude": "cambio-de-domicilio",
    "soy monotributista": "situacion-impositiva",
    "subsidio": "tarifa-social",
    "descuento jubilados": "tarifa-social",
    "factura electronica": "factura-digital",
    "libre deuda para el escribano": "libre-deuda",
    "lotear un terreno": "factibilidad",
    "conectar la cloaca": "conexion",
    "dar de baja el servicio": "suspension-voluntaria",
    "no tengo agua": "reclamo-tecnico",
    "medidor roto": "medidor",
    # With slips of the finger.
    "canbio de titularidá": "cambio-de-titularidad",
    "factivilidad": "factibilidad",
    "tarifa sosial": "tarifa-social",
}


def words(**said: object) -> ProcedureWords:
    given = {
        "title": "x", "body": "x", "summary": "x", "who": "x", "requirements": "", "cost": "x", "duration": "x", **said,
    }  # fmt: skip
    return ProcedureWords(**given)  # type: ignore[arg-type]


def test_anyone_may_read_it(anonymous: Client, as_owner: Client, link: AccountLink) -> None:
    procedure(slug="titularidad", requirements="DNI\n\n Escritura **con firma** ")
    for client in (anonymous, as_owner):
        for path in ("/tramites/", "/tramites/?q=titular", "/tramites/titularidad/", "/tramites/titularidad/salir/"):
            page = text_of(client.get(path))
            assert Dangers(page).found == []
            assert client.post(path).status_code == 405
            assert client.get(path, headers={"HX-Request": "true"}).status_code == 200
        assert 'href="/tramites/titularidad/"' in text_of(client.get("/tramites/"))
        told = text_of(client.get("/tramites/titularidad/"))
        for said in (
            "El titular nuevo.", "<p>DNI</p>", "<p>Escritura <strong>con firma</strong></p>", "Gratis.",
            "5 días hábiles.", "Presentá los papeles.",
        ):  # fmt: skip
            assert said in told
    assert 'aria-label="Menú principal"' in text_of(as_owner.get("/tramites/"))
    assert 'href="/tramites/" aria-current="true"' in text_of(as_owner.get("/tramites/titularidad/"))
    assert 'aria-label="Menú principal"' not in text_of(anonymous.get("/tramites/"))


def test_another_system_is_reached_only_by_a_notice_that_names_it(anonymous: Client) -> None:
    procedure(slug="titularidad", managed_at="https://tramites.aguas.example/titularidad?de=portal")
    page = text_of(anonymous.get("/tramites/titularidad/"))
    assert 'href="/tramites/titularidad/salir/"' in page
    assert "https://tramites.aguas.example" not in page

    notice = text_of(anonymous.get("/tramites/titularidad/salir/?a=https://evil.example&next=//evil.example"))
    assert [address for address in links_of(notice) if "evil.example" in address] == []
    assert "<strong>tramites.aguas.example</strong>" in notice
    address = "https://tramites.aguas.example/titularidad?de=portal"
    assert f'href="{address}" rel="external noopener noreferrer" referrerpolicy="no-referrer"' in notice


def test_a_page_of_the_portal_needs_no_notice_and_an_office_no_button(anonymous: Client) -> None:
    procedure(slug="inside", managed_at="/factura-digital/")
    procedure(slug="nowhere", managed_at="")
    assert 'class="button" href="/factura-digital/"' in text_of(anonymous.get("/tramites/inside/"))
    assert "Gestioná tu trámite" not in text_of(anonymous.get("/tramites/nowhere/"))
    assert "En nuestras oficinas comerciales" in text_of(anonymous.get("/tramites/nowhere/"))
    for slug in ("inside", "nowhere", "nothing"):
        assert anonymous.get(f"/tramites/{slug}/salir/").status_code == 404
    assert anonymous.get("/tramites/nothing/").status_code == 404


def test_a_text_holds_from_its_day_on_and_the_old_one_stays_as_history(anonymous: Client, owner: User) -> None:
    now = timezone.now()
    made = procedure(slug="titularidad", cost="Gratis.")
    dear = words(title="Cambio de titularidad", cost="$ 3.000")
    assert publish(ProcedureText, made, dear, by=owner, now=now, from_=now + timedelta(days=2)) is not None
    assert "$ 3.000" not in text_of(anonymous.get("/tramites/titularidad/"))
    with time_machine.travel(now + timedelta(days=3), tick=False):
        assert "$ 3.000" in text_of(anonymous.get("/tramites/titularidad/"))
        assert publish(ProcedureText, made, dear, by=owner, now=timezone.now()) is None  # it says that already
        publish(ProcedureText, made, words(shown=False), by=owner, now=timezone.now())
        assert anonymous.get("/tramites/titularidad/").status_code == 404
        assert anonymous.get("/tramites/titularidad/salir/").status_code == 404
        assert "Todavía no hay trámites publicados" in text_of(anonymous.get("/tramites/"))
    assert list(made.texts.order_by("number").values_list("number", "cost", "written_by")) == [
        (1, "Gratis.", None),
        (2, "$ 3.000", owner.pk),
        (3, "x", owner.pk),
    ]


@pytest.mark.parametrize(
    "address",
    [
        "http://aguas.example/", "javascript:alert(1)", "//evil.example/", "/\\evil.example", "https://",
        "https://aguas.example@evil.example/", "https:///evil.example", "https://a\\b.example", "https://a b.example",
        " https://aguas.example/", "data:text/html,x", "https://aguas.example/\njavascript:alert(1)",
    ],
)  # fmt: skip
def test_neither_the_form_nor_the_database_takes_an_address_that_is_not_safe(staff: User, address: str) -> None:
    made = procedure()
    client = may(staff, "view_procedure", "change_procedure")
    path = f"/admin/tramites/procedure/{made.pk}/change/"
    if address == address.strip():  # a form takes spaces away before it looks
        assert client.post(path, typed(made, managed_at=address)).status_code == 200
    with pytest.raises(IntegrityError, match="procedure_text_begins_safely"), transaction.atomic():
        publish(ProcedureText, made, words(managed_at=address), by=None, now=timezone.now())
    assert made.texts.count() == 1


def typed(made: Procedure, **said: str) -> dict[str, str]:
    given = {
        "slug": made.slug, "category": str(made.category_id), "position": "1", "title": "Cambio", "summary": "Resumen",
        "who": "El titular.", "requirements": "DNI\nEscritura", "cost": "Gratis", "duration": "5 días",
        "body": "Con *tiempo*.", "managed_at": "https://aguas.example/t", "asked_as": "", "shown": "on",
        "published_at_0": "", "published_at_1": "", "texts-TOTAL_FORMS": "0", "texts-INITIAL_FORMS": "0",
    }  # fmt: skip
    return given | said


def test_the_office_writes_looks_and_publishes(staff: User, anonymous: Client) -> None:
    client = may(staff, "view_procedure", "add_procedure", "change_procedure", "add_procedurecategory")
    client.post("/admin/tramites/procedurecategory/add/", {"name": "Obras", "position": "3"})
    new = Procedure(slug="obra", category=ProcedureCategory.objects.get())
    looked = text_of(client.post("/admin/tramites/procedure/add/", {**typed(new, slug="con espacio"), "_preview": "1"}))
    assert "Con <em>tiempo</em>." in looked
    assert not Procedure.objects.exists()

    assert client.post("/admin/tramites/procedure/add/", typed(new)).status_code == 302
    made = Procedure.objects.get()
    path = f"/admin/tramites/procedure/{made.pk}/change/"
    assert "https://aguas.example/t" in text_of(client.get(path))
    assert client.post(path, typed(made, cost="$ 100", managed_at="/cargos/")).status_code == 302
    unknown = client.post(path, typed(made, managed_at="/no-hay/"))
    assert "No hay una página así en la Oficina Virtual." in text_of(unknown)
    history = ProcedureText.objects.order_by("number").values_list("cost", "managed_at", "written_by")
    assert list(history) == [("Gratis", "https://aguas.example/t", staff.pk), ("$ 100", "/cargos/", staff.pk)]
    assert "$ 100" in text_of(anonymous.get("/tramites/obra/"))
    assert may(staff, "view_procedure").post(path, {**typed(made), "_preview": "1"}).status_code == 403


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_typed_is_harmless_wherever_it_is_shown(staff: User, attack: str) -> None:
    everywhere: dict[str, Any] = dict.fromkeys(
        ("title", "summary", "body", "who", "requirements", "cost", "duration"), f"Pago {attack}"
    )
    made = procedure(slug="x", category=f"Obras {attack}", asked_as=attack, **everywhere)
    client = may(staff, "view_procedure", "change_procedure", "view_procedurecategory")
    change = f"/admin/tramites/procedure/{made.pk}/change/"
    looked = {**typed(made, **everywhere), "managed_at": attack, "_preview": "1"}
    for answer in (
        Client().get("/tramites/"), Client().get("/tramites/x/"), Client().get("/tramites/x/salir/"),
        Client().get("/tramites/", {"q": f"pago {attack}"}), client.post(change, looked),
    ):  # fmt: skip
        assert answer.status_code == 200
        assert Dangers(text_of(answer)).found == []
    for path in (change, "/admin/tramites/procedure/", "/admin/tramites/procedurecategory/"):
        office = text_of(client.get(path))
        for forbidden in ("<script>alert(1)", "<img src=x", "<svg onload"):
            assert forbidden not in office


def test_first_procedures_are_whole_found_and_lead_somewhere(as_owner: Client, link: AccountLink) -> None:
    known = procedure(slug="libre-deuda", title="A nuestro modo", asked_as="escribano libre deuda")
    call_command("publish_first_procedures", verbosity=0)
    assert publish_first_procedures(now=timezone.now()) == []
    assert [text.title for text in known.texts.all()] == ["A nuestro modo"]
    assert set(FIRST_CATEGORIES) <= set(ProcedureCategory.objects.values_list("name", flat=True))

    def first(question: str) -> str:
        found = find_procedures(question, at=timezone.now())
        return found[0].procedure.slug if found else ""

    assert {question: first(question) for question in QUESTIONS} == QUESTIONS
    assert find_procedures("xyzzy", at=timezone.now()) == []

    linked = set(links_of(text_of(as_owner.get("/tramites/"))))
    for text in ProcedureText.objects.in_force(at=timezone.now()):
        inside = [address for address in links_in(text.body) if not address.startswith("/ayuda/")]
        linked |= {*inside, *([text.managed_at] if text.managed_at.startswith("/") else [])}
        assert "https://" in text.managed_at or text.managed_at.startswith("/") or text.managed_at == ""
    for address in {address for address in linked if not address.startswith("/cuenta/")}:
        assert as_owner.get(address, follow=True).status_code == 200, address


def test_pages_ask_the_same_of_the_database_whatever_the_number_of_procedures(anonymous: Client) -> None:
    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            anonymous.get(path)
        return len(queries)

    procedure(slug="uno")
    one = [asked("/tramites/"), asked("/tramites/?q=titular"), asked("/tramites/uno/")]
    for number in range(4):
        procedure(category=f"Otra {number}")
    assert [asked("/tramites/"), asked("/tramites/?q=titular"), asked("/tramites/uno/")] == one == [1, 2, 1]


def test_words_are_read_back_from_the_text_that_says_them() -> None:
    said = words(title="Una", requirements="DNI")
    text = publish(ProcedureText, procedure(), said, by=None, now=timezone.now())
    assert text is not None
    assert words_of(text, like=said) == said
