"""Factura digital: the window that adheres an account or stops it, and what Inicio says at once."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import TermsPurpose
from accounts.models import AccountLink, TermsAcceptance, User
from accounts.terms import publish_terms
from adhesions.digital.leaving import leave_digital_billing
from adhesions.enums import AdhesionEnd
from adhesions.models import DigitalBilling
from tests.answers import said
from tests.billing.views.page_text import words_of
from tests.factories.accounts import AccountLinkFactory
from tests.factories.adhesions import digital

pytestmark = pytest.mark.usefixtures("at_noon")

ACCEPTED = {"terms": "on", "terms_version": "1"}
JOINED = "Listo: la cuenta está adherida a Factura digital. Las facturas nuevas llegan a ana@correo.example."
ENDED = "Listo: las facturas de la cuenta ya no llegan a ana@correo.example. Te mandamos la constancia."


def screen(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/factura-digital/"


def cancelling(link: AccountLink, adhesion: DigitalBilling) -> str:
    return f"{screen(link)}{adhesion.public_id}/cancelar/"


def inicio(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/inicio/"


def test_it_says_which_mail_will_receive_the_bills_and_shows_the_terms(as_owner: Client, link: AccountLink) -> None:
    page = words_of(as_owner.get(screen(link)))

    assert "Adherite a Factura digital Cada factura nueva de Casa te llega por mail, con su PDF." in page
    assert "Mail que la recibe ana@correo.example" in page
    assert "Leer los términos Qué es Factura digital Cada factura nueva de la cuenta" in page
    assert "Leí y acepto los términos de Factura digital Confirmar adhesión Ahora no" in page


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_joining_leads_to_inicio_where_the_tick_is(
    as_owner: Client, link: AccountLink, headers: dict[str, str]
) -> None:
    assert "Factura digital No adherida" in words_of(as_owner.get(inicio(link)))

    answer = as_owner.post(screen(link), ACCEPTED, headers=headers, REMOTE_ADDR="190.3.4.5")

    assert (answer.status_code, answer["Location"], said(answer)) == (303, inicio(link), [JOINED])
    adhesion = DigitalBilling.objects.get()
    assert (adhesion.email, adhesion.made_by, adhesion.account) == ("ana@correo.example", link.user, link.account)
    assert adhesion.acceptance.ip_address == "190.3.4.5"
    assert "Cuenta adherida Factura digital Adherida Débito automático No adherida" in words_of(
        as_owner.get(inicio(link))
    )


def test_pressing_twice_is_one_adhesion(as_owner: Client, link: AccountLink) -> None:
    for _ in range(2):
        assert as_owner.post(screen(link), ACCEPTED).status_code == 303
    assert DigitalBilling.objects.count() == 1


def test_without_the_terms_nothing_is_made(as_owner: Client, link: AccountLink) -> None:
    answer = as_owner.post(screen(link), {"terms_version": "1"})

    assert answer.status_code == 200
    assert "Tenés que aceptar los términos y condiciones." in words_of(answer)
    assert "<title>Error: Factura digital: Casa" in answer.content.decode()
    assert not DigitalBilling.objects.exists()


def test_terms_that_changed_meanwhile_are_shown_again(as_owner: Client, link: AccountLink) -> None:
    publish_terms(TermsPurpose.DIGITAL_BILL, title="Términos", body="Otro texto.")

    answer = as_owner.post(screen(link), ACCEPTED)

    assert "Los términos cambiaron recién. Leelos de nuevo y aceptalos." in words_of(answer)
    assert "Otro texto." in words_of(answer)
    assert not TermsAcceptance.objects.exists()
    as_owner.post(screen(link), ACCEPTED | {"terms_version": "2"})
    assert DigitalBilling.objects.get().acceptance.terms.version == 2


def test_when_adhered_the_same_window_offers_to_cancel(as_owner: Client, link: AccountLink) -> None:
    adhesion = digital(link)

    answer = as_owner.get(screen(link))

    page = words_of(answer)
    assert "Adherida Las facturas nuevas de Casa llegan a ana@correo.example desde el 24/11/2026" in page
    assert "Cancelar adhesión Volver" in page
    assert f'action="{cancelling(link, adhesion)}"' in answer.content.decode()


def test_reminders_are_kept_as_ticked(as_owner: Client, link: AccountLink) -> None:
    as_owner.post(screen(link), ACCEPTED | {"before_due": "on"})
    adhesion = DigitalBilling.objects.get()
    assert (adhesion.reminds_before_due, adhesion.reminds_when_overdue) == (True, False)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_what_is_reminded_of_can_be_changed_later(
    as_owner: Client, as_teammate: Client, link: AccountLink, headers: dict[str, str]
) -> None:
    adhesion = digital(link)
    path = f"{screen(link)}{adhesion.public_id}/avisos/"
    assert "Avisos por mail" in words_of(as_owner.get(screen(link)))

    answer = as_owner.post(path, {"when_overdue": "on"}, headers=headers)

    assert (answer.status_code, answer["Location"]) == (303, screen(link))
    assert said(answer) == ["Listo: guardamos qué avisos querés recibir."]
    adhesion.refresh_from_db()
    assert (adhesion.reminds_before_due, adhesion.reminds_when_overdue) == (False, True)
    shown = as_owner.get(screen(link)).context["reminders"]
    assert (shown["before_due"].value(), shown["when_overdue"].value()) == (False, True)
    assert as_owner.get(path).status_code == 405
    assert as_teammate.post(path).status_code == 404
    leave_digital_billing(adhesion, by=link.user, now=timezone.now())
    assert as_owner.post(path, {"before_due": "on"}).status_code == 404


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_cancelling_leads_to_inicio_where_the_cross_is(
    as_owner: Client, link: AccountLink, headers: dict[str, str]
) -> None:
    adhesion = digital(link)

    answer = as_owner.post(cancelling(link, adhesion), headers=headers)

    assert (answer.status_code, answer["Location"], said(answer)) == (303, inicio(link), [ENDED])
    adhesion.refresh_from_db()
    assert adhesion.end_reason == AdhesionEnd.MAKER
    assert "Factura digital No adherida" in words_of(as_owner.get(inicio(link)))
    assert as_owner.post(cancelling(link, adhesion)).status_code == 303
    assert as_owner.get(cancelling(link, adhesion)).status_code == 404


def test_another_person_of_the_account_sees_who_made_it_and_may_end_it(
    as_owner: Client, link: AccountLink, as_teammate: Client, teammate: User
) -> None:
    theirs = teammate.links.get()
    adhesion = digital(link)

    answer = as_teammate.get(screen(theirs))

    page = words_of(answer)
    assert "Mail que la recibe tomas@correo.example" in page
    assert f"Otras personas que la reciben Quién Desde Cancelar Ana Suárez Adhesión {adhesion} 24/11/2026" in page
    assert "ana@correo.example" not in answer.content.decode()
    question = words_of(as_teammate.get(cancelling(theirs, adhesion)))
    assert "¿Cancelar esta adhesión?" in question
    assert "que hizo Ana Suárez el 24/11/2026" in question
    assert as_teammate.post(cancelling(theirs, adhesion)).status_code == 303
    adhesion.refresh_from_db()
    assert (adhesion.ended_by, adhesion.end_reason) == (teammate, AdhesionEnd.ANOTHER_USER)


def test_both_may_have_it(as_owner: Client, link: AccountLink, as_teammate: Client, teammate: User) -> None:
    digital(link)
    as_teammate.post(screen(teammate.links.get()), ACCEPTED)
    assert {each.email for each in DigitalBilling.objects.live()} == {"ana@correo.example", "tomas@correo.example"}


def test_a_stranger_finds_nothing(as_stranger: Client, stranger: User, link: AccountLink) -> None:
    adhesion = digital(link)
    own = stranger.links.get()
    assert as_stranger.post(f"{screen(own)}{adhesion.public_id}/avisos/").status_code == 404
    for path in (screen(link), cancelling(link, adhesion), cancelling(own, adhesion)):
        assert as_stranger.get(path).status_code == 404
        assert as_stranger.post(path, ACCEPTED).status_code == 404
    assert DigitalBilling.objects.live().count() == 1


def test_a_link_that_ended_finds_nothing(as_owner: Client, link: AccountLink) -> None:
    adhesion = digital(link)
    AccountLink.objects.filter(pk=link.pk).update(unlinked_at=timezone.now())
    assert as_owner.post(cancelling(link, adhesion)).status_code == 404


def test_anonymous_is_sent_to_log_in(anonymous: Client, link: AccountLink) -> None:
    adhesion = digital(link)
    for path in (screen(link), cancelling(link, adhesion)):
        for answer in (anonymous.get(path), anonymous.post(path, ACCEPTED)):
            assert (answer.status_code, answer["Location"]) == (302, f"/ingresar/?next={path}")


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(as_owner: Client, link: AccountLink, method: str) -> None:
    adhesion = digital(link)
    for path in (screen(link), cancelling(link, adhesion)):
        assert getattr(as_owner, method)(path).status_code == 405


def test_a_form_without_token_is_refused(owner: User, link: AccountLink) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(screen(link), ACCEPTED).status_code == 403
    assert not DigitalBilling.objects.exists()


def test_the_screen_costs_the_same_however_many_adhered(as_owner: Client, link: AccountLink) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_owner.get(screen(link)).status_code == 200
        return len(captured)

    digital(AccountLinkFactory.create(account=link.account))
    queries()
    with_one = queries()
    for _ in range(5):
        digital(AccountLinkFactory.create(account=link.account))
    assert queries() == with_one


def test_the_menu_leads_to_it_in_a_window(as_owner: Client, link: AccountLink) -> None:
    page = as_owner.get(inicio(link)).content.decode()
    assert f'<a class="menu__link" href="{screen(link)}" data-dialog>' in page
    assert as_owner.get("/factura-digital/")["Location"] == screen(link)


def test_an_ended_adhesion_is_not_listed(as_owner: Client, link: AccountLink) -> None:
    leave_digital_billing(digital(link), by=link.user, now=timezone.now())
    assert "Adherite a Factura digital" in words_of(as_owner.get(screen(link)))
