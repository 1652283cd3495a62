"""Stripe behind its interface: what is read, and what becomes of what goes wrong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from billing.gateway.base import CheckoutGateway, CheckoutLine, CheckoutOrder
from billing.gateway.errors import ProviderRefusedError, ProviderUnavailableError, UnknownCheckoutError
from billing.gateway.reports import CheckoutReport, CheckoutStatus, MoneyStatus
from billing.gateway.stripe_gateway import StripeGateway
from billing.gateway.stripe_sessions import from_minor_units, report_of, to_minor_units
from tests.conftest import NOON
from tests.simulator_process import SimulatorProcess

ORDER = CheckoutOrder(
    reference="reference1",
    description="Cuenta 082-0014237-001-6",
    lines=(CheckoutLine(name="Factura B 1", description="", amount=Decimal("1234.56")),),
    currency="ARS",
    customer_email="ana@correo.example",
    success_url="http://testserver/pagos/reference1/",
    cancel_url="http://testserver/pagos/reference1/?cancelado=1",
    expires_at=NOON + timedelta(minutes=40),
)


def made(provider: CheckoutGateway, order: CheckoutOrder = ORDER) -> CheckoutReport:
    return provider.create_checkout(provider.request_for(order), key=f"key-{order.reference}")


@pytest.mark.parametrize(
    ("pesos", "units"),
    [("0.01", 1), ("0.10", 10), ("0.30", 30), ("1234.56", 123_456), ("999999999999.99", 99_999_999_999_999)],
)
def test_minor_units_are_exact_both_ways(pesos: str, units: int) -> None:
    assert to_minor_units(Decimal(pesos)) == units
    assert str(from_minor_units(units)) == pesos


def test_minor_units_refuse_a_fraction_of_a_centavo() -> None:
    with pytest.raises(ValueError, match=r"0\.001"):
        to_minor_units(Decimal("0.001"))


def test_report_of_a_new_checkout(provider: CheckoutGateway, silent_simulator: SimulatorProcess) -> None:
    report = made(provider)

    assert report == CheckoutReport(
        session_id=report.session_id,
        reference="reference1",
        status=CheckoutStatus.OPEN,
        money=MoneyStatus.UNPAID,
        amount=Decimal("1234.56"),
        currency="ARS",
        url=f"{silent_simulator.base_url}/c/pay/{report.session_id}",
        provider_payment_id=None,
        paid_at=None,
        expires_at=NOON + timedelta(minutes=40),
    )
    assert provider.retrieve_checkout(report.session_id) == report


def test_report_after_a_decline_is_open_and_says_why(
    provider: CheckoutGateway, silent_simulator: SimulatorProcess
) -> None:
    session_id = made(provider).session_id
    silent_simulator.decline(session_id)

    report = provider.retrieve_checkout(session_id)

    assert (report.status, report.money) == (CheckoutStatus.OPEN, MoneyStatus.UNPAID)
    assert report.failure_code == "generic_decline"
    assert report.provider_payment_id is not None


def test_report_of_a_paid_checkout(provider: CheckoutGateway, silent_simulator: SimulatorProcess) -> None:
    session_id = made(provider).session_id
    silent_simulator.pay(session_id)

    report = provider.retrieve_checkout(session_id)

    assert (report.status, report.money) == (CheckoutStatus.COMPLETE, MoneyStatus.PAID)
    assert (report.amount, report.currency) == (Decimal("1234.56"), "ARS")
    assert (report.means_brand, report.means_funding, report.means_last4) == ("visa", "credit", "4242")
    assert (report.url, report.failure_code) == ("", "")
    assert report.paid_at == NOON


def test_expire_closes_an_open_checkout(provider: CheckoutGateway) -> None:
    session_id = made(provider).session_id

    first, again = provider.expire_checkout(session_id), provider.expire_checkout(session_id)

    assert (first.status, first.money) == (CheckoutStatus.EXPIRED, MoneyStatus.UNPAID)
    assert again == first


def test_expire_tells_that_it_was_too_late(provider: CheckoutGateway, silent_simulator: SimulatorProcess) -> None:
    session_id = made(provider).session_id
    silent_simulator.pay(session_id)

    report = provider.expire_checkout(session_id)

    assert (report.status, report.money) == (CheckoutStatus.COMPLETE, MoneyStatus.PAID)


def test_a_checkout_that_does_not_exist_is_unknown(provider: CheckoutGateway) -> None:
    for ask in (provider.retrieve_checkout, provider.expire_checkout):
        with pytest.raises(UnknownCheckoutError) as unknown:
            ask("cs_test_nothing")
        assert unknown.value.session_id == "cs_test_nothing"


def test_create_under_the_same_key_is_one_checkout(provider: CheckoutGateway) -> None:
    assert made(provider) == made(provider)


def test_create_under_the_same_key_for_something_else_is_refused(provider: CheckoutGateway) -> None:
    made(provider)
    other = replace(ORDER, customer_email="otra@correo.example")

    with pytest.raises(ProviderRefusedError):
        made(provider, other)


def test_create_that_is_wrong_is_refused_with_its_code(provider: CheckoutGateway) -> None:
    free = replace(ORDER, lines=(CheckoutLine(name="Factura B 1", description="", amount=Decimal("0.00")),))

    with pytest.raises(ProviderRefusedError) as refused:
        made(provider, free)

    assert refused.value.code == "amount_too_small"


def test_find_looks_through_every_page(provider: CheckoutGateway) -> None:
    wanted = made(provider)
    for number in range(101):
        made(provider, replace(ORDER, reference=f"other{number}"))

    found = provider.find_checkout("reference1", since=NOON, until=NOON + timedelta(hours=1))

    assert found == wanted
    assert provider.find_checkout("nobody", since=NOON, until=NOON + timedelta(hours=1)) is None
    assert provider.find_checkout("reference1", since=NOON - timedelta(hours=1), until=NOON - timedelta(1)) is None


@pytest.mark.parametrize("how", ["cut", "error"])
def test_an_answer_lost_for_good_is_unavailable(
    provider: CheckoutGateway, silent_simulator: SimulatorProcess, how: str
) -> None:
    silent_simulator.lose_answer(how=how, times=3)

    with pytest.raises(ProviderUnavailableError):
        made(provider)

    assert made(provider).status is CheckoutStatus.OPEN


def test_a_wrong_key_decides_nothing(silent_simulator: SimulatorProcess) -> None:
    wrong = StripeGateway(api_key="sk_test_wrong", api_base=silent_simulator.base_url, webhook_secrets=())

    with pytest.raises(ProviderUnavailableError):
        made(wrong)


def test_nobody_there_is_unavailable() -> None:
    nobody = StripeGateway(api_key="sk_test_simulator", api_base="http://127.0.0.1:9", webhook_secrets=())

    with pytest.raises(ProviderUnavailableError):
        nobody.retrieve_checkout("cs_test_1")


def test_a_session_that_charges_nothing_is_none_of_ours() -> None:
    with pytest.raises(UnknownCheckoutError):
        report_of(
            {
                "id": "cs_setup",
                "client_reference_id": None,
                "status": "complete",
                "payment_status": "no_payment_required",
                "amount_total": None,
                "currency": None,
                "url": None,
                "expires_at": int(datetime(2026, 11, 24, tzinfo=UTC).timestamp()),
                "payment_intent": None,
            }
        )
