"""Whoever works in the office enters with a second factor."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings
from time_machine import Traveller

from accounts.models import AccountLink, User
from oficina.staff.roles import ATTENTION
from tests.accounts.identity import customer, log_in, prove_again
from tests.accounts.test_second_factor import activate, totp
from tests.factories.billing import InvoiceFactory
from tests.factories.chat import talker, words
from tests.factories.payment_reports import photograph, reported
from tramites.chat.conversing import begin_conversation

pytestmark = pytest.mark.django_db

SETS_UP = "/mis-datos/segundo-factor/activar/"
PROVES = "/confirmar-acceso/segundo-factor/"
LIST = "/admin/accounts/user/"


@pytest.fixture(autouse=True)
def _second_factor_is_asked(settings: Settings) -> None:
    settings.UTILITY = settings.UTILITY.model_copy(update={"office_second_factor": True})


@pytest.fixture
def olga(at_noon: Traveller) -> User:
    """Olga, who attends customers."""
    person = customer("olga@aguas.example")
    person.groups.add(Group.objects.get(name=ATTENTION.name))
    person.is_staff = True
    person.save()
    return person


@pytest.fixture
def as_olga(client: Client, olga: User) -> Client:
    """A browser in which Olga is logged in with her password, and just proved it again."""
    log_in(client, olga)
    prove_again(client)
    return client


def location(answer: object) -> tuple[int, str]:
    return answer.status_code, answer["Location"]  # type: ignore[attr-defined,index]


def test_without_one_every_page_leads_to_setting_it_up(as_olga: Client) -> None:
    assert location(as_olga.get(LIST)) == (302, f"{SETS_UP}?next=%2Fadmin%2Faccounts%2Fuser%2F")
    assert location(as_olga.get("/admin/")) == (302, f"{SETS_UP}?next=%2Fadmin%2F")
    assert "Quien trabaja en la oficina entra con la contraseña" in as_olga.get(SETS_UP).content.decode()


def test_once_set_up_the_office_is_open_with_no_further_question(as_olga: Client) -> None:
    activate(as_olga)

    codes = as_olga.get("/mis-datos/segundo-factor/codigos/")
    assert 'href="/admin/"' in codes.content.decode()
    assert as_olga.get(LIST).status_code == 200


def test_login_with_the_code_opens_the_office(as_olga: Client, olga: User, at_noon: Traveller) -> None:
    secret = activate(as_olga)
    at_noon.shift(60)
    browser = Client()
    log_in(browser, olga)
    assert browser.get(LIST)["Location"].startswith("/ingresar/")

    browser.post("/ingresar/segundo-factor/", {"code": totp(secret)})

    assert browser.get(LIST).status_code == 200


def test_a_session_from_before_is_asked_for_it_and_a_recovery_code_does_too(
    as_olga: Client, olga: User, at_noon: Traveller
) -> None:
    earlier = Client()
    log_in(earlier, olga)
    secret = activate(as_olga)
    at_noon.shift(60)

    assert location(earlier.get(LIST)) == (302, f"{PROVES}?next=%2Fadmin%2Faccounts%2Fuser%2F")
    asked = earlier.get(PROVES, {"next": LIST}).content.decode()
    assert "La oficina se abre con tu segundo factor" in asked
    assert "Usar mi contraseña" not in asked
    assert earlier.post(PROVES, {"code": "000000", "next": LIST}).status_code == 200
    assert earlier.get(LIST).status_code == 302
    assert location(earlier.post(PROVES, {"code": totp(secret), "next": LIST})) == (302, LIST)
    assert earlier.get(LIST).status_code == 200

    another = Client()
    log_in(another, olga)
    (codes,) = Authenticator.objects.filter(user=olga, type=Authenticator.Type.RECOVERY_CODES)
    another.post("/ingresar/segundo-factor/", {"code": codes.wrap().get_unused_codes()[0]})
    assert another.get(LIST).status_code == 200


def test_a_password_alone_neither_replaces_it_nor_shows_its_codes(
    as_olga: Client, olga: User, at_noon: Traveller
) -> None:
    earlier = Client()
    log_in(earlier, olga)
    prove_again(earlier)
    activate(as_olga)

    for page in ("desactivar/", "codigos/", "codigos/nuevos/", "codigos/descargar/"):
        address = f"/mis-datos/segundo-factor/{page}"
        assert earlier.get(address)["Location"].startswith(f"{PROVES}?next="), page
        assert location(earlier.post(address)) == (303, PROVES), page
    assert Authenticator.objects.filter(user=olga).count() == 2
    assert as_olga.get("/mis-datos/segundo-factor/desactivar/").status_code == 200


def test_a_change_or_a_panel_without_it_does_nothing(as_olga: Client, link: AccountLink) -> None:
    chosen = {"action": "unlink", "_selected_action": [link.pk], "post": "yes"}

    assert location(as_olga.post("/admin/accounts/accountlink/", chosen)) == (303, SETS_UP)
    panel = as_olga.get("/admin/accounts/accountlink/", headers={"HX-Request": "true"})
    assert (panel.status_code, panel["HX-Redirect"]) == (200, SETS_UP)
    link.refresh_from_db()
    assert link.unlinked_at is None

    activate(as_olga)
    as_olga.post("/admin/accounts/accountlink/", chosen)
    link.refresh_from_db()
    assert link.unlinked_at is not None


def test_what_customers_attached_is_not_open_without_it(as_olga: Client, link: AccountLink) -> None:
    proof = reported(link, InvoiceFactory.create(account=link.account), proof=photograph()).proof
    conversation = begin_conversation(talker(link.user), words(attachment=photograph()), subject="", now=timezone.now())
    (said,) = conversation.messages.exclude(attachment=None)
    assert proof is not None
    assert said.attachment is not None
    files = [
        reverse("private_file", args=[proof.public_id]),
        reverse("conversation_file", args=[conversation.public_id, said.attachment.public_id]),
    ]

    assert [as_olga.get(file).status_code for file in files] == [404, 404]
    activate(as_olga)
    assert [as_olga.get(file).status_code for file in files] == [200, 200]


def test_a_proof_counts_for_a_workday(as_olga: Client, olga: User, at_noon: Traveller, settings: Settings) -> None:
    activate(as_olga)
    at_noon.shift(12 * 3600 - 1)
    assert as_olga.get(LIST).status_code == 200
    at_noon.shift(1)
    assert as_olga.get(LIST)["Location"].startswith(PROVES)

    settings.UTILITY = settings.UTILITY.model_copy(update={"office_second_factor_hours": 13})
    assert as_olga.get(LIST).status_code == 200


def test_customers_need_none_and_learn_nothing(as_owner: Client, anonymous: Client) -> None:
    assert as_owner.get(LIST).status_code == 404
    assert location(anonymous.get(LIST)) == (302, f"/ingresar/?next={LIST}")
    assert as_owner.get("/mis-cuentas/").status_code == 200
