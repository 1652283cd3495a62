"""Débito automático by card: leaving for the provider's page, and the page that it leads back to."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import Traveller

from accounts.models import AccountLink, User
from adhesions.debit.mandates import leave_direct_debit
from adhesions.enums import CardSetupRefusal, CardSetupState
from adhesions.models import CardSetup, DirectDebit
from tests.adhesions.debit.test_screen import inicio, screen
from tests.answers import said
from tests.billing.checkout.test_saved_cards import AR_CARD
from tests.billing.views.page_text import words_of
from tests.conftest import NOON
from tests.factories.debits import bank_mandate, card_mandate, card_setup
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.usefixtures("at_noon")

BY_CARD = {"means": "card", "cap": "50.000", "terms": "on", "terms_version": "1"}
HTMX = {"HX-Request": "true"}


def path(link: AccountLink, setup: CardSetup) -> str:
    return f"{screen(link)}tarjeta/{setup.public_id}/"


def later(traveller: Traveller) -> None:
    """Long enough for a page to ask the provider again."""
    traveller.shift(timedelta(seconds=3))


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_choosing_a_card_leads_to_the_provider_and_back_to_inicio(
    as_owner: Client,
    link: AccountLink,
    silent_simulator: SimulatorProcess,
    at_noon: Traveller,
    headers: dict[str, str],
) -> None:
    answer = as_owner.post(screen(link), BY_CARD | {"cbu": "1"}, headers=headers, REMOTE_ADDR="190.3.4.5")

    setup = CardSetup.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, setup.page_address)
    assert (setup.link, setup.cap, setup.ip_address, setup.terms.version) == (link, Decimal(50000), "190.3.4.5", 1)
    assert as_owner.post(screen(link), BY_CARD)["Location"] == setup.page_address
    waiting = as_owner.get(path(link, setup))
    assert "Estamos confirmando tu tarjeta" in words_of(waiting)
    html = waiting.content.decode()
    assert f'<meta http-equiv="refresh" content="2;url={path(link, setup)}?vuelta=1">' in html
    assert f'hx-get="{path(link, setup)}?vuelta=1&amp;estado=opened"' in html

    silent_simulator.save_card(setup.session_id or "", card=AR_CARD)
    later(at_noon)
    back = as_owner.get(path(link, setup), headers=headers)

    where = back["HX-Redirect"] if headers else back["Location"]
    assert (back.status_code, where) == (200 if headers else 303, inicio(link))
    told = "Listo: la cuenta está adherida al débito automático. Se debita de Visa terminada en 0021."
    assert said(back) == [told]
    mandate = DirectDebit.objects.get()
    assert (mandate.cap, mandate.acceptance.ip_address) == (Decimal(50000), "190.3.4.5")
    assert as_owner.get(path(link, setup))["Location"] == inicio(link)
    assert "Débito automático Adherida" in words_of(as_owner.get(inicio(link)))

    leave_direct_debit(mandate, by=link.user, now=NOON + timedelta(minutes=1))
    after = as_owner.get(path(link, setup))
    assert (after["Location"], said(after)) == (screen(link), [])


def test_provider_that_does_not_answer_is_said_and_nothing_typed_is_lost(
    as_owner: Client, link: AccountLink, silent_simulator: SimulatorProcess
) -> None:
    silent_simulator.answer_500(times=None)
    answer = as_owner.post(screen(link), BY_CARD)
    assert "La plataforma de pago no responde. Probá de nuevo en unos minutos." in words_of(answer)
    assert 'name="cap" value="50.000"' in answer.content.decode()
    silent_simulator.clear_faults()

    assert as_owner.post(screen(link), BY_CARD)["Location"] == CardSetup.objects.get().page_address


def test_card_is_not_asked_for_when_the_account_is_adhered(
    as_owner: Client, link: AccountLink, teammate: User, silent_simulator: SimulatorProcess
) -> None:
    bank_mandate(teammate.links.get())
    answer = as_owner.post(screen(link), BY_CARD)
    assert (answer.status_code, answer["Location"]) == (303, screen(link))
    assert said(answer) == [
        "No hicimos una adhesión nueva: la cuenta ya está adherida al débito automático. La adhirió Tomás Quiroga."
    ]
    assert not CardSetup.objects.exists()


def test_what_is_wrong_with_the_cap_or_the_terms_is_said_of_a_card_too(as_owner: Client, link: AccountLink) -> None:
    answer = as_owner.post(screen(link), {"means": "card", "cap": "0", "terms_version": "1"})
    page = words_of(answer)
    assert "El tope tiene que ser mayor que cero." in page
    assert "Tenés que aceptar los términos y condiciones." in page
    assert "Escribí el CBU." not in page
    assert answer.context["form"]["means"].value() == "card"


def test_whoever_turned_back_may_go_on(as_owner: Client, link: AccountLink, silent_simulator: SimulatorProcess) -> None:
    as_owner.post(screen(link), BY_CARD)
    setup = CardSetup.objects.get()

    answer = as_owner.get(f"{path(link, setup)}?cancelado=1")

    page = words_of(answer)
    assert "Todavía no guardaste la tarjeta La cuenta no está adherida." in page
    assert "Podés guardar la tarjeta hasta las 12:40." in page
    assert "Seguir con la tarjeta Elegir otro medio Ir al inicio" in page
    assert f'href="{setup.page_address}"' in answer.content.decode()
    assert "hx-get" not in answer.content.decode().split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize(
    ("refusal", "words", "way_on"),
    [
        (
            "foreign",
            "La tarjeta es de un banco de otro país, y solo debitamos de las emitidas en el país.",
            "?medio=tarjeta",
        ),
        ("expired", "La tarjeta está vencida.", "?medio=tarjeta"),
        ("already_debited", "La cuenta ya estaba adherida al débito automático, así que quedó como estaba.", ""),
        ("provider", "La plataforma de pago no pudo guardar la tarjeta.", "?medio=tarjeta"),
    ],
)
def test_each_refusal_is_said_in_its_words(
    as_owner: Client, link: AccountLink, refusal: str, words: str, way_on: str
) -> None:
    setup = card_setup(link, CardSetupState.REFUSED, refusal=CardSetupRefusal(refusal))

    answer = as_owner.get(path(link, setup))

    page = words_of(answer)
    assert f"No pudimos adherir la tarjeta {words} No guardamos la tarjeta y no se te cobró nada." in page
    assert "hx-trigger" not in answer.content.decode().split("<main")[1].split("</main>")[0]
    assert answer.context["debit_address"] == f"{screen(link)}{way_on}"


def test_abandoned_visit_may_be_tried_again_and_the_poll_shows_it(
    as_owner: Client, link: AccountLink, silent_simulator: SimulatorProcess, at_noon: Traveller
) -> None:
    as_owner.post(screen(link), BY_CARD)
    setup = CardSetup.objects.get()
    same = as_owner.get(f"{path(link, setup)}?vuelta=1&estado=opened", headers=HTMX).content.decode()
    assert "hx-swap-oob" not in same
    assert f"{path(link, setup)}?vuelta=2&amp;estado=opened" in same
    silent_simulator.expire(setup.session_id or "")
    later(at_noon)

    polled = as_owner.get(f"{path(link, setup)}?vuelta=2&estado=opened", headers=HTMX).content.decode()

    assert 'hx-swap-oob="innerHTML:#estado-de-la-tarjeta"' in polled
    assert "hx-get" not in polled
    page = words_of(as_owner.get(path(link, setup)))
    assert "No llegaste a guardar la tarjeta" in page
    assert "Probar de nuevo" in page
    assert as_owner.get(f"{screen(link)}?medio=tarjeta").context["form"]["means"].value() == "card"


def test_nobody_else_finds_it(
    as_stranger: Client, stranger: User, as_teammate: Client, teammate: User, link: AccountLink
) -> None:
    setup = card_setup(link, CardSetupState.DONE, mandate=card_mandate(link))
    for client, own in ((as_stranger, stranger.links.get()), (as_teammate, teammate.links.get())):
        assert client.get(path(link, setup)).status_code == 404
        assert client.get(path(own, setup)).status_code == 404


def test_it_is_read_only_by_whoever_is_logged_in(as_owner: Client, anonymous: Client, link: AccountLink) -> None:
    setup = card_setup(link)
    answer = anonymous.get(path(link, setup))
    assert (answer.status_code, answer["Location"]) == (302, f"/ingresar/?next={path(link, setup)}")
    for method in ("post", "put", "delete"):
        assert getattr(as_owner, method)(path(link, setup)).status_code == 405
    assert as_owner.get(f"{screen(link)}tarjeta/nada/").status_code == 404


def test_the_page_costs_the_same_however_many_visits_there_were(as_owner: Client, link: AccountLink) -> None:
    def queries(setup: CardSetup) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_owner.get(path(link, setup)).status_code == 200
        return len(captured)

    first = card_setup(link, CardSetupState.ABANDONED)
    queries(first)
    alone = queries(first)
    for _ in range(5):
        card_setup(link, CardSetupState.ABANDONED)
    assert queries(first) == alone
