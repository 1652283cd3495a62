import re

import pytest
import time_machine
from django.test import Client

from tests.accounts.identity import MAIL, customer, last_mail, mailed_code, sent_mails
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db

NEW = "otra frase bien larga"


def test_recovery_by_code_ends_logged_in_and_tells(client: Client) -> None:
    user = customer()
    assert client.post("/recuperar-contrasena/", {"email": MAIL.upper()})["Location"] == "/recuperar-contrasena/codigo/"
    assert last_mail().subject == f"Tu código para recuperar la contraseña: {mailed_code()}"
    answer = client.post("/recuperar-contrasena/codigo/", {"code": mailed_code()})
    assert answer["Location"] == "/recuperar-contrasena/nueva/"
    answer = client.post("/recuperar-contrasena/nueva/", {"password1": NEW})
    assert answer["Location"] == "/"
    assert client.session["_auth_user_id"] == str(user.pk)
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert last_mail().subject == "Recuperaste tu contraseña"


def test_unregistered_mail_sees_the_same_screens(client: Client) -> None:
    customer()
    pages = []
    for email in (MAIL, "nadie@correo.example"):
        browser = Client()
        answer = browser.post("/recuperar-contrasena/", {"email": email})
        assert answer["Location"] == "/recuperar-contrasena/codigo/"
        answers = [
            browser.get("/recuperar-contrasena/codigo/"),
            browser.post("/recuperar-contrasena/codigo/", {"code": "0000-0000"}),
        ]
        pages.append([re.sub(r'value="\w{64}"', "", answer.content.decode().replace(email, "")) for answer in answers])
    assert pages[0] == pages[1]
    assert last_mail("nadie@correo.example").subject == "No hay un usuario con este mail"


def test_weak_password_is_told(client: Client) -> None:
    user = customer()
    client.post("/recuperar-contrasena/", {"email": MAIL})
    client.post("/recuperar-contrasena/codigo/", {"code": mailed_code()})
    answer = client.post("/recuperar-contrasena/nueva/", {"password1": "corta"})
    assert answer.context["form"].errors == {"password1": ["Escribiste 5 caracteres. Usá 10 o más."]}
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_five_wrong_codes_end_it(client: Client) -> None:
    customer()
    client.post("/recuperar-contrasena/", {"email": MAIL})
    code = mailed_code()
    answers = [client.post("/recuperar-contrasena/codigo/", {"code": "0000-0000"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 302]
    assert client.post("/recuperar-contrasena/codigo/", {"code": code})["Location"] == "/ingresar/"


def test_code_expires(client: Client, at_noon: time_machine.Traveller) -> None:
    customer()
    client.post("/recuperar-contrasena/", {"email": MAIL})
    code = mailed_code()
    at_noon.shift(15 * 60 + 1)
    assert client.post("/recuperar-contrasena/codigo/", {"code": code})["Location"] == "/ingresar/"


def test_new_password_needs_the_code_first(client: Client) -> None:
    customer()
    assert client.get("/recuperar-contrasena/nueva/")["Location"] == "/recuperar-contrasena/"
    client.post("/recuperar-contrasena/", {"email": MAIL})
    answer = client.post("/recuperar-contrasena/nueva/", {"password1": NEW})
    assert answer["Location"] == "/recuperar-contrasena/codigo/"


def test_asking_again_and_again_is_stopped_kindly(client: Client) -> None:
    answers = [client.post("/recuperar-contrasena/", {"email": MAIL}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert len(sent_mails()) == 5
