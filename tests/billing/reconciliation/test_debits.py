"""Charges of cards on file in the provider's books."""

from decimal import Decimal

import pytest

from accounts.models import AccountLink
from billing.card_charges import send_charge
from billing.enums import PaymentState
from billing.gateway.errors import ProviderUnavailableError
from billing.models import Discrepancy, Invoice, PaymentEvent
from tests.billing.checkout.test_debits import card_debit
from tests.billing.reconciliation.comparing import assert_equal_to_the_books, paid_after, reconciled
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_charge_whose_answer_was_lost_is_settled(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink
) -> None:
    payment = card_debit(simulator, invoice, link)
    simulator.lose_answer(matching="POST /v1/payment_intents", times=None)
    with pytest.raises(ProviderUnavailableError):
        send_charge(payment, cause="direct_debit")
    simulator.clear_faults()

    row = reconciled()

    assert paid_after(payment).state == PaymentState.SUCCEEDED
    assert PaymentEvent.objects.get(to_state=PaymentState.SUCCEEDED).cause == "reconciliation"
    assert (row.charges, row.gross, row.our_payments, row.our_received) == (
        1, Decimal("1000.00"), 1, Decimal("1000.00"),
    )  # fmt: skip
    assert not row.differs
    assert_equal_to_the_books(simulator)


def test_a_charge_that_was_settled_agrees(simulator: SimulatorProcess, invoice: Invoice, link: AccountLink) -> None:
    send_charge(card_debit(simulator, invoice, link), cause="direct_debit")

    row = reconciled()

    assert (row.charges, row.our_payments, row.differs) == (1, 1, False)
    assert not Discrepancy.objects.exists()
    assert_equal_to_the_books(simulator)
