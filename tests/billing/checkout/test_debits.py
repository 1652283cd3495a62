"""Debits: a card charged without its holder, a bank that answers days later. One payment, whatever goes wrong."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
import time_machine

from accounts.models import AccountLink
from billing.card_charges import CHARGE_REFUSED, ask_about_charge, send_charge
from billing.debits import CardOnFile, Debit, save_bank_debit, save_card_debit
from billing.enums import DiscrepancyKind, PaymentChannel, PaymentState, WebhookStatus
from billing.gateway.configured import saved_cards_gateway
from billing.gateway.errors import ProviderUnavailableError
from billing.gateway.reports import MoneyReport, MoneyStatus
from billing.models import Allocation, Discrepancy, Invoice, Payment, PaymentItem, Receipt, WebhookEvent
from billing.polling import check_checkouts
from billing.refunds import record_reversal
from billing.refusals import DebitExceedsNotice, InvoiceNotPayable, PaymentUnderWay
from billing.settlement import settle_payment
from oficina.shared.dates import today
from oficina.shared.ids import public_id
from tests.billing.checkout.steps import Customer, at_once
from tests.billing.checkout.test_saved_cards import AR_CARD, ASKS_FOR_HOLDER, NO_FUNDS, saved
from tests.conftest import NOON
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.django_db(transaction=True)


def debit_of(invoice: Invoice, link: AccountLink, *, at_most: str = "1000.00") -> Debit:
    return Debit(
        invoice_id=invoice.pk,
        account_id=invoice.account_id,
        payer=link.user,
        priced_on=today(),
        at_most=Decimal(at_most),
    )


def card_on_file(simulator: SimulatorProcess, number: str = AR_CARD) -> CardOnFile:
    card = saved(saved_cards_gateway(), simulator, number, public_id())
    return CardOnFile(customer_id=card.customer_id, method_id=card.method_id)


def card_debit(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink, number: str = AR_CARD, key: str = "debit-1"
) -> Payment:
    return save_card_debit(debit_of(invoice, link), card_on_file(simulator, number), key=key, now=NOON)


def moves(payment: Payment) -> list[tuple[str, str]]:
    return list(payment.events.order_by("pk").values_list("to_state", "cause"))


def test_card_is_charged_and_its_bill_paid(simulator: SimulatorProcess, invoice: Invoice, link: AccountLink) -> None:
    payment = card_debit(simulator, invoice, link)
    assert (payment.state, payment.channel) == (PaymentState.CREATED, PaymentChannel.DIRECT_DEBIT_CARD)
    assert PaymentItem.objects.get().live

    settled = send_charge(payment, cause="direct_debit")

    assert (settled.state, settled.amount_received, settled.paid_at) == (
        PaymentState.SUCCEEDED, Decimal("1000.00"), NOON,
    )  # fmt: skip
    assert (settled.means_brand, settled.means_last4, settled.payer) == ("visa", "0021", link.user)
    assert moves(settled) == [("created", "direct_debit"), ("succeeded", "direct_debit")]
    assert list(Allocation.objects.values_list("payment", "invoice", "amount")) == [
        (payment.pk, invoice.pk, Decimal("1000.00"))
    ]
    assert Receipt.objects.get().payment == settled
    assert not PaymentItem.objects.get().live
    assert not Discrepancy.objects.exists()


@pytest.mark.parametrize(
    ("number", "code"), [(NO_FUNDS, "insufficient_funds"), (ASKS_FOR_HOLDER, "authentication_required")]
)
def test_declined_card_frees_the_bill_and_another_try_is_another_payment(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink, number: str, code: str
) -> None:
    failed = send_charge(card_debit(simulator, invoice, link, number), cause="direct_debit")

    assert (failed.state, failed.failure_code, failed.amount_received) == (PaymentState.FAILED, code, None)
    assert not PaymentItem.objects.get().live

    again = send_charge(card_debit(simulator, invoice, link, key="debit-2"), cause="direct_debit")
    assert (again.pk != failed.pk, again.state) == (True, PaymentState.SUCCEEDED)


def test_charge_whose_answer_was_lost_is_settled_once_by_polling(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink, at_noon: time_machine.Traveller
) -> None:
    payment = card_debit(simulator, invoice, link)
    simulator.lose_answer(matching="POST /v1/payment_intents", times=None)
    with pytest.raises(ProviderUnavailableError):
        send_charge(payment, cause="direct_debit")
    payment.refresh_from_db()
    assert payment.state == PaymentState.CREATED
    simulator.clear_faults()

    at_noon.shift(timedelta(minutes=1))
    assert check_checkouts(now=NOON + timedelta(minutes=1)) == 1

    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED
    assert charges_made(simulator) == 1


def test_charge_is_found_when_its_key_is_too_old_to_be_sent_again(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink, at_noon: time_machine.Traveller
) -> None:
    payment = card_debit(simulator, invoice, link)
    simulator.lose_answer(matching="POST /v1/payment_intents", times=None)
    with pytest.raises(ProviderUnavailableError):
        send_charge(payment, cause="direct_debit")
    simulator.clear_faults()

    at_noon.shift(timedelta(hours=30))
    simulator.live_at(NOON + timedelta(hours=30))

    assert ask_about_charge(payment, cause="polling").state == PaymentState.SUCCEEDED
    assert charges_made(simulator) == 1


def test_charge_never_made_fails_once_its_key_is_too_old(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink, at_noon: time_machine.Traveller
) -> None:
    payment = card_debit(simulator, invoice, link)
    at_noon.shift(timedelta(hours=30))
    simulator.live_at(NOON + timedelta(hours=30))

    failed = ask_about_charge(payment, cause="polling")

    assert (failed.state, failed.failure_code) == (PaymentState.FAILED, "idempotency_key_forgotten")
    assert moves(failed)[-1] == ("failed", CHARGE_REFUSED)
    assert charges_made(simulator) == 0


def test_card_that_was_forgotten_fails_the_debit(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink
) -> None:
    card = card_on_file(simulator)
    payment = save_card_debit(debit_of(invoice, link), card, key="debit-1", now=NOON)
    saved_cards_gateway().forget_card(card.method_id)

    failed = send_charge(payment, cause="direct_debit")

    assert (failed.state, moves(failed)[-1]) == (PaymentState.FAILED, ("failed", CHARGE_REFUSED))
    assert not PaymentItem.objects.get().live


def test_two_workers_at_once_charge_once(simulator: SimulatorProcess, invoice: Invoice, link: AccountLink) -> None:
    card = card_on_file(simulator)
    save = partial(save_card_debit, debit_of(invoice, link), card, key="debit-1", now=NOON)
    first, second = at_once(save, save)
    assert isinstance(first, Payment)
    assert first == second

    settled = at_once(partial(send_charge, first, cause="a"), partial(send_charge, first, cause="b"))

    assert [isinstance(told, Payment) and told.state for told in settled] == [PaymentState.SUCCEEDED] * 2
    assert Payment.objects.count() == Receipt.objects.count() == charges_made(simulator) == 1


def test_bill_under_way_cannot_be_debited_and_one_being_debited_cannot_be_paid(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink, ana: Customer
) -> None:
    card_debit(simulator, invoice, link)
    with pytest.raises(PaymentUnderWay):
        ana.start(invoice)

    for save in savers(simulator, invoice, link):
        with pytest.raises(PaymentUnderWay):
            save()


def test_paid_bill_is_not_debited(simulator: SimulatorProcess, invoice: Invoice, link: AccountLink) -> None:
    send_charge(card_debit(simulator, invoice, link), cause="direct_debit")
    for save in savers(simulator, invoice, link):
        with pytest.raises(InvoiceNotPayable):
            save()


def test_debit_above_what_was_told_is_not_made(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink
) -> None:
    for save in savers(simulator, invoice, link, at_most="999.99"):
        with pytest.raises(DebitExceedsNotice) as refusal:
            save()
        assert (refusal.value.due, refusal.value.at_most) == (Decimal("1000.00"), Decimal("999.99"))
    assert not Payment.objects.exists()


def test_bank_debit_is_under_way_until_the_bank_answers(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink
) -> None:
    payment = save_bank_debit(debit_of(invoice, link), now=NOON)
    assert payment.state == PaymentState.PROCESSING
    assert check_checkouts(now=NOON + timedelta(days=2)) == 0

    accepted = settle_payment(payment.pk, answer(payment, MoneyStatus.PAID), cause="bank_file")
    settle_payment(payment.pk, answer(payment, MoneyStatus.PAID), cause="bank_file")

    assert (accepted.state, accepted.paid_at) == (PaymentState.SUCCEEDED, NOON)
    assert moves(payment) == [
        ("created", "direct_debit"), ("processing", "direct_debit"), ("succeeded", "bank_file"),
    ]  # fmt: skip
    assert list(Allocation.objects.values_list("invoice", "amount")) == [(invoice.pk, Decimal("1000.00"))]


def test_rejected_bank_debit_frees_the_bill(simulator: SimulatorProcess, invoice: Invoice, link: AccountLink) -> None:
    payment = save_bank_debit(debit_of(invoice, link), now=NOON)

    rejected = settle_payment(payment.pk, answer(payment, MoneyStatus.FAILED, code="R10"), cause="bank_file")

    assert (rejected.state, rejected.failure_code) == (PaymentState.FAILED, "R10")
    assert not PaymentItem.objects.get().live


def test_bank_takes_a_debit_back(simulator: SimulatorProcess, invoice: Invoice, link: AccountLink) -> None:
    payment = save_bank_debit(debit_of(invoice, link), now=NOON)
    settle_payment(payment.pk, answer(payment, MoneyStatus.PAID), cause="bank_file")

    for _ in range(2):
        record_reversal(payment.pk, amount=Decimal("1000.00"), operation_number="REV-1", reversed_at=NOON, reason="R10")

    assert list(Allocation.objects.order_by("pk").values_list("amount", flat=True)) == [
        Decimal("1000.00"), Decimal("-1000.00"),
    ]  # fmt: skip
    assert Invoice.objects.payable().filter(pk=invoice.pk).exists()


def test_bank_that_took_another_amount_is_put_before_the_office(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink
) -> None:
    payment = save_bank_debit(debit_of(invoice, link), now=NOON)

    held = settle_payment(payment.pk, answer(payment, MoneyStatus.PAID, amount="999.00"), cause="bank_file")

    assert held.state == PaymentState.PROCESSING
    assert Discrepancy.objects.get().kind == DiscrepancyKind.AMOUNT_DIFFERS


def test_news_of_a_saved_card_is_stored_and_ignored(simulator: SimulatorProcess) -> None:
    card_on_file(simulator)
    simulator.wait_until_idle()

    told = WebhookEvent.objects.get(event_type="checkout.session.completed")
    assert (told.status, told.last_error) == (
        WebhookStatus.IGNORED,
        "nothing was paid: a card was saved, which its return page and polling follow",
    )
    assert not Discrepancy.objects.exists()


def savers(
    simulator: SimulatorProcess, invoice: Invoice, link: AccountLink, *, at_most: str = "1000.00"
) -> list[Callable[[], Payment]]:
    debit = debit_of(invoice, link, at_most=at_most)
    card = card_on_file(simulator)
    return [partial(save_card_debit, debit, card, key="other", now=NOON), partial(save_bank_debit, debit, now=NOON)]


def answer(payment: Payment, money: MoneyStatus, *, amount: str = "1000.00", code: str = "") -> MoneyReport:
    return MoneyReport(
        reference=payment.public_id,
        money=money,
        amount=Decimal(amount),
        currency="ARS",
        provider_payment_id=None,
        paid_at=NOON,
        failure_code=code,
    )


def charges_made(simulator: SimulatorProcess) -> int:
    totals = simulator.books()["totals"]
    assert isinstance(totals, dict)
    ars = totals.get("ars", {})
    assert isinstance(ars, dict)
    charges = ars.get("charges", 0)
    assert isinstance(charges, int)
    return charges
