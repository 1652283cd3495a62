"""A login from a browser that a person never used is told to them, once."""

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import DatabaseError, connection
from django.test import Client

from accounts.known_devices import COOKIE, MOST_PEOPLE, ONE_YEAR
from accounts.models import User
from oficina.shared.models import OutgoingMail
from tests.accounts.identity import FIREFOX, MAIL, customer, log_in, mailed_code, registration, sent_mails
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

SUBJECT = "Ingresaste desde un dispositivo nuevo"


@pytest.fixture
def lucia(client: Client, at_noon: time_machine.Traveller) -> User:
    """Lucía, who has logged in from the browser `client` and from no other."""
    user = customer()
    log_in(client, user)
    return user


def notices() -> list[EmailMessage]:
    return [message for message in sent_mails() if message.subject == SUBJECT]


def test_another_browser_is_told_with_when_and_what(lucia: User) -> None:
    log_in(Client(REMOTE_ADDR="190.15.0.7"), lucia)

    [told] = notices()
    assert told.to == [MAIL]
    body = str(told.body)
    assert "Cuándo: 24/11/2026 a las 12:00" in body
    assert "Desde: Firefox en Linux (dirección IP 190.15.0.7)" in body
    assert "Si fuiste vos, no hagas nada." in body
    assert "http://testserver/recuperar-contrasena/" in body
    html = str(told.alternatives[0][0])  # type: ignore[attr-defined]  # every mail of the portal has both
    assert "Firefox en Linux" in html
    assert "190.15.0.7" in html


def test_neither_the_first_login_nor_a_known_browser_is_told(client: Client, lucia: User) -> None:
    assert notices() == []
    client.post("/salir/")
    log_in(client, lucia)
    assert notices() == []


def test_registering_tells_nothing_and_makes_the_browser_known(client: Client) -> None:
    client.post("/registrate/", registration())
    client.post("/registrate/codigo/", {"code": mailed_code()})
    client.post("/salir/")
    log_in(client, User.objects.get(email=MAIL), "agua-de-montaña")

    assert notices() == []


def test_a_browser_is_told_once(lucia: User) -> None:
    other = Client()
    log_in(other, lucia)
    other.post("/salir/")
    log_in(other, lucia)

    assert len(notices()) == 1


def test_a_wrong_password_tells_nothing(lucia: User) -> None:
    Client().post("/ingresar/", {"login": lucia.email, "password": "otra-contraseña"})

    assert notices() == []


def test_recovering_the_password_elsewhere_is_told_by_its_own_mail(lucia: User) -> None:
    other = Client()
    other.post("/recuperar-contrasena/", {"email": MAIL})
    other.post("/recuperar-contrasena/codigo/", {"code": mailed_code()})
    other.post("/recuperar-contrasena/nueva/", {"password1": "otra frase bien larga"})
    assert other.session["_auth_user_id"] == str(lucia.pk)
    assert [message.subject for message in sent_mails()][1:] == ["Recuperaste tu contraseña"]

    other.post("/salir/")
    log_in(other, lucia, "otra frase bien larga")
    assert notices() == [], "it is known since the recovery"


def test_two_people_of_one_browser_are_told_apart(client: Client, lucia: User) -> None:
    tomas = customer("tomas@correo.example")
    log_in(Client(), tomas)
    client.post("/salir/")
    log_in(client, tomas)
    client.post("/salir/")
    log_in(client, lucia)
    client.post("/salir/")
    log_in(client, tomas)

    assert [message.to for message in notices()] == [["tomas@correo.example"]]


def test_a_browser_of_many_keeps_those_who_came_last(client: Client, lucia: User) -> None:
    for number in range(MOST_PEOPLE):
        client.post("/salir/")
        log_in(client, customer(f"persona{number}@correo.example"))

    assert lucia.public_id not in client.cookies[COOKIE].value
    assert client.cookies[COOKIE].value.split(":")[0].count(".") == MOST_PEOPLE - 1


def test_the_cookie_is_for_the_server_only_and_lasts_a_year(client: Client, lucia: User) -> None:
    kept = client.cookies[COOKIE]
    assert kept.value.split(":")[0] == lucia.public_id
    assert (kept["httponly"], kept["samesite"], kept["max-age"], kept["path"]) == (True, "Lax", ONE_YEAR, "/")
    assert not kept["secure"]
    safe = Client()
    safe.post("/ingresar/", {"login": lucia.email, "password": PASSWORD}, secure=True)
    assert safe.cookies[COOKIE]["secure"]


@pytest.mark.parametrize("kept", ["{id}", "{id}:1wABCD:firma", "", "::", "ñ"])
def test_a_forged_cookie_is_an_unknown_browser(lucia: User, kept: str) -> None:
    other = Client()
    other.cookies[COOKIE] = kept.format(id=lucia.public_id)
    log_in(other, lucia)

    assert len(notices()) == 1


def test_a_browser_is_forgotten_after_a_year(client: Client, lucia: User, at_noon: time_machine.Traveller) -> None:
    client.post("/salir/")
    at_noon.shift(ONE_YEAR + 1)
    log_in(client, lucia)

    assert len(notices()) == 1


def test_the_office_is_told_too(client: Client) -> None:
    olga = customer("olga@aguas.example")
    User.objects.update(is_staff=True)
    log_in(client, olga)
    log_in(Client(), olga)

    assert [message.to for message in notices()] == [["olga@aguas.example"]]


def test_whoever_the_office_registered_is_not_told_of_their_first_login(client: Client) -> None:
    user = UserFactory.create(email="nueva@correo.example", password=PASSWORD)
    client.post("/ingresar/", {"login": user.email, "password": PASSWORD})
    client.post("/confirmar-mail/", {"code": mailed_code("nueva@correo.example")})

    assert client.session["_auth_user_id"] == str(user.pk)
    assert notices() == []


@pytest.mark.django_db(transaction=True)
def test_the_notice_and_the_login_are_one(client: Client, lucia: User) -> None:
    before = User.objects.values_list("last_login", flat=True).get(pk=lucia.pk)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE shared_outgoingmail ADD CONSTRAINT no_mail CHECK (false) NOT VALID")
    other = Client()
    try:
        with pytest.raises(DatabaseError):
            other.post("/ingresar/", {"login": lucia.email, "password": PASSWORD}, headers={"user-agent": FIREFOX})
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE shared_outgoingmail DROP CONSTRAINT no_mail")

    assert User.objects.values_list("last_login", flat=True).get(pk=lucia.pk) == before
    assert not OutgoingMail.objects.filter(subject=SUBJECT).exists()
