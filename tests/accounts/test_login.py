import pytest
import time_machine
from django.test import Client

from accounts.models import User
from tests.accounts.identity import customer, log_in, mailed_code
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

MISMATCH = "El mail o la contraseña no coinciden. Revisalos y probá de nuevo."


def test_login_leads_home_and_logout_asks_for_a_post(client: Client) -> None:
    user = customer()
    answer = client.post("/ingresar/", {"login": user.email.upper(), "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(user.pk)

    assert "¿Cerrar tu sesión?" in client.get("/salir/").content.decode()
    assert "_auth_user_id" in client.session
    assert client.post("/salir/")["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_unknown_mail_and_wrong_password_read_the_same(client: Client) -> None:
    user = customer()
    said = [
        client.post("/ingresar/", {"login": mail, "password": "otra-contraseña"}).context["form"].errors
        for mail in (user.email, "nadie@correo.example")
    ]
    assert said == [{"__all__": [MISMATCH]}] * 2


def test_wrong_password_keeps_the_mail_and_not_the_password(client: Client) -> None:
    page = client.post("/ingresar/", {"login": "ana@correo.example", "password": "otra-contraseña"}).content.decode()
    assert 'value="ana@correo.example"' in page
    assert "otra-contraseña" not in page
    assert page.count(MISMATCH) == 1


def test_empty_fields_are_told_each(client: Client) -> None:
    errors = client.post("/ingresar/", {}).context["form"].errors
    assert errors == {"login": ["Escribí tu mail."], "password": ["Escribí tu contraseña."]}


@pytest.mark.parametrize(
    ("next_url", "lands"),
    [("/mis-datos/", "/mis-datos/"), ("https://otro.example/", "/"), ("//otro.example/", "/"), ("javascript:x", "/")],
)
def test_next_is_followed_only_inside(client: Client, next_url: str, lands: str) -> None:
    user = customer()
    answer = client.post("/ingresar/", {"login": user.email, "password": PASSWORD, "next": next_url})
    assert answer["Location"] == lands


def test_anonymous_is_led_to_login_and_back(client: Client) -> None:
    user = customer()
    asked = client.get("/mis-datos/mail/")
    assert asked["Location"] == "/ingresar/?next=/mis-datos/mail/"
    page = client.get(asked["Location"]).content.decode()
    assert '<input type="hidden" name="next" value="/mis-datos/mail/">' in page
    assert 'href="/registrate/?next=%2Fmis-datos%2Fmail%2F"' in page
    answer = client.post("/ingresar/", {"login": user.email, "password": PASSWORD, "next": "/mis-datos/mail/"})
    assert answer["Location"] == "/mis-datos/mail/"


def test_session_lasts_as_long_as_the_browser_unless_asked(client: Client) -> None:
    user = customer()
    log_in(client, user)
    assert client.session.get_expire_at_browser_close()
    other = Client()
    other.post("/ingresar/", {"login": user.email, "password": PASSWORD, "remember": "on"})
    assert not other.session.get_expire_at_browser_close()
    assert other.session.get_expiry_age() == 14 * 24 * 3600


def test_five_wrong_passwords_stop_a_mail_for_five_minutes(at_noon: time_machine.Traveller) -> None:
    user = customer()
    for number in range(5):
        answer = _try(user, "otra-contraseña", ip=f"10.0.0.{number}")
        assert answer == {"__all__": [MISMATCH]}
    stopped = {"__all__": ["Hubo demasiados intentos. Esperá 5 minutos y probá de nuevo."]}
    assert _try(user, PASSWORD, ip="10.0.0.9") == stopped, "wherever it comes from"
    at_noon.shift(301)
    assert Client().post("/ingresar/", {"login": user.email, "password": PASSWORD}).status_code == 302


def test_unknown_mail_is_stopped_like_a_known_one() -> None:
    nobody = UserFactory.build(email="nadie@correo.example")
    said = [_try(nobody, "otra-contraseña", ip=f"10.0.0.{number}") for number in range(6)]
    assert said[5] == {"__all__": ["Hubo demasiados intentos. Esperá 5 minutos y probá de nuevo."]}


def test_an_address_that_tries_many_mails_is_stopped_kindly() -> None:
    client = Client()
    answers = [
        client.post("/ingresar/", {"login": f"mail{number}@correo.example", "password": "otra-contraseña"})
        for number in range(31)
    ]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert "Esperá unos minutos y probá de nuevo." in answers[30].content.decode()


def test_inactive_user_is_told_only_with_the_right_password(client: Client) -> None:
    user = customer()
    User.objects.update(is_active=False)
    wrong = client.post("/ingresar/", {"login": user.email, "password": "otra-contraseña"})
    assert wrong.context["form"].errors == {"__all__": [MISMATCH]}
    right = client.post("/ingresar/", {"login": user.email, "password": PASSWORD}, follow=True)
    assert right.redirect_chain == [("/ingresar/inactivo/", 302)]
    assert "Este usuario no puede ingresar" in right.content.decode()
    assert "_auth_user_id" not in client.session


def test_mail_that_the_office_typed_is_confirmed_at_the_first_login(client: Client) -> None:
    user = UserFactory.create(email="nueva@correo.example", password=PASSWORD)
    answer = client.post("/ingresar/", {"login": user.email, "password": PASSWORD})
    assert answer["Location"] == "/confirmar-mail/"
    page = client.get("/confirmar-mail/").content.decode()
    assert "nueva@correo.example" in page
    assert client.post("/confirmar-mail/", {"code": "0000-0000"}).status_code == 200
    answer = client.post("/confirmar-mail/", {"code": mailed_code("nueva@correo.example")})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


def test_staff_log_in_by_the_same_page(client: Client) -> None:
    user = customer("olga@aguas.example")
    User.objects.update(is_staff=True)
    answer = client.post("/ingresar/", {"login": user.email, "password": PASSWORD, "next": "/admin/"})
    assert answer["Location"] == "/admin/"


def _try(user: User, password: str, *, ip: str) -> object:
    answer = Client(REMOTE_ADDR=ip).post("/ingresar/", {"login": user.email, "password": password})
    return answer.context["form"].errors
