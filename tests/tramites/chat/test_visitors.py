"""A visitor's conversation is the browser's that began it, and stays with whoever logs in there."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings
from time_machine import Traveller

from accounts.models import User
from oficina.shared.ids import public_id
from tests.factories.chat import answered, fresh, open_hours
from tests.tramites.chat.test_pages import ask, page, part
from tramites.chat.mailing import way_back
from tramites.chat.visitors import COOKIE, key_of
from tramites.enums import ConversationState
from tramites.models import Conversation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office_hours(at_noon: Traveller, db: None) -> None:
    open_hours()


def with_cookie(value: str) -> Client:
    client = Client()
    client.cookies[COOKIE] = value
    return client


def log_in(client: Client, user: User) -> None:
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")


def test_cookie_is_of_this_browser_and_of_these_pages_only(anonymous: Client) -> None:
    conversation = ask(anonymous)
    cookie = anonymous.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/asistente/")
    secret = signing.loads(cookie.value, salt="visitor of the assistant")
    assert conversation.visitor_key == key_of(secret)
    assert secret not in conversation.visitor_key
    assert anonymous.get(page(conversation)).status_code == 200


def test_cookie_is_sent_encrypted_only_where_sessions_are(anonymous: Client, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    anonymous.get("/asistente/")
    assert anonymous.cookies[COOKIE]["secure"]


def test_no_other_browser_opens_it(anonymous: Client) -> None:
    conversation = ask(anonymous)
    good = anonymous.cookies[COOKIE].value
    other = Client()
    ask(other)
    forged = [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        conversation.visitor_key,
        signing.dumps("x"),
        "",
        "x" * 5000,
    ]
    for client in (Client(), other, *map(with_cookie, forged)):
        assert client.get(page(conversation)).status_code == 404
        assert client.post(page(conversation), {"body": "x", "key": public_id()}).status_code == 404
    assert with_cookie(good).get(page(conversation)).status_code == 200


def test_secret_changes_once_a_day_and_the_old_one_opens_nothing(anonymous: Client, at_noon: Traveller) -> None:
    conversation = ask(anonymous)
    first = anonymous.cookies[COOKIE].value
    at_noon.shift(timedelta(hours=23))
    anonymous.get(page(conversation))
    assert anonymous.cookies[COOKIE].value == first

    at_noon.shift(timedelta(hours=2))
    assert anonymous.get(page(conversation)).status_code == 200

    assert anonymous.cookies[COOKIE].value != first
    assert anonymous.get(page(conversation)).status_code == 200
    assert with_cookie(first).get(page(conversation)).status_code == 404


def test_cookie_is_good_for_two_months(anonymous: Client, at_noon: Traveller) -> None:
    conversation = ask(anonymous)
    at_noon.shift(timedelta(days=61))
    assert anonymous.get(page(conversation)).status_code == 404


def test_whoever_logs_in_keeps_it(anonymous: Client, owner: User, as_stranger: Client) -> None:
    conversation = ask(anonymous)
    anonymous.post(part(conversation, "ask_for_a_person"), {"email": "ana@otro.example"})
    log_in(anonymous, owner)
    assert "Guardar en mi usuario" in anonymous.get(page(conversation)).content.decode()

    anonymous.post(part(conversation, "keep_in_user"))

    found = fresh(conversation)
    assert (found.user, found.visitor_key, found.visitor_email) == (owner, "", "")
    elsewhere = Client()
    log_in(elsewhere, owner)
    assert elsewhere.get(page(conversation)).status_code == 200
    anonymous.logout()
    assert anonymous.get(page(conversation)).status_code == 404
    assert as_stranger.get(page(conversation)).status_code == 404


def test_writing_after_logging_in_keeps_it_too(anonymous: Client, owner: User) -> None:
    conversation = ask(anonymous)
    log_in(anonymous, owner)
    anonymous.post(page(conversation), {"body": "Soy Ana", "key": public_id()})
    assert fresh(conversation).user == owner
    assert conversation.messages.get(body="Soy Ana").written_by == owner


def test_nobody_takes_it_without_the_cookie(anonymous: Client, as_owner: Client, owner: User) -> None:
    conversation = ask(anonymous)
    assert as_owner.post(part(conversation, "keep_in_user")).status_code == 404
    asked = anonymous.post(part(conversation, "keep_in_user"))
    assert (asked.status_code, asked["Location"].split("?")[0]) == (302, "/ingresar/")
    assert fresh(conversation).user is None


def test_mail_is_optional_and_can_be_changed(anonymous: Client) -> None:
    conversation = ask(anonymous)
    wrong = anonymous.post(part(conversation, "ask_for_a_person"), {"email": "vecina@"}).content.decode()
    assert 'value="vecina@"' in wrong
    assert "Revisá el mail" in wrong
    assert fresh(conversation).state == ConversationState.ASSISTED

    anonymous.post(part(conversation, "ask_for_a_person"), {"email": ""})
    assert (fresh(conversation).state, fresh(conversation).visitor_email) == (ConversationState.WAITING, "")
    for email in ("vecina@correo.example", ""):
        anonymous.post(part(conversation, "conversation_mail"), {"email": email})
        assert fresh(conversation).visitor_email == email
    assert "lo borramos a los 90 días" in anonymous.get(page(conversation)).content.decode()


def test_who_ends_it_leaves_nothing_in_the_browser(anonymous: Client) -> None:
    conversation = ask(anonymous)
    anonymous.post(part(conversation, "end_own_conversation"))
    assert anonymous.cookies[COOKIE].value == ""
    assert anonymous.get(page(conversation)).status_code == 404
    assert "anteriores" not in anonymous.get("/asistente/").content.decode()


def test_mail_leads_another_browser_to_it(staff: User, at_noon: Traveller) -> None:
    conversation = answered(by=staff, email="vecina@correo.example")
    address = way_back(conversation).removeprefix("http://testserver")
    telephone = Client()

    asked = telephone.get(address)
    assert "Ver la respuesta" in asked.content.decode()
    assert telephone.get(page(conversation)).status_code == 404  # opening the link is nothing yet: scanners do
    answer = telephone.post(address)

    assert (answer.status_code, answer["Location"]) == (HTTPStatus.SEE_OTHER, f"{page(conversation)}#conversacion")
    assert "Mañana a las 8." in telephone.get(page(conversation)).content.decode()
    assert Conversation.objects.get().visitor_key == conversation.visitor_key  # the first browser stays

    for bad in (f"{address[:-2]}x/", reverse("return_to_conversation", args=[signing.dumps(["x"])])):
        assert Client().get(bad).status_code == 404
    Conversation.objects.update(visitor_email="otra@correo.example")
    assert Client().get(address).status_code == 404
    Conversation.objects.update(visitor_email="vecina@correo.example")
    at_noon.shift(timedelta(days=31))
    assert Client().get(address).status_code == 404
