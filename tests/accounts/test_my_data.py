import json
from decimal import Decimal

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from accounts.closing import close_user
from accounts.enums import TermsPurpose
from accounts.models import AccountLink, ProfileChange, TermsAcceptance, User
from accounts.profile import ProfileData, update_profile
from accounts.terms import accept_terms
from adhesions.digital.requesting import request_bill
from adhesions.enums import CardSetupRefusal, CardSetupState
from billing.claims.acts import answer_claim
from billing.enums import ClaimState
from tests.accounts.identity import (
    MAIL,
    customer,
    last_mail,
    log_in,
    mailed_code,
    prove_again,
    registration,
    sent_mails,
)
from tests.conftest import NOON
from tests.factories.accounts import PASSWORD, AccountLinkFactory, UserFactory
from tests.factories.adhesions import digital, mail_proof
from tests.factories.billing import InvoiceFactory
from tests.factories.claims import claimed, photographed_meter
from tests.factories.debits import bank_mandate, card_setup

pytestmark = pytest.mark.django_db


@pytest.fixture
def lucia(client: Client) -> User:
    """Lucía, logged in through the page, with the terms accepted."""
    user = customer()
    accept_terms(user, TermsPurpose.REGISTRATION, "10.1.2.3")
    log_in(client, user)
    return user


def typed(**other: str) -> dict[str, str]:
    return {
        "first_name": "Lucía",
        "last_name": "Ferreyra",
        "document": "30.123.456",
        "phone": "261 555 0182",
        **other,
    }


def test_data_of_registration_are_shown_as_people_write_them(client: Client, lucia: User) -> None:
    page = client.get("/mis-datos/").content.decode()
    for shown in ('value="Lucía"', 'value="Ferreyra"', 'value="30.123.456"', 'value="261 555 0182"', MAIL):
        assert shown in page


def test_saving_keeps_who_changed_what(client: Client, lucia: User, at_noon: time_machine.Traveller) -> None:
    answer = client.post("/mis-datos/", typed(last_name="Ferreyra Gil", document="27-30123456-8"), follow=True)
    assert "Guardamos tus datos." in answer.content.decode()
    lucia.refresh_from_db()
    assert (lucia.last_name, lucia.document, lucia.phone) == ("Ferreyra Gil", "27301234568", "2615550182")
    changes = ProfileChange.objects.order_by("field").values_list(
        "field", "before", "after", "changed_by", "changed_at"
    )
    assert list(changes) == [
        ("document", "30123456", "27301234568", lucia.pk, NOON),
        ("last_name", "Ferreyra", "Ferreyra Gil", lucia.pk, NOON),
    ]


def test_saving_the_same_keeps_nothing(client: Client, lucia: User) -> None:
    answer = client.post("/mis-datos/", typed(), follow=True)
    assert "No había nada para guardar: tus datos ya estaban así." in answer.content.decode()
    assert not ProfileChange.objects.exists()


def test_wrong_datum_is_refused(client: Client, lucia: User) -> None:
    answer = client.post("/mis-datos/", typed(document="123"))
    assert answer.context["form"].errors == {"document": ["El DNI tiene 7 u 8 números y el CUIT, 11. Escribiste 3."]}
    lucia.refresh_from_db()
    assert lucia.document == "30123456"


def test_the_office_is_named_when_it_changes_a_datum(lucia: User, staff: User) -> None:
    data = ProfileData(first_name="Lucía", last_name="Ferreyra", document="30123456", phone="2615550000")
    update_profile(lucia, data, by=staff)
    assert ProfileChange.objects.get().changed_by == staff


def test_password_changes_with_the_present_one_and_other_sessions_end(client: Client, lucia: User) -> None:
    elsewhere = Client()
    log_in(elsewhere, lucia)
    wrong = client.post("/mis-datos/contrasena/", {"oldpassword": "otra", "password1": "otra frase bien larga"})
    assert wrong.context["form"].errors == {"oldpassword": ["Esa no es tu contraseña actual."]}

    answer = client.post("/mis-datos/contrasena/", {"oldpassword": PASSWORD, "password1": "otra frase bien larga"})
    assert answer["Location"] == "/mis-datos/"
    lucia.refresh_from_db()
    assert lucia.check_password("otra frase bien larga")
    assert client.get("/mis-datos/").status_code == 200
    assert elsewhere.get("/mis-datos/")["Location"] == "/ingresar/?next=/mis-datos/"
    assert last_mail().subject == "Cambiaste tu contraseña"


def test_mail_changes_when_the_new_one_is_confirmed_and_the_old_one_is_told(client: Client, lucia: User) -> None:
    answer = client.post("/mis-datos/mail/", {"email": "nuevo@correo.example", "action_add": "1"})
    assert answer["Location"] == "/confirmar-acceso/?next=%2Fmis-datos%2Fmail%2F", "delicate: the password again"
    answer = client.post("/confirmar-acceso/", {"password": PASSWORD, "next": "/mis-datos/mail/"})
    assert answer["Location"] == "/confirmar-mail/"
    lucia.refresh_from_db()
    assert lucia.email == MAIL

    answer = client.post("/confirmar-mail/", {"code": mailed_code("nuevo@correo.example")})
    assert answer["Location"] == "/mis-datos/"
    lucia.refresh_from_db()
    assert lucia.email == "nuevo@correo.example"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        ("nuevo@correo.example", True, True)
    ]
    told = last_mail(MAIL)
    assert told.subject == "Cambiaste tu mail"
    assert f"dejó de ser {MAIL}. Desde ahora ingresás con nuevo@correo.example." in str(told.body)
    change = ProfileChange.objects.get()
    assert (change.field, change.before, change.after) == ("email", MAIL, "nuevo@correo.example")


def test_mail_of_somebody_else_is_refused_only_to_who_proves_it(client: Client, lucia: User) -> None:
    customer("ana@correo.example")
    prove_again(client)
    answer = client.post("/mis-datos/mail/", {"email": "ana@correo.example", "action_add": "1"})
    assert answer["Location"] == "/confirmar-mail/", "as any other mail"
    answer = client.post("/confirmar-mail/", {"code": mailed_code("ana@correo.example")})
    assert answer.context["verify_form"].errors == {"code": ["Ya hay un usuario con ese mail."]}
    lucia.refresh_from_db()
    assert lucia.email == MAIL


def test_own_mail_is_not_a_change(client: Client, lucia: User) -> None:
    prove_again(client)
    answer = client.post("/mis-datos/mail/", {"email": MAIL, "action_add": "1"})
    assert answer.context["form"].errors == {"email": ["Ese ya es tu mail."]}


def test_download_asks_for_the_password_and_holds_everything(client: Client, lucia: User) -> None:
    AccountLinkFactory.create(user=lucia, alias="Casa")
    client.post("/mis-datos/", typed(phone="261 555 0000"))
    assert client.get("/mis-datos/descargar/")["Location"] == "/confirmar-acceso/?next=%2Fmis-datos%2Fdescargar%2F"
    prove_again(client)
    answer = client.get("/mis-datos/descargar/")
    assert answer["Content-Type"] == "application/json"
    assert 'attachment; filename="mis-datos-' in answer["Content-Disposition"]
    content = json.loads(answer.content)
    assert list(content) == [
        "usuario",
        "cuentas_vinculadas",
        "terminos_aceptados",
        "cambios_de_datos",
        "bajas_sin_ingresar",
        "sesiones_abiertas",
        "pagos",
        "reclamos",
        "adhesiones_a_factura_digital",
        "facturas_por_mail",
        "adhesiones_a_debito_automatico",
        "tarjetas_para_debito_automatico",
        "planes_de_pago",
        "conversaciones",
        "avisos_de_ubicacion",
    ]
    assert content["usuario"]["documento"] == "30123456"
    assert content["cuentas_vinculadas"][0]["alias"] == "Casa"
    assert content["terminos_aceptados"][0]["direccion_ip"] == "10.1.2.3"
    assert content["cambios_de_datos"][0]["despues"] == "2615550000"
    assert len(content["sesiones_abiertas"]) == 1
    assert (content["pagos"], content["reclamos"]) == ([], [])


def test_download_holds_claims(client: Client, lucia: User) -> None:
    own = AccountLinkFactory.create(user=lucia)
    claim = claimed(own, InvoiceFactory.create(account=own.account), attachment=photographed_meter())
    answer_claim(claim, ClaimState.UPHELD, "Tenés razón.", by=UserFactory.create(is_staff=True), now=timezone.now())
    prove_again(client)

    [told] = json.loads(client.get("/mis-datos/descargar/").content)["reclamos"]

    assert told["numero"] == claim.number
    assert (told["motivo"], told["texto"]) == ("El consumo es demasiado alto", "La casa estuvo vacía todo octubre.")
    assert (told["estado"], told["respuesta"]) == ("A tu favor", "Tenés razón.")
    assert told["adjunto"] == "medidor.png"


def test_download_holds_adhesions_and_bills_by_mail_and_masks_the_bank_account(client: Client, lucia: User) -> None:
    own = AccountLinkFactory.create(user=lucia)
    adhesion = digital(own)
    proven = mail_proof(own, email=MAIL, used_by=adhesion)
    request_bill(InvoiceFactory.create(account=own.account), by=lucia, now=timezone.now())
    bank_mandate(own, cap=Decimal("5000.00"))
    prove_again(client)

    content = json.loads(client.get("/mis-datos/descargar/").content)

    [joined], [mailed], [mandate] = (
        content["adhesiones_a_factura_digital"],
        content["facturas_por_mail"],
        content["adhesiones_a_debito_automatico"],
    )
    assert (joined["adhesion"], joined["mail"], joined["hasta"]) == (str(adhesion), MAIL, None)
    assert proven.used_at is not None
    assert joined["mail_confirmado_con_codigo"] == proven.used_at.isoformat(timespec="seconds")
    assert (mailed["mail"], mailed["tipo"], mailed["estado"]) == (MAIL, "A pedido", "En cola")
    assert mandate["medio"] == "Banco Macro, CBU terminado en 5201"
    assert mandate["tope_en_pesos"] == "5000.00"
    assert "cbu" not in mandate


def test_download_holds_visits_to_save_a_card(client: Client, lucia: User) -> None:
    own = AccountLinkFactory.create(user=lucia)
    setup = card_setup(own, CardSetupState.REFUSED, refusal=CardSetupRefusal.FOREIGN)
    prove_again(client)

    content = client.get("/mis-datos/descargar/").json()

    assert content["tarjetas_para_debito_automatico"] == [
        {
            "cuenta": own.account.number,
            "pedida": setup.begun_at.isoformat(timespec="seconds"),
            "estado": "Rechazada",
            "motivo_del_rechazo": "Tarjeta de otro país",
            "tope_en_pesos": None,
            "version_de_los_terminos": 1,
            "direccion_ip": None,
        }
    ]


def test_download_holds_nothing_of_others(client: Client, lucia: User, link: AccountLink) -> None:
    prove_again(client)
    content = client.get("/mis-datos/descargar/").content.decode()
    assert link.account.number not in content
    assert link.user.email not in content


def test_closing_needs_the_password(client: Client, lucia: User) -> None:
    answer = client.post("/mis-datos/cerrar-usuario/", {"password": "otra-contraseña"})
    assert answer.context["form"].errors == {"password": ["Esa no es tu contraseña."]}
    lucia.refresh_from_db()
    assert lucia.is_active


def test_closing_ends_everything_and_frees_the_mail(client: Client, lucia: User) -> None:
    link = AccountLinkFactory.create(user=lucia)
    Authenticator.objects.create(user=lucia, type="totp", data={"secret": "x"})
    elsewhere = Client()
    elsewhere.cookies["sessionid"] = client.cookies["sessionid"].value

    answer = client.post("/mis-datos/cerrar-usuario/", {"password": PASSWORD}, follow=True)

    assert "Cerramos tu usuario. Te mandamos un mail que lo confirma." in answer.content.decode()
    assert last_mail().subject == "Cerraste tu usuario"
    lucia.refresh_from_db()
    link.refresh_from_db()
    assert (lucia.is_active, lucia.phone, lucia.has_usable_password()) == (False, "", False)
    assert (lucia.first_name, lucia.document) == ("Lucía", "30123456"), "what payments must name is kept"
    assert lucia.email == f"{lucia.public_id}@cerrado.invalid"
    assert link.unlinked_at is not None
    assert not UserSession.objects.filter(user=lucia).exists()
    assert not EmailAddress.objects.exists()
    assert not Authenticator.objects.exists()
    assert TermsAcceptance.objects.filter(user=lucia).count() == 1
    assert elsewhere.get("/mis-datos/").status_code == 302
    wrong = Client().post("/ingresar/", {"login": MAIL, "password": PASSWORD})
    assert wrong.context["form"].errors == {
        "__all__": ["El mail o la contraseña no coinciden. Revisalos y probá de nuevo."]
    }

    again = Client()
    again.post("/registrate/", registration())
    again.post("/registrate/codigo/", {"code": mailed_code()})
    anew = User.objects.get(email=MAIL)
    assert anew.pk != lucia.pk
    assert not anew.links.exists()


def test_closing_twice_tells_once(lucia: User) -> None:
    close_user(lucia)
    close_user(lucia)
    assert [message.subject for message in sent_mails()] == ["Cerraste tu usuario"]


def test_guessing_the_password_to_close_is_stopped(client: Client, lucia: User) -> None:
    for _ in range(10):
        client.post("/mis-datos/cerrar-usuario/", {"password": "otra-contraseña"})
    answer = client.post("/mis-datos/cerrar-usuario/", {"password": PASSWORD})
    assert answer.context["form"].errors == {
        "password": ["Hubo demasiados intentos. Esperá un minuto y probá de nuevo."]
    }
