"""`manage.py reconcile`, and the job that does the same."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django.fixtures import Settings

from billing.enums import PaymentState
from billing.models import Invoice, ProviderDay
from billing.tasks import reconcile_days
from tests.billing.checkout.steps import Customer, session_of
from tests.billing.reconciliation.comparing import paid_after, session_made_elsewhere
from tests.conftest import NOON
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: str) -> tuple[int, list[list[str]]]:
    """The exit status, and the words of each line."""
    output = io.StringIO()
    try:
        call_command("reconcile", *arguments, stdout=output)
    except CommandError as error:
        return error.returncode, [*_words(output), str(error).split()]
    return 0, _words(output)


def _words(output: io.StringIO) -> list[list[str]]:
    return [line.split() for line in output.getvalue().splitlines()]


def test_a_day_that_agrees_is_printed_and_the_status_is_zero(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    simulator.pay(session_of(ana.start(invoice)))

    status, lines = run("--date", "2026-11-24")

    assert status == 0
    assert lines[0] == [
        "Día", "Cobrado", "Imputado", "Devuelto", "Volvió", "Desconocido", "Ganado", "Comisiones", "Neto", "Al",
        "banco", "Diferencia",
    ]  # fmt: skip
    assert lines[1:] == [
        ["24/11/2026", "1.000,00", "1.000,00", "0,00", "0,00", "0,00", "0,00", "45,00", "955,00", "0,00", "0,00"]
    ]


def test_a_difference_is_named_and_the_status_is_one(simulator: SimulatorProcess) -> None:
    simulator.pay(session_made_elsewhere(simulator, reference="of another shop", centavos=25_050))

    status, lines = run()

    assert status == 1
    assert lines[1][1:3] == ["250,50", "0,00"]
    assert " ".join(lines[2]).startswith("Objeto desconocido del proveedor (abierta): unknown_object:charge:")
    assert " ".join(lines[3]) == "1 día con diferencias sin resolver."


def test_a_provider_that_does_not_answer_is_told_apart(simulator: SimulatorProcess) -> None:
    simulator.answer_500(matching="GET /v1/balance_transactions", times=None)
    status, lines = run()
    assert (status, lines[0][:4]) == (2, ["No", "se", "pudo", "comparar:"])
    assert ProviderDay.objects.count() == 0


def test_a_day_to_come_is_refused(simulator: SimulatorProcess) -> None:
    assert run("--date", "2026-11-25") == (2, [["25/11/2026", "todavía", "no", "llegó."]])


def test_the_job_goes_on_where_it_was_cut_short(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, at_noon: time_machine.Traveller
) -> None:
    payment = ana.start(invoice)
    simulator.pay(session_of(payment))
    at_noon.move_to(NOON + timedelta(days=5))
    simulator.live_at(NOON + timedelta(days=5))
    simulator.answer_500(matching="GET /v1/checkout/sessions", times=None)
    reconcile_days.func(timestamp=0)
    assert paid_after(payment).state == PaymentState.OPEN
    assert ProviderDay.objects.count() == 0
    simulator.clear_faults()

    reconcile_days.func(timestamp=0)

    assert paid_after(payment).state == PaymentState.SUCCEEDED
    assert [row.our_received for row in ProviderDay.objects.order_by("day")] == [1000, 0, 0, 0, 0, 0]


def test_a_provider_that_is_away_fails_no_job(settings: Settings, simulator: SimulatorProcess) -> None:
    settings.UTILITY = settings.UTILITY.model_copy(update={"stripe_api_base": "http://127.0.0.1:9"})
    reconcile_days.func(timestamp=0)
    assert ProviderDay.objects.count() == 0
