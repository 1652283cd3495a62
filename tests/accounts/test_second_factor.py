import base64
import re
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from cryptography.fernet import InvalidToken
from django.test import Client
from pytest_django import Settings

from accounts.enums import TermsPurpose
from accounts.models import User
from accounts.second_factor_secrets import decrypt
from accounts.terms import accept_terms
from tests.accounts.identity import FIREFOX, customer, last_mail, log_in, prove_again, sent_mails
from tests.conftest import NOON
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def lucia(client: Client, at_noon: time_machine.Traveller) -> User:
    """Lucía, logged in through the page, who just proved again who she is."""
    user = customer()
    accept_terms(user, TermsPurpose.REGISTRATION, None)
    log_in(client, user)
    prove_again(client)
    return user


def totp(secret: str) -> str:
    """What the telephone shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def activate(client: Client) -> str:
    page = client.get("/mis-datos/segundo-factor/activar/")
    secret: str = page.context["form"].secret
    answer = client.post("/mis-datos/segundo-factor/activar/", {"code": totp(secret)})
    assert answer["Location"] == "/mis-datos/segundo-factor/codigos/"
    return secret


def test_activating_asks_for_the_password_and_shows_a_readable_qr_code(client: Client) -> None:
    user = customer()
    accept_terms(user, TermsPurpose.REGISTRATION, None)
    log_in(client, user)
    asked = client.get("/mis-datos/segundo-factor/activar/")
    assert asked["Location"] == "/confirmar-acceso/?next=%2Fmis-datos%2Fsegundo-factor%2Factivar%2F"
    prove_again(client)
    answer = client.get("/mis-datos/segundo-factor/activar/")
    found = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', answer.content.decode())
    assert found
    assert base64.b64decode(found.group(1)).decode().startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ')
    secret = answer.context["form"].secret
    assert f"{secret[:4]} {secret[4:8]}" in answer.content.decode()
    assert answer.context["totp_url"].startswith("otpauth://totp/lucia.ferreyra%40correo.example?secret=")
    assert "issuer=Aguas%20del%20Piedemonte" in answer.context["totp_url"]


def test_wrong_first_code_activates_nothing(client: Client, lucia: User) -> None:
    client.get("/mis-datos/segundo-factor/activar/")
    answer = client.post("/mis-datos/segundo-factor/activar/", {"code": "abc"})
    assert answer.context["form"].errors == {
        "code": ["Ese código no es. Fijate que la hora de tu teléfono esté bien y probá con el que sigue."]
    }
    assert not Authenticator.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_login_asks_for_the_code_of_the_telephone(client: Client, lucia: User, at_noon: time_machine.Traveller) -> None:
    secret = activate(client)
    assert last_mail().subject == "Activaste el segundo factor"
    at_noon.shift(60)

    browser = Client()
    answer = browser.post("/ingresar/", {"login": lucia.email, "password": PASSWORD, "next": "/mis-datos/"})
    assert answer["Location"] == "/ingresar/segundo-factor/"
    assert browser.get("/mis-datos/").status_code == 302
    wrong = browser.post("/ingresar/segundo-factor/", {"code": "000000"})
    assert wrong.status_code == 200
    answer = browser.post("/ingresar/segundo-factor/", {"code": totp(secret)})
    assert answer["Location"] == "/mis-datos/"
    assert browser.get("/mis-datos/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_recovery_code_logs_in_once(client: Client, lucia: User) -> None:
    activate(client)
    codes = client.get("/mis-datos/segundo-factor/codigos/").context["unused_codes"]
    assert len(codes) == 10
    download = client.get("/mis-datos/segundo-factor/codigos/descargar/")
    assert download["Content-Disposition"] == 'attachment; filename="codigos-de-recuperacion.txt"'
    assert codes[0] in download.content.decode()

    for expected in (302, 200):
        browser = Client()
        browser.post("/ingresar/", {"login": lucia.email, "password": PASSWORD})
        assert browser.post("/ingresar/segundo-factor/", {"code": codes[0]}).status_code == expected

    answer = client.post("/mis-datos/segundo-factor/codigos/nuevos/")
    assert answer["Location"] == "/mis-datos/segundo-factor/codigos/"
    assert codes[1] not in client.get("/mis-datos/segundo-factor/codigos/").context["unused_codes"]
    assert last_mail().subject == "Generaste códigos de recuperación nuevos"


@pytest.mark.django_db(transaction=True)
def test_deactivating_is_told_and_ends_the_codes(client: Client, lucia: User) -> None:
    activate(client)
    assert "¿Desactivar el segundo factor?" in client.get("/mis-datos/segundo-factor/desactivar/").content.decode()
    assert client.post("/mis-datos/segundo-factor/desactivar/")["Location"] == "/mis-datos/segundo-factor/"
    assert not Authenticator.objects.exists()
    assert last_mail().subject == "Desactivaste el segundo factor"
    assert client.get("/mis-datos/segundo-factor/codigos/").status_code == 404


def test_sessions_are_listed_in_plain_words_and_the_others_can_be_closed(client: Client, lucia: User) -> None:
    elsewhere = Client()
    log_in(elsewhere, lucia)
    page = client.get("/mis-datos/sesiones/", headers={"user-agent": FIREFOX}).content.decode()
    assert page.count("Firefox en Linux") == 2
    assert "Mozilla" not in page
    assert page.count("127.0.0.1") == 2

    answer = client.post("/mis-datos/sesiones/", follow=True)
    assert "Cerramos las otras sesiones." in answer.content.decode()
    assert UserSession.objects.filter(user=lucia).count() == 1
    assert elsewhere.get("/mis-datos/")["Location"] == "/ingresar/?next=/mis-datos/"
    assert client.get("/mis-datos/").status_code == 200
    assert [message.subject for message in sent_mails()] == ["Ingresaste desde un dispositivo nuevo"]


def test_sessions_of_others_are_not_listed(client: Client, lucia: User) -> None:
    ana = customer("ana@correo.example")
    log_in(Client(REMOTE_ADDR="10.9.8.7"), ana)
    assert "10.9.8.7" not in client.get("/mis-datos/sesiones/").content.decode()


def test_session_was_last_seen_within_five_minutes(
    client: Client, lucia: User, at_noon: time_machine.Traveller
) -> None:
    seen = []
    for seconds in (299, 2):
        at_noon.shift(seconds)
        client.get("/mis-datos/")
        seen.append(UserSession.objects.get(user=lucia).last_seen_at - NOON)
    assert seen == [timedelta(0), timedelta(seconds=301)]


def test_secret_is_stored_encrypted_and_survives_a_new_key(client: Client, lucia: User, settings: Settings) -> None:
    secret = activate(client)
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" * 8
    assert decrypt(stored) == secret
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(InvalidToken):
        decrypt(stored)
