"""Operations that the channel undid."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from accounts.models import User
from billing.channels.operations import finish_operations
from billing.enums import DiscrepancyKind, RefundRoute, RefundState, WebhookStatus
from billing.models import (
    CollectionChannel,
    CollectionOperation,
    CreditEntry,
    Discrepancy,
    Invoice,
    Payment,
    Refund,
    WebhookEvent,
)
from billing.refund_requests import RefundWish
from billing.refunds import request_refund
from tests.billing.channels.signing import Json, ask, post, received, reversed_operation
from tests.billing.checkout.steps import at_once
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory
from tests.factories.channels import CollectionChannelFactory, give_secret
from tests.imports import csv_files
from tests.ledger_invariants import ledger_invariants

pytestmark = pytest.mark.django_db


def answer(number: str = "R-1", **changes: Json) -> dict[str, Json]:
    return {
        "operation_number": number,
        "state": "reversed",
        "held_because": None,
        "amount": "1000.00",
        "currency": "ARS",
        "paid_at": "2026-11-24T13:30:00Z",
        "reversed_at": "2026-11-24T14:00:00Z",
        **changes,
    }


def test_reversal_takes_the_money_back_once(channel: CollectionChannel, invoice: Invoice) -> None:
    post(received(invoice))

    assert post(reversed_operation(), message_id="msg_2") == 204
    assert post(reversed_operation(), message_id="msg_3") == 204

    refund = Refund.objects.get()
    assert (refund.route, refund.state, refund.amount) == (
        RefundRoute.CHANNEL,
        RefundState.SUCCEEDED,
        Decimal("1000.00"),
    )
    assert (refund.operation_number, refund.reason, refund.requested_by) == ("R-1", "error de caja", None)
    assert refund.succeeded_at == datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
    invoice.refresh_from_db()
    assert (invoice.applied, invoice.settled_at) == (Decimal("0.00"), None)
    assert ask("R-1") == (200, answer())
    assert not Discrepancy.objects.exists()
    ledger_invariants()


def test_reversal_takes_credit_back_too_and_of_every_account(channel: CollectionChannel) -> None:
    bills = InvoiceFactory.create_batch(2)
    post(received(bills[0], number="R-0"), message_id="msg_0")
    post(received(*bills))
    assert CreditEntry.objects.balance() == Decimal("1000.00")

    assert post(reversed_operation(), message_id="msg_2") == 204

    assert CreditEntry.objects.balance() == Decimal("0.00")
    bills[0].refresh_from_db()
    bills[1].refresh_from_db()
    assert (bills[0].is_paid, bills[1].applied) == (True, Decimal("0.00"))
    assert list(Refund.objects.values_list("amount", flat=True)) == [Decimal("1000.00"), Decimal("1000.00")]
    ledger_invariants()


def test_reversal_that_overtakes_its_payment(channel: CollectionChannel, invoice: Invoice) -> None:
    assert post(reversed_operation(), message_id="msg_2") == 204
    assert ask("R-1")[1] == answer(state="held", held_because="payment_not_told", amount=None, paid_at=None)
    assert Discrepancy.objects.get().kind == DiscrepancyKind.UNKNOWN_OBJECT

    assert post(received(invoice)) == 204

    assert not Payment.objects.exists()
    assert ask("R-1")[1] == answer()
    assert set(WebhookEvent.objects.values_list("status", flat=True)) == {WebhookStatus.PROCESSED}


def test_reversal_of_held_money_leaves_nothing_to_hold(channel: CollectionChannel) -> None:
    post(received(amount="1000.00", bills=[{"payment_code": "9999", "amount": "1000.00"}]))

    assert post(reversed_operation(), message_id="msg_2") == 204
    assert finish_operations() == 0

    assert ask("R-1")[1] == answer()
    assert not CollectionOperation.objects.unfinished().exists()
    assert not Payment.objects.exists()


def test_reversal_of_what_a_file_brought(channel: CollectionChannel, invoice: Invoice, tmp_path: Path) -> None:
    row = csv_files.payment(payment_code=invoice.payment_code or "", paid_at="2026-11-24T10:30:00")
    csv_files.run(csv_files.write(tmp_path / "payments.csv", row))

    assert post(reversed_operation()) == 204

    assert Refund.objects.get().payment == Payment.objects.get()
    assert ask("R-1")[1] == answer()
    ledger_invariants()


def test_a_file_that_brings_what_was_undone_is_undone_by_the_job(
    channel: CollectionChannel, invoice: Invoice, tmp_path: Path
) -> None:
    post(received(amount="1000.00", bills=[{"payment_code": "9999", "amount": "1000.00"}]))
    post(reversed_operation(), message_id="msg_2")
    row = csv_files.payment(payment_code=invoice.payment_code or "", paid_at="2026-11-24T10:30:00")
    csv_files.run(csv_files.write(tmp_path / "payments.csv", row))
    invoice.refresh_from_db()
    assert invoice.is_paid

    assert (finish_operations(), finish_operations()) == (1, 0)

    invoice.refresh_from_db()
    assert invoice.applied == Decimal("0.00")
    ledger_invariants()


def test_reversal_of_more_than_is_left_is_told(channel: CollectionChannel, invoice: Invoice, staff: User) -> None:
    post(received(invoice))
    wish = RefundWish(amount=Decimal("300.00"), reason="pedido", by=staff, key="k1", reference="T-1")
    request_refund(Payment.objects.get(), wish)

    assert post(reversed_operation(), message_id="msg_2") == 204

    assert Refund.objects.get(route=RefundRoute.CHANNEL).amount == Decimal("700.00")
    found = Discrepancy.objects.get()
    assert (found.kind, found.detail) == (
        DiscrepancyKind.MORE_WITHDRAWN,
        {"operation": "R-1", "withdrawn": "1000.00", "taken": "700.00"},
    )
    ledger_invariants()


def test_reversal_of_what_the_office_gave_back_wholly_is_finished(
    channel: CollectionChannel, invoice: Invoice, staff: User
) -> None:
    post(received(invoice))
    wish = RefundWish(amount=Decimal("1000.00"), reason="pedido", by=staff, key="k1", reference="T-1")
    request_refund(Payment.objects.get(), wish)

    assert post(reversed_operation(), message_id="msg_2") == 204

    assert [refund.route for refund in Refund.objects.all()] == [RefundRoute.OFFICE]
    assert Discrepancy.objects.get().detail == {"operation": "R-1", "withdrawn": "1000.00", "taken": "0.00"}
    assert finish_operations() == 0
    assert ask("R-1")[1] == answer()
    ledger_invariants()


def test_sandbox_reverses_nothing(channel: CollectionChannel, invoice: Invoice) -> None:
    give_secret(CollectionChannelFactory.create(slug="prueba", name="Pruebas", sandbox=True))
    post(received(invoice))

    assert post(received(invoice), path="/webhooks/cobranzas/prueba/") == 204
    assert post(reversed_operation(), path="/webhooks/cobranzas/prueba/", message_id="msg_2") == 204
    assert post(reversed_operation("R-2"), path="/webhooks/cobranzas/prueba/", message_id="msg_3") == 204

    assert ask("R-1", channel="prueba")[1] == answer()
    assert not Refund.objects.exists()
    assert not Discrepancy.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [{"reversed_at": "2026-11-24T12:05:01-03:00"}, {"reversed_at": None}, {"reason": "\n"}, {"amount": "1000.00"}],
)
def test_reversal_with_a_wrong_field_is_refused(channel: CollectionChannel, changes: dict[str, Json]) -> None:
    assert post(reversed_operation(**changes)) == 400
    assert not WebhookEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_payment_and_reversal_at_once(channel: CollectionChannel) -> None:
    for turn in range(5):
        bill = InvoiceFactory.create(due_on=NOON.date() + timedelta(days=10))
        number = f"T-{turn}"
        told = partial(post, received(bill, number=number), message_id=f"p_{turn}")
        undone = partial(post, reversed_operation(number), message_id=f"u_{turn}")

        assert at_once(told, undone, told, undone) == [204] * 4

        bill.refresh_from_db()
        assert bill.applied == Decimal("0.00")
        assert ask(number)[1] == answer(number)
    ledger_invariants()
