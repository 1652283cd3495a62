"""Cards that Stripe keeps: saved on its page, charged without their holder, forgotten."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import cast

import pytest
from django.utils import timezone

from billing.gateway.base import Json
from billing.gateway.configured import saved_cards_gateway
from billing.gateway.errors import ProviderRefusedError, ProviderUnavailableError, UnknownCheckoutError
from billing.gateway.reports import CheckoutStatus, MoneyStatus
from billing.gateway.saved_cards import (
    CardChargeOrder,
    CardSetupOrder,
    CardSetupReport,
    SavedCard,
    SavedCardsGateway,
)
from tests.conftest import NOON
from tests.simulator_process import SimulatorProcess

AR_CARD = "4000000320000021"
NO_FUNDS = "4000008260003178"
ASKS_FOR_HOLDER = "4000002760003184"
SETUP = CardSetupOrder(
    reference="setup1",
    description="Débito automático, cuenta 082-0014237-001-6",
    currency="ARS",
    customer_email="ana@correo.example",
    success_url="http://testserver/tarjeta/setup1/",
    cancel_url="http://testserver/tarjeta/setup1/?cancelado=1",
    expires_at=NOON + timedelta(minutes=40),
)


@pytest.fixture
def cards(silent_simulator: SimulatorProcess) -> SavedCardsGateway:
    return saved_cards_gateway()


def begun(cards: SavedCardsGateway, reference: str = "setup1") -> CardSetupReport:
    order = replace(SETUP, reference=reference, expires_at=timezone.now() + timedelta(minutes=40))
    return cards.create_setup(cards.setup_request(order), key=f"key-{reference}")


def saved(
    cards: SavedCardsGateway, simulator: SimulatorProcess, number: str = AR_CARD, reference: str = "setup1"
) -> SavedCard:
    session_id = begun(cards, reference).session_id
    simulator.save_card(session_id, card=number)
    card = cards.retrieve_setup(session_id).card
    assert card is not None
    return card


def charge_of(card: SavedCard) -> CardChargeOrder:
    return CardChargeOrder(
        reference="payment1",
        description="Cuenta 082-0014237-001-6, pago payment1",
        amount=Decimal("1234.56"),
        currency="ARS",
        customer_id=card.customer_id,
        method_id=card.method_id,
    )


def test_visit_to_save_a_card_is_open_and_has_none_yet(
    cards: SavedCardsGateway, silent_simulator: SimulatorProcess
) -> None:
    report = begun(cards)

    assert report == CardSetupReport(
        session_id=report.session_id,
        reference="setup1",
        status=CheckoutStatus.OPEN,
        url=f"{silent_simulator.base_url}/c/pay/{report.session_id}",
        card=None,
    )
    assert begun(cards) == report


def test_saved_card_is_known_by_its_names_and_never_its_number(
    cards: SavedCardsGateway, silent_simulator: SimulatorProcess
) -> None:
    card = saved(cards, silent_simulator)

    assert card == SavedCard(
        customer_id=card.customer_id,
        method_id=card.method_id,
        brand="visa",
        funding="credit",
        last4="0021",
        expires=card.expires,
        country="AR",
    )
    assert card.customer_id.startswith("cus_")
    assert card.method_id.startswith("pm_")
    assert card.expires >= (2026, 12)


def test_card_that_is_declined_leaves_the_visit_open(
    cards: SavedCardsGateway, silent_simulator: SimulatorProcess
) -> None:
    session_id = begun(cards).session_id
    silent_simulator.save_card(session_id, card="4000000000000002")

    report = cards.retrieve_setup(session_id)
    assert (report.status, report.card) == (CheckoutStatus.OPEN, None)


def test_visit_that_does_not_exist_is_unknown(cards: SavedCardsGateway) -> None:
    with pytest.raises(UnknownCheckoutError):
        cards.retrieve_setup("cs_test_none")


def test_charge_is_paid_once_however_often_it_is_asked_for(
    cards: SavedCardsGateway, silent_simulator: SimulatorProcess
) -> None:
    request = cards.charge_request(charge_of(saved(cards, silent_simulator)))

    report = cards.charge(request, key="key-payment1")

    assert (report.reference, report.money, report.amount, report.currency) == (
        "payment1", MoneyStatus.PAID, Decimal("1234.56"), "ARS",
    )  # fmt: skip
    assert (report.means_brand, report.means_funding, report.means_last4) == ("visa", "credit", "0021")
    assert (report.paid_at, report.failure_code) == (NOON, "")
    assert cards.charge(request, key="key-payment1") == report
    assert cards.retrieve_charge(report.provider_payment_id or "") == report
    totals = cast("dict[str, dict[str, int]]", silent_simulator.books()["totals"])
    assert totals["ars"]["charges"] == 1


@pytest.mark.parametrize(
    ("number", "code"), [(NO_FUNDS, "insufficient_funds"), (ASKS_FOR_HOLDER, "authentication_required")]
)
def test_refusal_of_the_issuer_is_a_report_with_its_code(
    cards: SavedCardsGateway, silent_simulator: SimulatorProcess, number: str, code: str
) -> None:
    request = cards.charge_request(charge_of(saved(cards, silent_simulator, number)))

    report = cards.charge(request, key="key-payment1")

    assert (report.reference, report.money, report.amount) == ("payment1", MoneyStatus.FAILED, Decimal("1234.56"))
    assert (report.failure_code, report.paid_at, report.status) == (code, None, CheckoutStatus.COMPLETE)
    assert report.provider_payment_id is not None
    assert cards.charge(request, key="key-payment1") == report
    assert cards.retrieve_charge(report.provider_payment_id) == report


def test_charge_whose_answer_was_lost_is_found(cards: SavedCardsGateway, silent_simulator: SimulatorProcess) -> None:
    request = cards.charge_request(charge_of(saved(cards, silent_simulator)))
    silent_simulator.lose_answer(matching="POST /v1/payment_intents", times=None)
    with pytest.raises(ProviderUnavailableError):
        cards.charge(request, key="key-payment1")
    silent_simulator.clear_faults()

    found = cards.find_charge(request, since=NOON - timedelta(minutes=5), until=NOON + timedelta(minutes=5))

    assert found is not None
    assert (found.reference, found.money) == ("payment1", MoneyStatus.PAID)
    other: dict[str, Json] = {**request, "metadata": {"payment": "payment2"}}
    assert cards.find_charge(other, since=NOON - timedelta(minutes=5), until=NOON + timedelta(minutes=5)) is None


def test_forgotten_card_is_charged_no_more(cards: SavedCardsGateway, silent_simulator: SimulatorProcess) -> None:
    card = saved(cards, silent_simulator)
    cards.forget_card(card.method_id)
    cards.forget_card(card.method_id)
    cards.forget_card("pm_none")

    with pytest.raises(ProviderRefusedError):
        cards.charge(cards.charge_request(charge_of(card)), key="key-payment1")


def test_charge_that_does_not_exist_is_unknown(cards: SavedCardsGateway) -> None:
    with pytest.raises(UnknownCheckoutError):
        cards.retrieve_charge("pi_none")


def test_amount_above_the_provider_s_limit_is_refused(
    cards: SavedCardsGateway, silent_simulator: SimulatorProcess
) -> None:
    order = replace(charge_of(saved(cards, silent_simulator)), amount=Decimal("1000000.00"))
    with pytest.raises(ProviderRefusedError, match="amount_too_large"):
        cards.charge(cards.charge_request(order), key="key-payment1")
