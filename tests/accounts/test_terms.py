from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client

from accounts.enums import TermsPurpose
from accounts.models import TermsAcceptance, TermsVersion, User
from accounts.terms import accept_terms, current_terms, owes_acceptance, publish_first_terms, publish_terms
from tests.accounts.identity import customer, log_in
from tests.billing.checkout.steps import at_once
from tests.conftest import NOON
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db

REGISTRATION = TermsPurpose.REGISTRATION


def publish(body: str = "Otros.", **other: object) -> TermsVersion:
    return publish_terms(REGISTRATION, title="Términos", body=body, **other)  # type: ignore[arg-type]  # a test's shorthand


def test_new_database_has_the_registration_terms_of_this_utility() -> None:
    terms = current_terms(REGISTRATION)
    assert (terms.version, terms.title) == (1, "Términos y condiciones de la Oficina Virtual")
    assert "Aguas del Piedemonte S.A." in terms.body
    assert "{" not in terms.body


def test_first_terms_are_published_once() -> None:
    publish_first_terms()
    assert sorted(TermsVersion.objects.values_list("purpose", "version")) == [
        ("digital_bill", 1),
        ("direct_debit", 1),
        ("payment_plan", 1),
        ("registration", 1),
    ]


def test_the_version_in_force_is_the_highest_that_was_published(at_noon: time_machine.Traveller) -> None:
    later = publish(published_at=NOON + timedelta(days=1))
    assert later.version == 2
    assert current_terms(REGISTRATION).version == 1
    at_noon.shift(24 * 3600)
    assert current_terms(REGISTRATION) == later


def test_purposes_are_numbered_apart() -> None:
    plan = publish_terms(TermsPurpose.PAYMENT_PLAN, title="Plan de pago", body="Texto.")
    assert (plan.version, current_terms(TermsPurpose.PAYMENT_PLAN)) == (2, plan)
    assert current_terms(REGISTRATION).version == 1


def test_acceptance_keeps_version_person_time_and_address(owner: User, at_noon: time_machine.Traveller) -> None:
    acceptance = accept_terms(owner, REGISTRATION, "2001:db8::1")
    acceptance.refresh_from_db()
    assert (acceptance.user, acceptance.terms.version) == (owner, 1)
    assert (acceptance.accepted_at, acceptance.ip_address) == (NOON, "2001:db8::1")


def test_terms_and_acceptances_are_never_rewritten(owner: User) -> None:
    accept_terms(owner, REGISTRATION, None)
    for rewrite in (
        lambda: TermsVersion.objects.update(body="Otro."),
        lambda: TermsAcceptance.objects.update(ip_address="10.0.0.1"),
        lambda: TermsAcceptance.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rewrite()


def test_newer_terms_are_asked_for_at_the_next_login(client: Client) -> None:
    user = customer()
    accept_terms(user, REGISTRATION, None)
    assert not owes_acceptance(user, REGISTRATION)
    publish("## Lo nuevo\n\nCambió <esto>.")

    client.post("/ingresar/", {"login": user.email, "password": PASSWORD})
    asked = client.get("/mis-datos/mail/?x=1")
    assert asked["Location"] == "/aceptar-terminos/?next=%2Fmis-datos%2Fmail%2F%3Fx%3D1"
    page = client.get(asked["Location"]).content.decode()
    assert "Cambió &lt;esto&gt;." in page

    refused = client.post("/aceptar-terminos/", {"terms_version": "2", "next": "/mis-datos/mail/?x=1"})
    assert refused.context["form"].errors == {"terms": ["Tenés que aceptar los términos y condiciones."]}
    answer = client.post("/aceptar-terminos/", {"terms": "on", "terms_version": "2", "next": "/mis-datos/mail/?x=1"})
    assert answer["Location"] == "/mis-datos/mail/?x=1"
    assert client.get("/mis-datos/mail/").status_code == 200
    assert TermsAcceptance.objects.get(user=user, terms__version=2).ip_address == "127.0.0.1"
    assert not owes_acceptance(user, REGISTRATION)


def test_who_does_not_accept_may_still_leave_and_take_their_data(client: Client) -> None:
    log_in(client, customer())
    for path in ("/mis-datos/", "/mis-datos/cerrar-usuario/", "/salir/", "/terminos/", "/confirmar-acceso/"):
        assert client.get(path).status_code == 200, path
    assert client.get("/mis-datos/descargar/")["Location"].startswith("/confirmar-acceso/")
    for path in ("/mis-cuentas/", "/mis-datos/segundo-factor/"):
        assert client.get(path)["Location"].startswith("/aceptar-terminos/"), path
    assert client.post("/mis-datos/contrasena/")["Location"] == "/aceptar-terminos/"
    panel = client.get("/mis-cuentas/", headers={"hx-request": "true"})
    assert panel["HX-Redirect"] == "/aceptar-terminos/"


def test_who_accepted_is_not_asked(client: Client) -> None:
    user = customer()
    accept_terms(user, REGISTRATION, None)
    log_in(client, user)
    assert client.get("/mis-datos/mail/").status_code == 200
    assert client.get("/aceptar-terminos/?next=/mis-datos/")["Location"] == "/mis-datos/"
    assert client.get("/aceptar-terminos/?next=https://otro.example/")["Location"] == "/"


def test_the_office_is_not_asked(client: Client) -> None:
    user = customer("olga@aguas.example")
    User.objects.update(is_staff=True)
    log_in(client, user)
    assert client.get("/mis-datos/mail/").status_code == 200


def test_accepting_twice_is_one_acceptance(client: Client) -> None:
    user = customer()
    log_in(client, user)
    for _ in range(2):
        assert client.post("/aceptar-terminos/", {"terms": "on", "terms_version": "1"})["Location"] == "/"
    assert TermsAcceptance.objects.filter(user=user).count() == 1


@pytest.mark.django_db(transaction=True)
def test_versions_published_at_the_same_moment_are_numbered_one_after_the_other() -> None:
    published = at_once(*[publish] * 4)
    assert sorted(getattr(terms, "version", 0) for terms in published) == [2, 3, 4, 5]
