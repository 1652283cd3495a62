"""Ayuda: what it shows, to whom, from when on, and the way there from each screen."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountLink, User
from tests.answers import text_of
from tests.factories.guidance import help_topic
from tests.live.screens.names import CUSTOMERS, OWN_DATA, SECOND_FACTOR, STRANGERS_TO_IT
from tests.look.pages import links_of
from tests.staff.conftest import may
from tests.tramites.dangers import ATTACKS, Dangers
from tramites.enums import HelpSection
from tramites.help.first_help import publish_first_help
from tramites.help.publishing import publish_help
from tramites.help.screens import SCREENS, screen_of
from tramites.models import HelpText, HelpTopic
from tramites.publishing import Words

pytestmark = pytest.mark.django_db

WITHOUT_HELP = {"accept_terms", "account_logout", "account_reauthenticate", "account_email_verification_sent",
    "mfa_reauthenticate"}  # fmt: skip
"""They ask one thing and say why."""


@pytest.mark.parametrize("path", ["/ayuda/", "/ayuda/como-pago/", "/ayuda/?q=pago"])
def test_anyone_may_read_it(anonymous: Client, as_owner: Client, link: AccountLink, path: str) -> None:
    help_topic(slug="como-pago", body="Con **tarjeta**.")
    for client in (anonymous, as_owner):
        page = text_of(client.get(path))
        assert "Con <strong>tarjeta</strong>." in page
        assert Dangers(page).found == []
        assert client.post(path).status_code == 405
        assert client.get(path, headers={"HX-Request": "true"}).status_code == 200
    assert 'aria-label="Menú principal"' in text_of(as_owner.get(path))
    assert 'aria-label="Menú principal"' not in text_of(anonymous.get(path))


def test_what_is_not_there_is_not_found(anonymous: Client) -> None:
    assert anonymous.get("/ayuda/nada/").status_code == 404
    assert anonymous.get("/ayuda/pantalla/nada/").status_code == 404
    assert "No encontramos un tema sobre eso" in text_of(anonymous.get("/ayuda/?q=xyzzy"))
    assert anonymous.get("/ayuda/", {"q": "\x00" + "x" * 5000}).status_code == 200


def test_a_text_holds_from_its_day_on_and_the_old_one_stays_as_history(anonymous: Client, owner: User) -> None:
    now = timezone.now()
    topic = help_topic(slug="como-pago", title="Cómo pago")
    later = Words(title="Cómo pago ahora", body="Por acá.")
    assert publish_help(topic, later, by=owner, now=now, from_=now + timedelta(days=2)) is not None
    assert "Cómo pago ahora" not in text_of(anonymous.get("/ayuda/"))
    with time_machine.travel(now + timedelta(days=3), tick=False):
        assert "Cómo pago ahora" in text_of(anonymous.get("/ayuda/como-pago/"))
        withdrawn = Words(title="x", body="x", shown=False)
        publish_help(topic, withdrawn, by=owner, now=timezone.now())
        assert anonymous.get("/ayuda/como-pago/").status_code == 404
        assert publish_help(topic, withdrawn, by=owner, now=timezone.now()) is None  # it says that already
    assert list(topic.texts.order_by("number").values_list("number", "title", "written_by")) == [
        (1, "Cómo pago", None),
        (2, "Cómo pago ahora", owner.pk),
        (3, "x", owner.pk),
    ]


def test_first_help_never_touches_a_known_topic(owner: User) -> None:
    known = help_topic(slug="ingresar", title="A nuestro modo")
    assert len(publish_first_help(now=timezone.now())) == HelpTopic.objects.count() - 1
    assert publish_first_help(now=timezone.now()) == []
    assert [text.title for text in known.texts.all()] == ["A nuestro modo"]


def test_first_help_is_whole_and_its_links_lead_somewhere(as_owner: Client, link: AccountLink) -> None:
    publish_first_help(now=timezone.now())
    page = text_of(as_owner.get("/ayuda/"))
    for label in HelpSection.labels:
        assert label in page
    for address in {address for address in links_of(page) if not address.startswith("/cuenta/")}:
        assert as_owner.get(address, follow=True).status_code == 200, address
    known = {screen.name for screen in SCREENS}
    explained = {name for screens in HelpTopic.objects.values_list("screens", flat=True) for name in screens}
    assert explained == known


def test_every_screen_has_its_help_and_pays_no_query_for_it(as_owner: Client, link: AccountLink) -> None:
    names = CUSTOMERS | OWN_DATA | SECOND_FACTOR | STRANGERS_TO_IT
    assert {name for name in names if screen_of(name) is None} == WITHOUT_HELP
    for screen in SCREENS:
        assert not screen.opens or reverse(screen.opens)

    with CaptureQueriesContext(connection) as told:
        page = text_of(as_owner.get("/mis-cuentas/"))
    assert 'href="/ayuda/pantalla/my-accounts/"' in page
    assert [query["sql"] for query in told if "tramites_" in query["sql"]] == []
    assert as_owner.get("/ayuda/pantalla/my-accounts/").headers["Location"] == "/ayuda/"
    help_topic(slug="mis-cuentas", screens=("my_accounts",))
    assert as_owner.get("/ayuda/pantalla/my-accounts/").headers["Location"] == "/ayuda/mis-cuentas/"
    assert "/ayuda/pantalla/" not in text_of(as_owner.get("/ayuda/"))


def test_pages_ask_the_same_of_the_database_whatever_the_number_of_topics(anonymous: Client) -> None:
    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            anonymous.get(path)
        return len(queries)

    help_topic()
    one = [asked("/ayuda/"), asked("/ayuda/?q=pago")]
    for _ in range(4):
        help_topic()
    assert [asked("/ayuda/"), asked("/ayuda/?q=pago")] == one == [1, 2]


def test_the_office_writes_looks_and_publishes(staff: User) -> None:
    client = may(staff, "view_helptopic", "add_helptopic", "change_helptopic")
    typed = {
        "slug": "como-pago", "section": "paying", "position": "1", "title": "Cómo pago", "body": "Con *tarjeta*.",
        "asked_as": "abonar", "screens": ["pay"], "shown": "on", "published_at_0": "", "published_at_1": "",
        "texts-TOTAL_FORMS": "0", "texts-INITIAL_FORMS": "0",
    }  # fmt: skip
    looked = client.post("/admin/tramites/helptopic/add/", {**typed, "_preview": "1"})
    assert "Con <em>tarjeta</em>." in text_of(looked)
    assert not HelpTopic.objects.exists()

    assert client.post("/admin/tramites/helptopic/add/", typed).status_code == 302
    topic = HelpTopic.objects.get()
    assert topic.screens == ["pay"]
    path = f"/admin/tramites/helptopic/{topic.pk}/change/"
    assert "Con *tarjeta*." in text_of(client.get(path))
    assert client.post(path, {**typed, "title": "Cómo se paga"}).status_code == 302
    past = {**typed, "published_at_0": "01/01/2020", "published_at_1": "10:00:00"}
    assert "Elegí un momento que todavía no pasó" in text_of(client.post(path, past))
    assert list(HelpText.objects.order_by("number").values_list("title", "written_by")) == [
        ("Cómo pago", staff.pk),
        ("Cómo se paga", staff.pk),
    ]
    assert may(staff, "view_helptopic").post(path, {**typed, "_preview": "1"}).status_code == 403


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_typed_is_harmless_wherever_it_is_shown(staff: User, attack: str) -> None:
    topic = help_topic(slug="x", title=f"Pago {attack}", body=f"Pago {attack}\n\n- {attack}", asked_as=attack)
    client = may(staff, "view_helptopic", "change_helptopic")
    change = f"/admin/tramites/helptopic/{topic.pk}/change/"
    typed = {"title": attack, "body": attack, "section": attack, "_preview": "1"}
    for answer in (
        Client().get("/ayuda/"), Client().get("/ayuda/x/"), Client().get("/ayuda/", {"q": f"pago {attack}"}),
        client.post(change, typed),
    ):  # fmt: skip
        assert Dangers(text_of(answer)).found == []
    office = text_of(client.get(change))
    assert "<script>alert(1)" not in office
    assert "<img src=x" not in office
    assert "<svg onload" not in office
