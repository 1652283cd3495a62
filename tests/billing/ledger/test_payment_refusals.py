"""What the database refuses about payments and their items, whoever asks."""

from datetime import timedelta
from functools import partial
from itertools import permutations

import pytest
from django.utils import timezone

from billing.enums import CreditReason, PaymentState
from billing.models import CreditEntry, Invoice, Payment, PaymentItem
from billing.settlement import settle_payment
from billing.transitions import TRANSITIONS
from tests.billing.ledger.refusing import received_elsewhere, refused, run
from tests.factories.accounts import ServiceAccountFactory
from tests.factories.billing import (
    InvoiceFactory,
    begin_checkout,
    open_checkout,
    paid,
    paid_checkout,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("before", "after"), list(permutations(PaymentState, 2)))
def test_payment_moves_only_along_the_table(invoice: Invoice, before: PaymentState, after: PaymentState) -> None:
    payment = reach(before, invoice)

    def move() -> None:
        if after == PaymentState.SUCCEEDED:
            settle_payment(payment.pk, paid(payment), cause="test")
        else:
            run(f"UPDATE billing_payment SET state = '{after}' WHERE id = {payment.pk}")

    if (before, after) in TRANSITIONS:
        move()
        payment.refresh_from_db()
        assert payment.state == after
    else:
        refused(move, f"may not go from {before} to {after}")


def reach(state: PaymentState, invoice: Invoice) -> Payment:
    if state == PaymentState.SUCCEEDED:
        return paid_checkout(invoice)
    payment = begin_checkout(invoice)
    if state != PaymentState.CREATED:
        Payment.objects.filter(pk=payment.pk).update(state=state)
    return payment


@pytest.mark.parametrize("state", [state for state in PaymentState if state != PaymentState.CREATED])
def test_checkout_begins_as_created(invoice: Invoice, state: PaymentState) -> None:
    refused(lambda: Payment.objects.create(account=invoice.account, state=state, amount_asked=1), "may not begin")


@pytest.mark.parametrize("state", [PaymentState.OPEN, PaymentState.PROCESSING, PaymentState.FAILED])
def test_external_payment_begins_as_created_or_succeeded(invoice: Invoice, state: PaymentState) -> None:
    refused(lambda: received_elsewhere(invoice.account, state=state, amount_received=None), "may not begin")


def test_what_a_payment_asked_for_stays(invoice: Invoice) -> None:
    payment = open_checkout(invoice)
    for change in (
        {"amount_asked": 1},
        {"account": ServiceAccountFactory.create()},
        {"channel": "office"},
        {"request": {"mode": "setup"}},
        {"idempotency_key": "another"},
        {"public_id": "another"},
        {"created_at": timezone.now() - timedelta(days=1)},
    ):
        refused(partial(Payment.objects.filter(pk=payment.pk).update, **change), "Cannot update rows")


@pytest.mark.parametrize("column", ["provider_session_id", "provider_payment_id", "amount_received"])
def test_what_a_payment_learnt_stays(invoice: Invoice, column: str) -> None:
    payment = paid_checkout(invoice)
    for value in (7, None):
        refused(partial(Payment.objects.filter(pk=payment.pk).update, **{column: value}), "written once")


def test_payment_of_other_currency_is_refused(invoice: Invoice) -> None:
    refused(lambda: received_elsewhere(invoice.account, currency="USD"), "payment_one_currency")


def test_payment_that_succeeded_says_what_it_received(invoice: Invoice) -> None:
    refused(lambda: received_elsewhere(invoice.account, amount_received=None), "payment_received_when_succeeded")


def test_checkout_saves_its_request_first(invoice: Invoice) -> None:
    refused(
        partial(Payment.objects.create, account=invoice.account, amount_asked=1), "payment_checkout_saved_its_request"
    )


def test_operation_of_a_channel_is_recorded_once_for_an_account(invoice: Invoice) -> None:
    payment = received_elsewhere(invoice.account)
    CreditEntry.objects.create(
        account=invoice.account, payment=payment, amount=payment.amount_asked, reason=CreditReason.UNASSIGNED
    )
    refused(lambda: received_elsewhere(invoice.account), "payment_operation_unique")


def test_provider_objects_are_recorded_once() -> None:
    first, second = open_checkout(InvoiceFactory.create()), begin_checkout(InvoiceFactory.create())
    refused(
        lambda: Payment.objects.filter(pk=second.pk).update(provider_session_id=first.provider_session_id),
        "provider_session_id",
    )


def test_checkout_asks_for_what_its_items_add_up_to(invoice: Invoice) -> None:
    payment = begin_checkout(invoice)
    other = InvoiceFactory.create(account=invoice.account)
    refused(
        lambda: PaymentItem.objects.create(payment=payment, invoice=other, amount=1, surcharge=0),
        "asks for another amount than its items",
    )


def test_checkout_without_items_is_refused(invoice: Invoice) -> None:
    refused(
        lambda: Payment.objects.create(
            account=invoice.account, amount_asked=1, idempotency_key="k", request={}, expires_at=timezone.now()
        ),
        "asks for another amount than its items",
    )


def test_item_of_another_account_is_refused(invoice: Invoice) -> None:
    payment = begin_checkout(invoice)
    stranger = InvoiceFactory.create()
    refused(
        lambda: PaymentItem.objects.create(payment=payment, invoice=stranger, amount=1, surcharge=0),
        "is of another account",
    )


def test_bill_has_one_live_attempt(invoice: Invoice) -> None:
    begin_checkout(invoice)
    refused(lambda: begin_checkout(invoice), "invoice_one_live_attempt")


def test_item_is_live_as_its_payment_whatever_is_written(invoice: Invoice) -> None:
    payment = begin_checkout(invoice)
    PaymentItem.objects.update(live=False)
    assert PaymentItem.objects.get().live
    Payment.objects.filter(pk=payment.pk).update(state=PaymentState.EXPIRED)
    PaymentItem.objects.update(live=True)
    assert not PaymentItem.objects.get().live


def test_selection_stays(invoice: Invoice) -> None:
    begin_checkout(invoice)
    for change in ({"amount": 1}, {"surcharge": 1}, {"invoice": InvoiceFactory.create(account=invoice.account)}):
        refused(partial(PaymentItem.objects.update, **change), "Cannot update rows")
