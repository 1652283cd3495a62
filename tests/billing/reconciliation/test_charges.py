"""Money that customers paid: what the provider has and we lack, and the other way round."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.models import User
from billing.discrepancies import resolve_discrepancy
from billing.enums import DiscrepancyKind, DiscrepancyResolution, PaymentState
from billing.models import Discrepancy, Invoice, Payment, PaymentEvent, ProviderDay, ProviderMovement, Receipt
from billing.polling import check_checkouts
from billing.refusals import CheckoutUnavailable
from billing.settlement import settle_payment
from oficina.shared.money import ZERO
from tests.billing.checkout.steps import Customer, at_once, session_of, sessions_made
from tests.billing.reconciliation.comparing import (
    TODAY,
    assert_equal_to_the_books,
    everything_known,
    kinds_found,
    paid_after,
    reconciled,
    session_made_elsewhere,
)
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory, open_checkout, paid
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_day_without_anything_agrees(simulator: SimulatorProcess) -> None:
    row = reconciled()
    assert (row.gross, row.our_received) == (ZERO, ZERO)
    assert (row.charges, row.our_payments) == (0, 0)
    assert not row.differs
    assert row.findings.count() == 0


def test_a_payment_of_which_nobody_told_is_settled(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = ana.start(invoice)
    simulator.pay(session_of(payment))

    row = reconciled()

    assert paid_after(payment).state == PaymentState.SUCCEEDED
    assert PaymentEvent.objects.get(to_state=PaymentState.SUCCEEDED).cause == "reconciliation"
    assert Receipt.objects.get().payment == payment
    assert (row.charges, row.gross) == (1, Decimal("1000.00"))
    assert (row.fees, row.net) == (Decimal("45.00"), Decimal("955.00"))
    assert (row.our_payments, row.our_received) == (1, Decimal("1000.00"))
    assert not row.differs
    assert Discrepancy.objects.count() == 0
    assert_equal_to_the_books(simulator)


def test_a_payment_is_settled_though_the_answer_that_named_its_session_was_lost(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    quote = ana.quote(invoice)
    simulator.lose_answer(times=None)
    with pytest.raises(CheckoutUnavailable):
        ana.confirm(quote)
    simulator.clear_faults()
    payment = Payment.objects.get()
    assert payment.provider_session_id is None
    (session,) = sessions_made(simulator)
    simulator.pay(session.id)

    row = reconciled()

    assert paid_after(payment).state == PaymentState.SUCCEEDED
    assert row.our_received == Decimal("1000.00")
    assert Discrepancy.objects.count() == 0


def test_it_runs_twice_and_nothing_changes(ana: Customer, invoice: Invoice, simulator: SimulatorProcess) -> None:
    simulator.pay(session_of(ana.start(invoice)))
    reconciled()
    before = everything_known()

    reconciled()

    assert everything_known() == before
    assert ProviderMovement.objects.count() == 1


def test_two_workers_at_once_settle_everything_once(ana: Customer, simulator: SimulatorProcess) -> None:
    for _ in range(4):
        simulator.pay(session_of(ana.start(InvoiceFactory.create(account=ana.link.account))))

    results = at_once(reconciled, reconciled, reconciled)

    assert [result for result in results if isinstance(result, Exception)] == []
    assert ProviderDay.objects.get().our_received == Decimal("4000.00")
    assert Receipt.objects.count() == 4
    assert ProviderMovement.objects.count() == 4
    assert Discrepancy.objects.count() == 0
    assert not ProviderDay.objects.get().differs


def test_money_that_came_after_the_attempt_expired_belongs_to_the_day_on_which_it_was_paid(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, at_noon: time_machine.Traveller
) -> None:
    payment = ana.start(invoice)
    simulator.pay_later(session_of(payment))
    check_checkouts(now=NOON + timedelta(minutes=2))
    later = NOON + timedelta(days=2)
    at_noon.move_to(later)
    simulator.live_at(later)
    simulator.settle(session_of(payment))

    first, second = reconciled(TODAY), reconciled(TODAY + timedelta(days=2))

    assert (first.gross, first.our_received) == (ZERO, ZERO)
    assert (second.gross, second.our_received) == (Decimal("1000.00"), Decimal("1000.00"))
    assert_equal_to_the_books(simulator)


def test_what_was_paid_before_midnight_and_settled_after_it_is_of_the_day_before(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, at_noon: time_machine.Traveller
) -> None:
    before_midnight = NOON + timedelta(hours=11, minutes=50)
    at_noon.move_to(before_midnight)
    simulator.live_at(before_midnight)
    payment = ana.start(invoice)
    simulator.pay(session_of(payment))
    at_noon.shift(timedelta(minutes=30))

    first, second = reconciled(TODAY), reconciled(TODAY + timedelta(days=1))

    assert paid_after(payment).state == PaymentState.SUCCEEDED
    assert (first.our_received, second.our_received) == (Decimal("1000.00"), Decimal("0.00"))
    assert not first.differs
    assert not second.differs
    assert_equal_to_the_books(simulator)


def test_another_amount_is_not_settled_and_the_day_differs_by_it(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = ana.start(invoice)
    simulator.misreport(session_of(payment), amount_total=99_900)
    simulator.pay(session_of(payment))

    row = reconciled()

    assert paid_after(payment).state == PaymentState.PROCESSING
    assert (row.gross, row.our_received) == (Decimal("999.00"), Decimal("0.00"))
    assert (row.difference, row.differs) == (Decimal("999.00"), True)
    assert kinds_found(row) == [DiscrepancyKind.AMOUNT_DIFFERS]
    assert Discrepancy.objects.get().payment == payment
    assert list(ProviderDay.objects.unexplained()) == [row]


def test_another_currency_is_not_summed_with_ours(ana: Customer, invoice: Invoice, simulator: SimulatorProcess) -> None:
    payment = ana.start(invoice)
    simulator.misreport(session_of(payment), currency="usd")
    simulator.pay(session_of(payment))

    row = reconciled()

    assert (row.gross, row.our_received) == (ZERO, ZERO)
    assert kinds_found(row) == [DiscrepancyKind.CURRENCY_DIFFERS]


def test_a_charge_of_no_payment_of_ours_is_put_before_the_office(simulator: SimulatorProcess) -> None:
    simulator.pay(session_made_elsewhere(simulator, reference="of another shop", centavos=25_050))

    row = reconciled()

    assert kinds_found(row) == [DiscrepancyKind.UNKNOWN_OBJECT]
    assert (row.gross, row.our_received) == (Decimal("250.50"), ZERO)
    assert (row.charges, row.our_payments) == (1, 0)
    assert Discrepancy.objects.get().detail["told"] == "250.50 ARS"


def test_a_second_charge_for_a_payment_is_put_before_the_office(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = ana.start(invoice)
    simulator.pay(session_of(payment))
    simulator.pay(session_made_elsewhere(simulator, reference=payment.public_id, centavos=100_000))

    row = reconciled()

    assert (row.gross, row.our_received) == (Decimal("2000.00"), Decimal("1000.00"))
    assert kinds_found(row) == [DiscrepancyKind.UNKNOWN_OBJECT]
    assert Discrepancy.objects.get().payment == payment


def test_a_payment_of_ours_that_the_provider_does_not_know_is_put_before_the_office(
    invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = open_checkout(invoice)
    settle_payment(payment.pk, paid(payment), cause="test")

    row = reconciled()

    assert kinds_found(row) == [DiscrepancyKind.NOT_AT_PROVIDER]
    assert (row.gross, row.our_received, row.difference) == (ZERO, Decimal("1000.00"), Decimal("-1000.00"))
    assert reconciled().findings.count() == 1


def test_a_difference_that_somebody_resolved_is_explained(
    invoice: Invoice, simulator: SimulatorProcess, staff: User
) -> None:
    payment = open_checkout(invoice)
    settle_payment(payment.pk, paid(payment), cause="test")
    row = reconciled()
    assert list(ProviderDay.objects.unexplained()) == [row]

    resolve_discrepancy(
        Discrepancy.objects.get(), DiscrepancyResolution.SENDER_ERROR, "Se cobró por otra cuenta.", by=staff
    )

    assert list(ProviderDay.objects.unexplained()) == []
    assert list(ProviderDay.objects.differing()) == [row]
