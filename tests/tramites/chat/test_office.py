"""The office's inbox: who may do what, and what each button does."""

import re
from datetime import time, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from time_machine import Traveller

from accounts.closing import close_user
from accounts.models import ServiceAccount, User
from oficina.shared.ids import public_id
from tests.factories.accounts import UserFactory
from tests.factories.chat import answered, assisted, fresh, open_hours, talker, waiting, words
from tests.staff.conftest import logged_in, may
from tests.tramites.chat.test_pages import page, picture
from tramites.chat.conversing import write_message
from tramites.enums import ConversationEnd, ConversationState, Weekday
from tramites.models import AwayMessage, CannedAnswer, Conversation, Message, OpeningHours

pytestmark = pytest.mark.django_db

INBOX = "/admin/tramites/conversation/"
BUTTONS = ("answer", "take", "assign", "account", "close", "reopen")


@pytest.fixture(autouse=True)
def _office_hours(at_noon: Traveller, db: None) -> None:
    open_hours()


@pytest.fixture
def as_attendant(staff: User) -> Client:
    """Olga, who answers."""
    return may(staff, "view_conversation", "answer_conversation")


@pytest.fixture
def administrator(db: None) -> User:
    """Nora, who may do everything in the office."""
    return User.objects.create_superuser("nora@aguas.example", first_name="Nora", last_name="Videla")


def record(conversation: Conversation) -> str:
    return f"{INBOX}{conversation.pk}/change/"


def button(conversation: Conversation, name: str) -> str:
    return reverse(f"admin:tramites_conversation_{name}", args=[conversation.pk])


def press(client: Client, conversation: Conversation, name: str, **fields: object) -> str:
    answer = client.post(button(conversation, name), fields, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_whoever_waits_longest_is_first(as_attendant: Client, owner: User, staff: User, at_noon: Traveller) -> None:
    done = answered(owner, by=staff)
    first = waiting(owner, body="Primera")
    at_noon.shift(timedelta(minutes=5))
    second = waiting(body="Segunda")
    write_message(first, talker(owner), words("¿Hola?"), now=timezone.now())  # does not lose its place
    html = as_attendant.get(INBOX).content.decode()
    order = re.findall(rf'href="{INBOX}(\d+)/change/', html)
    assert list(dict.fromkeys(order)) == [str(each.pk) for each in (first, second, done)]
    assert "● Primera" in html
    as_attendant.get(record(first))
    assert "● Primera" not in as_attendant.get(INBOX).content.decode()
    assert "Primera" not in as_attendant.get(f"{INBOX}?state__exact=answered").content.decode()


def test_who_only_looks_may_do_nothing(staff: User, owner: User, anonymous: Client, as_owner: Client) -> None:
    conversation = waiting(owner)
    looking = may(staff, "view_conversation")
    html = looking.get(record(conversation)).content.decode()
    assert "¿Cuándo vuelve el agua?" in html
    assert "Enviar respuesta" not in html
    for name in BUTTONS:
        assert looking.post(button(conversation, name)).status_code == 403
        assert logged_in(UserFactory.create(is_staff=True)).post(button(conversation, name)).status_code == 403
        assert as_owner.post(button(conversation, name)).status_code == 404
        assert anonymous.post(button(conversation, name)).status_code == 302
    assert as_owner.get(button(conversation, "news")).status_code == 404
    assert fresh(conversation).said == 3


def test_changes_are_posts(as_attendant: Client, owner: User) -> None:
    conversation = waiting(owner)
    assert [as_attendant.get(button(conversation, name)).status_code for name in BUTTONS] == [405] * len(BUTTONS)
    assert as_attendant.post(record(conversation)).status_code == 405
    assert as_attendant.get(f"{INBOX}999999/change/").status_code == 404


def test_answer_reaches_the_customer_and_whoever_answers_attends_to_it(
    as_attendant: Client, as_owner: Client, owner: User, staff: User
) -> None:
    conversation, key = waiting(owner), public_id()
    for _ in range(2):
        html = press(as_attendant, conversation, "answer", body="A las 20.", key=key, attachment=picture("corte.png"))
    found = fresh(conversation)
    assert (found.state, found.assigned_to, found.said) == (ConversationState.ANSWERED, staff, 4)
    assert "El cliente todavía no leyó la última respuesta." in html

    shown = as_owner.get(page(conversation)).content.decode()
    assert "A las 20." in shown
    assert "corte.png" in shown
    file = Message.objects.get(body="A las 20.").attachment
    assert file is not None
    address = reverse("conversation_file", args=[conversation.public_id, file.public_id])
    assert [client.get(address).status_code for client in (as_owner, as_attendant)] == [200, 200]
    assert may(UserFactory.create(is_staff=True), "answer_conversation").get(address).status_code == 404
    assert "El cliente leyó la última respuesta." in as_attendant.get(record(conversation)).content.decode()


def test_prepared_answer_goes_into_the_form_to_be_changed(as_attendant: Client, owner: User) -> None:
    conversation = waiting(owner)
    evil = "</textarea><script>alert(1)</script> El corte termina a las 16."
    canned = CannedAnswer.objects.create(title="Corte", body=evil)
    fields = {"body": "Hola:", "key": public_id(), "canned": canned.pk, "insertar": "1"}
    html = as_attendant.post(button(conversation, "answer"), {**fields, "attachment": picture()}).content.decode()
    assert "Hola:\n&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt; El corte termina a las 16.</textarea>" in html
    assert "Ya tenemos «medidor.png»" in html
    assert fresh(conversation).said == 3
    assert "Respuesta" in press(as_attendant, conversation, "answer", insertar="1", canned="999", body="x")


def test_refused_answers_say_why_and_lose_nothing(as_attendant: Client, owner: User, at_noon: Traveller) -> None:
    alone = assisted(owner)
    html = press(as_attendant, alone, "answer", body="Hola", key=public_id())
    assert "no pidió una persona" in html
    conversation = waiting(owner)
    assert "Escribí tu mensaje." in press(as_attendant, conversation, "answer", body="", key=public_id())
    close_user(owner)
    html = press(as_attendant, conversation, "answer", body="Hola Ana", key=public_id())
    assert "cerró su usuario" in html
    assert "Hola Ana</textarea>" in html
    assert "cerró su usuario" in press(as_attendant, conversation, "reopen")
    assert fresh(conversation).end == ConversationEnd.USER_CLOSED


def test_taking_and_giving(as_attendant: Client, owner: User, staff: User, administrator: User) -> None:
    conversation = waiting(owner)
    press(as_attendant, conversation, "take")
    assert fresh(conversation).assigned_to == staff
    as_nora = logged_in(administrator)
    assert "Ya la atiende Olga Ríos" in press(as_nora, conversation, "take")
    assert "no cambió nada" in press(as_nora, conversation, "assign", atiende=administrator.pk, atendia="")
    assert fresh(conversation).assigned_to == staff
    press(as_nora, conversation, "assign", atiende=administrator.pk, atendia=staff.pk)
    assert fresh(conversation).assigned_to == administrator
    for nobody in (owner.pk, "999999", "x"):
        assert "no puede atender" in press(as_nora, conversation, "assign", atiende=nobody, atendia=administrator.pk)
    press(as_nora, conversation, "assign", atiende="", atendia=administrator.pk)
    assert fresh(conversation).assigned_to is None
    assert LogEntry.objects.filter(object_id=str(conversation.pk)).count() == 3
    mine = as_nora.get(f"{INBOX}?atiende=mias").content.decode()
    assert record(conversation) not in mine
    assert record(conversation) in as_nora.get(f"{INBOX}?atiende=nadie").content.decode()


def test_account_is_found_by_its_number(as_attendant: Client, owner: User, account: ServiceAccount) -> None:
    conversation = waiting(owner)
    press(as_attendant, conversation, "account", cuenta=account.number)
    assert fresh(conversation).account == account
    html = press(as_attendant, conversation, "account", cuenta="<b>9</b>")
    assert "No hay una cuenta con el número &lt;b&gt;9&lt;/b&gt;." in html
    assert fresh(conversation).account == account
    assert record(conversation) in as_attendant.get(f"{INBOX}?q={account.number}").content.decode()
    press(as_attendant, conversation, "account", cuenta="")
    assert fresh(conversation).account is None


def test_closing_waits_for_what_was_not_read(as_attendant: Client, owner: User) -> None:
    conversation = waiting(owner)
    write_message(conversation, talker(owner), words("Una cosa más"), now=timezone.now())
    assert "leé su mensaje antes de cerrar" in press(as_attendant, conversation, "close", visto="3")
    assert fresh(conversation).state == ConversationState.WAITING
    press(as_attendant, conversation, "close", visto="4")
    found = fresh(conversation)
    assert (found.state, found.end, found.waiting_since) == (ConversationState.CLOSED, ConversationEnd.OFFICE, None)
    assert "Reabrir" in as_attendant.get(record(conversation)).content.decode()
    press(as_attendant, conversation, "reopen")
    assert fresh(conversation).state == ConversationState.WAITING


def test_page_looks_for_new_messages(
    as_attendant: Client, owner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    conversation = waiting(owner, body='<img src=x onerror="alert(1)">')
    html = as_attendant.get(record(conversation)).content.decode()
    assert "<img src=x" not in html
    news = button(conversation, "news")
    with django_assert_max_num_queries(8):
        assert as_attendant.get(f"{news}?desde=3").status_code == 204
    write_message(conversation, talker(owner), words("¿Hola?"), now=timezone.now())
    assert "¿Hola?" in as_attendant.get(f"{news}?desde=3").content.decode()
    assert fresh(conversation).read_by_office == 4


def test_texts_of_the_chat_are_the_offices(administrator: User) -> None:
    as_nora = logged_in(administrator)
    as_nora.post("/admin/tramites/awaymessage/add/", {"text": "<script>alert(1)</script> Volvemos."})
    assert AwayMessage.objects.get().written_by == administrator
    OpeningHours.objects.all().delete()
    wrong = {"weekday": Weekday.MONDAY, "opens": "16:00", "closes": "08:00"}
    assert "más tarde" in as_nora.post("/admin/tramites/openinghours/add/", wrong).content.decode()
    as_nora.post("/admin/tramites/openinghours/add/", {**wrong, "closes": "20:00"})
    hours = OpeningHours.objects.get()
    assert (hours.opens, hours.closes) == (time(16), time(20))
    as_nora.post(f"/admin/tramites/openinghours/{hours.pk}/delete/", {"post": "yes"})
    assert not OpeningHours.objects.exists()
    as_nora.post("/admin/tramites/cannedanswer/add/", {"title": "Corte", "body": "A las 16.", "position": "1"})
    canned = CannedAnswer.objects.get()
    as_nora.post(f"/admin/tramites/cannedanswer/{canned.pk}/delete/", {"post": "yes"})
    assert not CannedAnswer.objects.exists()
