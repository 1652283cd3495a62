"""What reached our bank."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.models import User
from billing.enums import DiscrepancyKind
from billing.models import Discrepancy, Invoice, ProviderPayout
from billing.reconciliation.payouts import note_bank_credit
from billing.refusals import PayoutAlreadySeen
from tests.billing.checkout.steps import Customer, at_once, session_of
from tests.billing.reconciliation.comparing import TODAY, assert_equal_to_the_books, kinds_found, reconciled
from tests.conftest import NOON
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.django_db(transaction=True)

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def payout(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, at_noon: time_machine.Traveller
) -> ProviderPayout:
    """What came in on the 24th, 955 pesos after the fee, was sent to the bank on the 25th."""
    simulator.pay(session_of(ana.start(invoice)))
    reconciled()
    at_noon.move_to(NOON + timedelta(days=1))
    simulator.live_at(NOON + timedelta(days=1))
    simulator.pay_out(TODAY)
    reconciled(TOMORROW)
    return ProviderPayout.objects.get()


def test_a_payout_is_kept_with_what_it_paid_out(payout: ProviderPayout, simulator: SimulatorProcess) -> None:
    assert (payout.amount, payout.content) == (Decimal("955.00"), Decimal("955.00"))
    assert payout.arrives_on == TOMORROW
    assert not payout.failed
    assert payout.differences == []
    first, second = reconciled(), reconciled(TOMORROW)
    assert (first.net, first.payouts) == (Decimal("955.00"), Decimal("0.00"))
    assert (second.net, second.payouts) == (Decimal("0.00"), Decimal("955.00"))
    assert_equal_to_the_books(simulator)
    assert ProviderPayout.objects.get().amount == Decimal("955.00")
    assert Discrepancy.objects.count() == 0


def test_what_the_bank_shows_is_noted_once(payout: ProviderPayout, staff: User) -> None:
    noted = note_bank_credit(payout, amount=Decimal("955.00"), on=TOMORROW, by=staff)

    assert (noted.bank_amount, noted.bank_on, noted.bank_seen_by) == (Decimal("955.00"), TOMORROW, staff)
    assert Discrepancy.objects.count() == 0
    with pytest.raises(PayoutAlreadySeen):
        note_bank_credit(payout, amount=Decimal("900.00"), on=TOMORROW, by=staff)


def test_another_amount_at_the_bank_is_put_before_the_office_and_shown_with_its_day(
    payout: ProviderPayout, staff: User
) -> None:
    note_bank_credit(payout, amount=Decimal("950.00"), on=TOMORROW, by=staff)

    finding = Discrepancy.objects.get()
    assert finding.kind == DiscrepancyKind.PAYOUT_DIFFERS
    assert (finding.detail["sent"], finding.detail["bank"]) == ("955.00", "950.00")
    assert kinds_found(reconciled(TOMORROW)) == [DiscrepancyKind.PAYOUT_DIFFERS]
    assert Discrepancy.objects.count() == 1


def test_two_people_who_note_it_at_once_note_it_once(payout: ProviderPayout, staff: User) -> None:
    days = (date(2026, 11, 25), date(2026, 11, 26))
    results = at_once(
        *[lambda on=on: note_bank_credit(payout, amount=Decimal("955.00"), on=on, by=staff) for on in days]
    )

    assert sorted(type(result).__name__ for result in results) == ["PayoutAlreadySeen", "ProviderPayout"]
