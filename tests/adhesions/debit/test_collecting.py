"""The day of a debit of a card, and what comes of it, with the provider as a real process."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.core import mail
from time_machine import Traveller

from accounts.models import AccountLink
from adhesions.debit.collecting import collect_from_cards, decide_debits
from adhesions.debit.mandates import leave_direct_debit
from adhesions.debit.refusals import TooLateToStop
from adhesions.debit.stopping import stop_debit
from adhesions.enums import DebitState
from adhesions.models import DebitRetry, DebitTry, DirectDebit, ScheduledDebit
from billing.enums import PaymentChannel, PaymentState
from billing.external_payments import record_external_payment
from billing.models import Allocation, Invoice, Payment, Receipt
from billing.polling import check_checkouts
from tests.billing.checkout.steps import Customer, at_once
from tests.billing.checkout.test_debits import card_on_file, charges_made
from tests.billing.checkout.test_saved_cards import AR_CARD, ASKS_FOR_HOLDER, NO_FUNDS
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory, operation
from tests.factories.debits import announced, card_mandate
from tests.jobs import run_jobs
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _schedule(transactional_db: None) -> None:
    """Declined cards are tried again a day and three days later. What migrations put there, other tests emptied."""
    DebitRetry.objects.all().delete()
    DebitRetry.objects.bulk_create(DebitRetry(days_after=days) for days in (1, 3))


DUE = date(2026, 12, 4)
DAY = datetime.combine(DUE, NOON.timetz())


def mandate_on(simulator: SimulatorProcess, link: AccountLink, number: str = AR_CARD) -> DirectDebit:
    card = card_on_file(simulator, number)
    return card_mandate(link, provider_customer_id=card.customer_id, provider_method_id=card.method_id)


def debit_for(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink, number: str = AR_CARD
) -> ScheduledDebit:
    return announced(mandate_on(simulator, link, number), invoice, debit_on=DUE, try_on=DUE)


def on(day: datetime, simulator: SimulatorProcess, at_noon: Traveller) -> datetime:
    at_noon.move_to(day)
    simulator.live_at(day)
    return day


def test_nothing_is_taken_before_its_date(simulator: SimulatorProcess, invoice: Invoice, link: AccountLink) -> None:
    debit_for(simulator, invoice, link)
    assert collect_from_cards(now=NOON) == 0
    assert not Payment.objects.exists()


def test_card_pays_the_bill_on_its_date(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink, at_noon: Traveller
) -> None:
    debit = debit_for(simulator, invoice, link)

    assert collect_from_cards(now=on(DAY, simulator, at_noon)) == 1

    debit.refresh_from_db()
    payment = Payment.objects.get()
    assert (debit.state, debit.try_on, debit.decided_at) == (DebitState.COLLECTED, None, DAY)
    assert (payment.channel, payment.state, payment.amount_received, payment.payer) == (
        PaymentChannel.DIRECT_DEBIT_CARD, PaymentState.SUCCEEDED, Decimal("1000.00"), link.user,
    )  # fmt: skip
    assert list(Allocation.objects.values_list("payment", "invoice", "amount")) == [
        (payment.pk, invoice.pk, Decimal("1000.00"))
    ]
    assert DebitTry.objects.get().payment == Receipt.objects.get().payment == payment
    assert collect_from_cards(now=DAY) == decide_debits(now=DAY) == 0


def test_declined_card_is_tried_again_by_the_schedule_and_then_given_up(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink, at_noon: Traveller
) -> None:
    debit = debit_for(simulator, invoice, link, NO_FUNDS)
    seen = []

    for days in range(6):
        collect_from_cards(now=on(DAY + timedelta(days=days), simulator, at_noon))
        debit.refresh_from_db()
        seen.append((debit.state, debit.try_on, debit.tries.count()))

    assert seen == [
        ("waiting", date(2026, 12, 5), 1),
        ("waiting", date(2026, 12, 7), 2),
        ("waiting", date(2026, 12, 7), 2),
        ("rejected", None, 3),
        ("rejected", None, 3),
        ("rejected", None, 3),
    ]
    assert set(Payment.objects.values_list("state", "failure_code")) == {("failed", "insufficient_funds")}
    assert Invoice.objects.payable().filter(pk=invoice.pk).exists()
    mail.outbox.clear()
    run_jobs()
    bodies = [message.body for message in mail.outbox]
    assert len(bodies) == 3
    assert "Lo intentamos de nuevo el sábado 05/12/2026" in bodies[0]
    assert "La tarjeta no tenía fondos suficientes." in bodies[0]
    assert "Ya no lo intentamos: pagá esta factura por otro medio." in bodies[2]


def test_second_try_may_pay(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink, at_noon: Traveller
) -> None:
    debit = debit_for(simulator, invoice, link, NO_FUNDS)
    collect_from_cards(now=on(DAY, simulator, at_noon))
    card = card_on_file(simulator)
    leave_direct_debit(debit.mandate, by=link.user, now=DAY)
    again = announced(
        card_mandate(link, provider_customer_id=card.customer_id, provider_method_id=card.method_id),
        invoice,
        debit_on=DUE + timedelta(days=1),
        try_on=DUE + timedelta(days=1),
    )

    collect_from_cards(now=on(DAY + timedelta(days=1), simulator, at_noon))

    debit.refresh_from_db()
    again.refresh_from_db()
    assert (debit.state, again.state) == (DebitState.WITHDRAWN, DebitState.COLLECTED)
    assert Payment.objects.succeeded().count() == 1


def test_holder_who_has_to_act_is_told_and_nothing_is_tried_again(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink, at_noon: Traveller
) -> None:
    debit = debit_for(simulator, invoice, link, ASKS_FOR_HOLDER)

    collect_from_cards(now=on(DAY, simulator, at_noon))

    debit.refresh_from_db()
    assert (debit.state, debit.try_on) == (DebitState.REJECTED, None)
    mail.outbox.clear()
    run_jobs()
    (sent,) = mail.outbox
    assert "El banco pidió confirmar el pago, y en un débito no hay quien lo confirme." in sent.body


def test_provider_that_does_not_answer_is_asked_by_polling(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink, at_noon: Traveller
) -> None:
    debit = debit_for(simulator, invoice, link)
    now = on(DAY, simulator, at_noon)
    simulator.lose_answer(matching="POST /v1/payment_intents", times=None)
    collect_from_cards(now=now)
    debit.refresh_from_db()
    assert debit.state == DebitState.UNDER_WAY
    simulator.clear_faults()

    at_noon.shift(timedelta(minutes=2))
    check_checkouts(now=now + timedelta(minutes=2))

    debit.refresh_from_db()
    assert debit.state == DebitState.COLLECTED
    assert charges_made(simulator) == 1


def test_two_workers_try_once(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink, at_noon: Traveller
) -> None:
    debit = debit_for(simulator, invoice, link)
    collect = partial(collect_from_cards, now=on(DAY, simulator, at_noon))

    assert not [told for told in at_once(collect, collect) if isinstance(told, Exception)]

    debit.refresh_from_db()
    assert (debit.state, debit.tries.count(), charges_made(simulator)) == (DebitState.COLLECTED, 1, 1)


def test_bill_paid_at_a_counter_is_not_debited(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink, at_noon: Traveller
) -> None:
    debit = debit_for(simulator, invoice, link)
    record_external_payment(operation(link.account, (invoice, Decimal("1000.00"))), cause="test")
    debit.refresh_from_db()
    assert debit.state == DebitState.WITHDRAWN
    assert collect_from_cards(now=on(DAY, simulator, at_noon)) == 0


def test_what_was_paid_in_part_is_debited_for_the_rest(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink, at_noon: Traveller
) -> None:
    debit_for(simulator, invoice, link)
    record_external_payment(operation(link.account, (invoice, Decimal("400.00"))), cause="test")
    collect_from_cards(now=on(DAY, simulator, at_noon))
    assert Payment.objects.get(channel=PaymentChannel.DIRECT_DEBIT_CARD).amount_received == Decimal("600.00")


def test_bill_that_costs_more_than_was_told_is_not_debited_and_it_is_said(
    simulator: SimulatorProcess, link: AccountLink, at_noon: Traveller
) -> None:
    invoice = InvoiceFactory.create(account=link.account, amount=Decimal("1000.01"))
    debit = debit_for(simulator, invoice, link)

    assert collect_from_cards(now=on(DAY, simulator, at_noon)) == 0

    debit.refresh_from_db()
    assert debit.state == DebitState.WITHDRAWN
    mail.outbox.clear()
    run_jobs()
    (sent,) = mail.outbox
    assert "Te avisamos un débito de $\N{NO-BREAK SPACE}1.000,00" in sent.body


def test_open_checkout_of_the_bill_is_closed_first(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink, ana: Customer, at_noon: Traveller
) -> None:
    debit = debit_for(simulator, invoice, link)
    now = on(DAY, simulator, at_noon)
    checkout = ana.start(invoice)

    collect_from_cards(now=now)

    checkout.refresh_from_db()
    debit.refresh_from_db()
    assert (checkout.state, debit.state) == (PaymentState.EXPIRED, DebitState.COLLECTED)


def test_debit_is_stopped_until_a_day_before(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink, at_noon: Traveller
) -> None:
    debit = debit_for(simulator, invoice, link)
    last = datetime.fromisoformat("2026-12-03T02:59:59+00:00")  # 2/12, 23:59:59 in Mendoza
    with pytest.raises(TooLateToStop):
        stop_debit(debit, now=last + timedelta(seconds=1))

    stopped = stop_debit(debit, now=last)

    assert stop_debit(debit, now=last + timedelta(days=9)) == stopped
    assert stopped.state == DebitState.STOPPED
    assert collect_from_cards(now=on(DAY, simulator, at_noon)) == 0
