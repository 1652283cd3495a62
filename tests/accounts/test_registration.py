import re
from collections.abc import Iterator

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import TermsPurpose
from accounts.models import TermsAcceptance, User
from accounts.terms import publish_terms
from tests.accounts.identity import MAIL, customer, last_mail, mailed_code, registration, sent_mails
from tests.answers import Answer

pytestmark = pytest.mark.django_db


def test_registering_with_the_code_from_the_mail_logs_in(client: Client, at_noon: time_machine.Traveller) -> None:
    answer = client.post("/registrate/", registration())

    assert answer.status_code == 302
    assert answer["Location"] == "/registrate/codigo/"
    assert not User.objects.exists(), "nobody exists until the mail is proved"
    assert last_mail().subject == f"Tu código para registrarte: {mailed_code()}"

    answer = client.post("/registrate/codigo/", {"code": mailed_code()})

    assert answer["Location"] == "/"
    user = User.objects.get()
    assert (user.first_name, user.last_name, user.email) == ("Lucía", "Ferreyra", MAIL)
    assert (user.document, user.phone) == ("30412876", "2615550147")
    assert user.check_password("agua-de-montaña")
    assert client.session["_auth_user_id"] == str(user.pk)
    acceptance = TermsAcceptance.objects.get(user=user)
    assert (acceptance.terms.purpose, acceptance.terms.version) == (TermsPurpose.REGISTRATION, 1)
    assert (acceptance.accepted_at, acceptance.ip_address) == (timezone.now(), "127.0.0.1")


def test_code_may_be_typed_without_dash(client: Client) -> None:
    client.post("/registrate/", registration())
    answer = client.post("/registrate/codigo/", {"code": mailed_code().replace("-", " ")})
    assert answer.status_code == 302
    assert User.objects.count() == 1


def test_next_is_kept_through_registration(client: Client) -> None:
    page = client.get("/registrate/?next=/mis-datos/")
    assert '<input type="hidden" name="next" value="/mis-datos/">' in page.content.decode()
    client.post("/registrate/", registration(next="/mis-datos/"))
    assert client.post("/registrate/codigo/", {"code": mailed_code()})["Location"] == "/mis-datos/"


def test_next_elsewhere_is_forgotten(client: Client) -> None:
    client.post("/registrate/", registration(next="https://otro.example/"))
    assert client.post("/registrate/codigo/", {"code": mailed_code()})["Location"] == "/"


@pytest.mark.parametrize(
    ("field", "typed", "error"),
    [
        ("first_name", "", "Escribí tu nombre."),
        ("first_name", " - ", "Escribí tu nombre."),
        ("last_name", "", "Escribí tu apellido."),
        ("document", "304128", "El DNI tiene 7 u 8 números y el CUIT, 11. Escribiste 6."),
        ("document", "20-30412876-0", "Ese CUIT o CUIL no es válido. Revisá los números, sobre todo el último."),
        ("document", "DNI 30412876", "Escribí solo los números."),
        ("phone", "555 0147", "Falta el código de área. Por ejemplo: 261 555 0147."),
        ("phone", "15 555 0147", "Falta el código de área. Por ejemplo: 261 555 0147."),
        ("phone", "261 555 01478", "Son 10 números entre el código de área y el teléfono. Escribiste 11."),
        ("email", "lucia.correo.example", "Falta la arroba (@). Por ejemplo: nombre@correo.com.ar"),
        ("email", "lucia@correo", "Revisá el mail: le falta algo. Por ejemplo: nombre@correo.com.ar"),
        ("password", "", "Elegí una contraseña."),
        ("password", "secret", "Escribiste 6 caracteres. Usá 10 o más."),
        ("password", "Lucia.Ferreyra", "Se parece demasiado a tu nombre o a tu mail. Usá otra."),
        ("password", "qwertyuiop", "Es una contraseña muy usada y fácil de adivinar. Usá otra."),
        ("password", "48213907561", "Tiene solo números. Agregale letras u otros signos."),
        ("terms", "", "Tenés que aceptar los términos y condiciones."),
    ],
)
def test_wrong_datum_is_told_beside_its_field_and_in_the_summary(
    client: Client, field: str, typed: str, error: str
) -> None:
    answer = client.post("/registrate/", registration(**{field: typed}))
    page = answer.content.decode()

    assert answer.context["form"].errors == {field: [error]}
    assert page.count(error) == 2
    assert "<title>Error: Registrate" in page
    assert not sent_mails()
    if field != "last_name":
        assert 'value="Ferreyra"' in page, "nothing typed is lost"
    assert "agua-de-montaña" not in page, "the password never comes back"


def test_wrong_code_says_how_many_tries_are_left_and_five_wear_it_out(client: Client) -> None:
    client.post("/registrate/", registration())
    code = mailed_code()
    wrong = "0000-0000" if code != "0000-0000" else "1111-1111"
    said = [
        client.post("/registrate/codigo/", {"code": wrong}).context["form"].errors["code"][0].rsplit(". ", 1)[1]
        for _ in range(5)
    ]
    assert said == [
        "Te quedan 4 intentos.",
        "Te quedan 3 intentos.",
        "Te quedan 2 intentos.",
        "Te queda 1 intento.",
        "Pedí uno nuevo.",
    ]
    answer = client.post("/registrate/codigo/", {"code": code})
    assert answer.context["form"].errors["code"] == ["Fueron demasiados intentos con este código. Pedí uno nuevo."]
    assert not User.objects.exists()


def test_code_expires_after_fifteen_minutes_and_another_can_be_asked(
    client: Client, at_noon: time_machine.Traveller
) -> None:
    client.post("/registrate/", registration())
    first = mailed_code()
    at_noon.shift(15 * 60 + 1)
    answer = client.post("/registrate/codigo/", {"code": first})
    assert answer.context["form"].errors["code"] == ["Ese código venció. Pedí uno nuevo."]

    client.post("/registrate/codigo/", {"action": "resend"})
    second = mailed_code()
    assert second != first
    assert client.post("/registrate/codigo/", {"code": second}).status_code == 302
    assert User.objects.get().email == MAIL


def test_another_code_replaces_the_one_before(client: Client, at_noon: time_machine.Traveller) -> None:
    client.post("/registrate/", registration())
    first = mailed_code()
    at_noon.shift(11)
    client.post("/registrate/codigo/", {"action": "resend"})
    assert client.post("/registrate/codigo/", {"code": first}).status_code == 200
    assert not User.objects.exists()


def test_mail_can_be_corrected_without_typing_all_again(client: Client) -> None:
    client.post("/registrate/", registration(email="lucia@correo.exmple"))
    client.post("/registrate/codigo/", {"action": "change", "email": MAIL})
    client.post("/registrate/codigo/", {"code": mailed_code()})
    user = User.objects.get()
    assert (user.email, user.document) == (MAIL, "30412876")


def test_double_click_sends_one_mail(client: Client) -> None:
    for _ in range(2):
        assert client.post("/registrate/", registration())["Location"] == "/registrate/codigo/"
    assert len(sent_mails()) == 1
    assert client.post("/registrate/codigo/", {"code": mailed_code()}).status_code == 302


def test_a_registration_gets_five_mails_and_starts_again(client: Client, at_noon: time_machine.Traveller) -> None:
    client.post("/registrate/", registration())
    for _ in range(4):
        at_noon.shift(11)
        assert client.post("/registrate/codigo/", {"action": "resend"})["Location"] == "/registrate/codigo/"
    at_noon.shift(11)
    assert client.post("/registrate/codigo/", {"action": "resend"})["Location"] == "/registrate/"
    assert len(sent_mails()) == 5


def test_code_page_without_a_registration_leads_to_it(client: Client) -> None:
    assert client.get("/registrate/codigo/")["Location"] == "/registrate/"


def test_registered_mail_gets_the_same_screens_and_another_mail(client: Client) -> None:
    customer()
    new, taken = Client(), client
    answers = [browser.post("/registrate/", registration(email=email)) for browser, email in _both(new, taken)]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, "/registrate/codigo/")] * 2

    for step in ({}, {"code": "0000-0000"}, {"action": "change", "email": "sin arroba"}):
        pages = [
            _without_what_differs(
                browser.post("/registrate/codigo/", step) if step else browser.get("/registrate/codigo/"), email
            )
            for browser, email in _both(new, taken)
        ]
        assert pages[0] == pages[1]

    assert last_mail("nueva@correo.example").subject.startswith("Tu código para registrarte: ")
    assert last_mail(MAIL).subject == "Ya tenés usuario en la Oficina Virtual"
    assert User.objects.count() == 1


def test_registered_mail_costs_the_same_work() -> None:
    customer()
    counts = []
    for email in ("nueva@correo.example", MAIL):
        with CaptureQueriesContext(connection) as queries:
            Client().post("/registrate/", registration(email=email))
        counts.append(len([query for query in queries.captured_queries if "cache_entries" not in query["sql"]]))
    assert counts[0] == counts[1]


def test_terms_that_changed_meanwhile_are_shown_before_they_are_accepted(client: Client) -> None:
    publish_terms(TermsPurpose.REGISTRATION, title="Términos", body="Otros.")
    answer = client.post("/registrate/", registration(terms_version="1"))
    assert answer.context["form"].errors == {"terms": ["Los términos cambiaron recién. Leelos de nuevo y aceptalos."]}
    assert 'name="terms_version" value="2"' in answer.content.decode()
    client.post("/registrate/", registration(terms_version="2"))
    client.post("/registrate/codigo/", {"code": mailed_code()})
    assert TermsAcceptance.objects.get().terms.version == 2


def test_mail_registered_meanwhile_is_told_to_who_proved_it(client: Client) -> None:
    client.post("/registrate/", registration())
    code = mailed_code()
    customer()
    answer = client.post("/registrate/codigo/", {"code": code}, follow=True)
    assert answer.redirect_chain == [("/ingresar/", 302)]
    assert "Ya hay un usuario con ese mail. Ingresá con tu contraseña." in answer.content.decode()
    assert User.objects.count() == 1


def test_too_many_registrations_from_an_address_are_stopped_kindly(client: Client) -> None:
    for _ in range(20):
        assert client.post("/registrate/", registration(document="1")).status_code == 200
    answer = client.post("/registrate/", registration(document="1"))
    assert answer.status_code == 429
    assert "Esperá unos minutos y probá de nuevo." in answer.content.decode()


def test_logged_in_person_needs_no_registration(client: Client) -> None:
    client.force_login(customer(), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/registrate/")["Location"] == "/"
    assert client.get("/registrate/codigo/")["Location"] == "/"


def test_nothing_else_than_get_and_post(client: Client) -> None:
    assert client.put("/registrate/").status_code == 405
    assert client.delete("/registrate/codigo/").status_code == 405
    assert not mail.outbox


def _both(new: Client, taken: Client) -> Iterator[tuple[Client, str]]:
    yield new, "nueva@correo.example"
    yield taken, MAIL


def _without_what_differs(answer: Answer, email: str) -> str:
    page = answer.content.decode().replace(email, "MAIL")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
