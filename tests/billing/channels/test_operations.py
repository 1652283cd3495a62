"""What messages of a channel do to the ledger, whatever came before them."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from accounts.models import AccountLink, ServiceAccount
from billing.channels.inbox import finish_messages, receive_message
from billing.channels.operations import finish_operations
from billing.enums import DiscrepancyKind, InvoiceStatus, PaymentState, WebhookStatus
from billing.models import (
    Allocation,
    CollectionChannel,
    CollectionOperation,
    CreditEntry,
    Discrepancy,
    Invoice,
    Payment,
    Receipt,
    WebhookEvent,
)
from tests.billing.channels.signing import Json, ask, body_of, post, received, send
from tests.billing.checkout.steps import at_once, database_down
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory, begin_checkout, open_checkout
from tests.factories.channels import CollectionChannelFactory, give_secret
from tests.imports import csv_files
from tests.ledger_invariants import ledger_invariants

pytestmark = pytest.mark.django_db


def event(message_id: str = "msg_1") -> WebhookEvent:
    return WebhookEvent.objects.get(event_id=message_id)


def rendicion(path: Path, *rows: csv_files.Row) -> tuple[int, int, int, int]:
    """Imports a file of payments with these rows; new, changed, unchanged, refused."""
    (outcome,), _ = csv_files.run(csv_files.write(path / "payments.csv", *rows))
    return csv_files.counts(outcome)


def row(invoice: Invoice, **values: str) -> csv_files.Row:
    """The row of the file that tells the same as `received(invoice)`."""
    return csv_files.payment(payment_code=invoice.payment_code or "", paid_at="2026-11-24", **values)


def test_payment_is_settled_on_its_day_once(channel: CollectionChannel, invoice: Invoice) -> None:
    assert post(received(invoice)) == 204

    payment = Payment.objects.get()
    assert (payment.channel, payment.operation_number, payment.account_id) == ("rapipago", "R-1", invoice.account_id)
    assert (payment.state, payment.amount_received) == (PaymentState.SUCCEEDED, Decimal("1000.00"))
    assert payment.paid_at == datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
    assert Receipt.objects.get().payment == payment
    stored = event()
    assert (stored.source, stored.event_type, stored.status) == (
        "cobranzas-rapipago",
        "payment.received",
        WebhookStatus.PROCESSED,
    )
    assert (stored.payment, stored.finished_at, bytes(stored.body)) == (payment, NOON, received(invoice))
    assert ask("R-1") == (
        200,
        {
            "operation_number": "R-1",
            "state": "settled",
            "held_because": None,
            "amount": "1000.00",
            "currency": "ARS",
            "paid_at": "2026-11-24T13:30:00Z",
            "reversed_at": None,
        },
    )
    ledger_invariants()


def test_bill_named_by_code_and_number_and_price_of_its_day(
    channel: CollectionChannel, account: ServiceAccount
) -> None:
    bill = InvoiceFactory.create(
        account=account,
        due_on=NOON.date() - timedelta(days=1),
        later_due_on=[NOON.date() + timedelta(days=9)],
        later_amounts=[Decimal("1050.00")],
    )
    named: Json = [{"document_code": 18, "invoice_number": bill.invoice_number, "amount": "1050"}]

    assert post(received(bills=named, amount="1050")) == 204

    bill.refresh_from_db()
    assert (bill.is_paid, bill.applied, bill.surcharge) == (True, Decimal("1050.00"), Decimal("50.00"))


def test_bills_of_several_accounts_are_a_payment_each(channel: CollectionChannel) -> None:
    bills = InvoiceFactory.create_batch(3)
    bills.append(InvoiceFactory.create(account=bills[0].account))

    assert post(received(*bills)) == 204

    paid = Payment.objects.order_by("account_id").values_list("account_id", "operation_number", "amount_received")
    assert list(paid) == [
        (bills[0].account_id, "R-1", Decimal("2000.00")),
        (bills[1].account_id, "R-1", Decimal("1000.00")),
        (bills[2].account_id, "R-1", Decimal("1000.00")),
    ]
    assert not Invoice.objects.payable().exists()
    assert ask("R-1")[1] == {**operation_answer(), "amount": "4000.00"}
    ledger_invariants()


def operation_answer() -> dict[str, Json]:
    return {
        "operation_number": "R-1",
        "state": "settled",
        "held_because": None,
        "amount": "1000.00",
        "currency": "ARS",
        "paid_at": "2026-11-24T13:30:00Z",
        "reversed_at": None,
    }


def test_a_bill_named_twice_is_added_up(channel: CollectionChannel, invoice: Invoice) -> None:
    half: dict[str, Json] = {"payment_code": invoice.payment_code, "amount": "400.00"}
    rest: dict[str, Json] = {"document_code": 18, "invoice_number": invoice.invoice_number, "amount": "600.00"}

    post(received(amount="1000.00", bills=[half, rest]))

    assert Allocation.objects.get().amount == Decimal("1000.00")


def test_money_for_paid_and_void_bills_is_kept_and_told(channel: CollectionChannel, account: ServiceAccount) -> None:
    paid = InvoiceFactory.create(account=account)
    post(received(paid))
    void = InvoiceFactory.create(account=account, status=InvoiceStatus.VOID)

    assert post(received(paid, void, number="R-2"), message_id="msg_2") == 204

    assert CreditEntry.objects.balance() == Decimal("2000.00")
    assert sorted(Discrepancy.objects.values_list("kind", flat=True)) == ["paid_twice", "void_invoice_paid"]
    ledger_invariants()


def test_a_clock_that_runs_ahead_pays_now(channel: CollectionChannel, invoice: Invoice) -> None:
    assert post(received(invoice, paid_at="2026-11-24T12:05:00-03:00")) == 204
    assert Payment.objects.get().paid_at == NOON


def test_same_message_again_changes_nothing(channel: CollectionChannel, invoice: Invoice) -> None:
    body = received(invoice)
    remade = body_of("payment.received", json.loads(body)["data"], timestamp="2026-11-24T15:00:00Z")

    assert [post(body), post(body), post(remade)] == [204, 204, 204]

    assert (WebhookEvent.objects.count(), Payment.objects.count()) == (1, 1)
    assert event().attempts == 1


def test_an_id_is_not_used_for_another_message(channel: CollectionChannel, invoice: Invoice) -> None:
    post(received(invoice))

    assert send(received(invoice, number="R-2")) == (409, b'{"error": "webhook_id_used"}')
    assert post(body_of("unknown.kind", None)) == 409
    assert (WebhookEvent.objects.count(), Payment.objects.count()) == (1, 1)


def test_same_operation_under_another_id_changes_nothing(channel: CollectionChannel, invoice: Invoice) -> None:
    post(received(invoice))

    assert post(received(invoice, paid_at="2026-11-24T13:30:59Z", amount="1000"), message_id="msg_2") == 204

    assert (Payment.objects.count(), event("msg_2").status) == (1, WebhookStatus.PROCESSED)
    assert event("msg_2").payment == Payment.objects.get()
    assert not Discrepancy.objects.exists()


def test_an_operation_told_otherwise_is_put_before_the_office(channel: CollectionChannel, invoice: Invoice) -> None:
    post(received(invoice))
    other: Json = [{"payment_code": invoice.payment_code, "amount": "900.00"}]

    assert post(received(amount="900.00", bills=other), message_id="msg_2") == 204

    assert Payment.objects.get().amount_received == Decimal("1000.00")
    found = Discrepancy.objects.get()
    assert (found.kind, found.event, found.payment) == (
        DiscrepancyKind.OPERATION_DIFFERS,
        event("msg_2"),
        Payment.objects.get(),
    )
    known: Json = [{"payment_code": invoice.payment_code, "amount": "1000.00"}]
    assert found.detail == {
        "operation": "R-1",
        "known": {"amount": "1000.00", "bills": known},
        "told": {"amount": "900.00", "bills": other},
    }


def test_money_for_an_unknown_bill_is_held_before_the_office(channel: CollectionChannel, invoice: Invoice) -> None:
    unknown: Json = [
        {"payment_code": invoice.payment_code, "amount": "1000.00"},
        {"payment_code": "9999", "amount": "50.00"},
    ]
    assert post(received(amount="1050.00", bills=unknown)) == 204

    assert not Payment.objects.exists()
    assert (event().status, event().last_error) == (WebhookStatus.PROCESSED, "en espera: No existe la factura")
    found = Discrepancy.objects.get()
    assert (found.kind, found.event) == (DiscrepancyKind.UNKNOWN_OBJECT, event())
    assert found.detail == {"operation": "R-1", "amount": "1050.00", "bills": unknown}
    held = CollectionOperation.objects.unfinished().get()
    assert (held.amount, held.bills) == (Decimal("1050.00"), unknown)
    assert ask("R-1")[1] == {
        **operation_answer(),
        "state": "held",
        "held_because": "unknown_bill",
        "amount": "1050.00",
    }


def test_held_money_settles_once_its_bill_is_there(channel: CollectionChannel, account: ServiceAccount) -> None:
    late: Json = [{"payment_code": "7123456789", "amount": "1000.00"}]
    post(received(amount="1000.00", bills=late))
    assert finish_operations() == 0

    bill = InvoiceFactory.create(account=account, payment_code="7123456789")
    assert finish_operations() == 1
    assert finish_operations() == 0

    bill.refresh_from_db()
    assert bill.is_paid
    assert Payment.objects.get().paid_at == datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
    assert ask("R-1")[1] == operation_answer()
    ledger_invariants()


def test_held_money_is_settled_by_the_corrected_row_of_the_file(
    channel: CollectionChannel, invoice: Invoice, tmp_path: Path
) -> None:
    post(received(amount="1000.00", bills=[{"payment_code": "9999", "amount": "1000.00"}]))

    assert rendicion(tmp_path, row(invoice)) == (1, 0, 0, 0)
    assert finish_operations() == 1

    assert Payment.objects.count() == 1
    assert ask("R-1")[1] == operation_answer()


def test_message_then_row_of_the_file_settle_once(channel: CollectionChannel, invoice: Invoice, tmp_path: Path) -> None:
    post(received(invoice))

    assert rendicion(tmp_path, row(invoice)) == (0, 0, 1, 0)

    assert (Payment.objects.count(), Receipt.objects.count()) == (1, 1)
    assert not CreditEntry.objects.exists()


def test_row_of_the_file_then_message_settle_once(channel: CollectionChannel, invoice: Invoice, tmp_path: Path) -> None:
    assert rendicion(tmp_path, row(invoice)) == (1, 0, 0, 0)
    assert ask("R-1")[1] == {**operation_answer(), "paid_at": "2026-11-24T03:00:00Z"}

    assert post(received(invoice)) == 204

    assert (Payment.objects.count(), Receipt.objects.count()) == (1, 1)
    assert not CreditEntry.objects.exists()
    assert ask("R-1")[1] == operation_answer()
    assert event().payment == Payment.objects.get()


def test_a_message_that_differs_from_the_file_is_held(
    channel: CollectionChannel, invoice: Invoice, tmp_path: Path
) -> None:
    rendicion(tmp_path, row(invoice, amount="900.00"))

    assert post(received(invoice)) == 204

    assert Payment.objects.get().amount_received == Decimal("900.00")
    found = Discrepancy.objects.get()
    assert (found.kind, found.payment) == (DiscrepancyKind.OPERATION_DIFFERS, Payment.objects.get())
    status, answer = ask("R-1")
    assert isinstance(answer, dict)
    assert (status, answer["state"], answer["held_because"]) == (200, "held", "differs")


def test_two_channels_may_use_the_same_number(channel: CollectionChannel, account: ServiceAccount) -> None:
    mine, theirs = InvoiceFactory.create_batch(2, account=account)
    give_secret(CollectionChannelFactory.create(slug="pago-facil"))

    assert post(received(mine)) == 204
    assert post(received(theirs), path="/webhooks/cobranzas/pago-facil/") == 204

    paid = Payment.objects.order_by("channel").values_list("channel", "operation_number", "allocations__invoice")
    assert list(paid) == [("pago-facil", "R-1", theirs.pk), ("rapipago", "R-1", mine.pk)]


def test_unknown_type_is_stored_and_ignored(channel: CollectionChannel) -> None:
    assert post(body_of("payment.announced", {"anything": 1})) == 204

    assert (event().status, event().last_error) == (WebhookStatus.IGNORED, "type payment.announced is not followed")


def test_sandbox_checks_and_answers_and_moves_nothing(channel: CollectionChannel, invoice: Invoice) -> None:
    give_secret(CollectionChannelFactory.create(slug="prueba", name="Pruebas", sandbox=True))
    path = "/webhooks/cobranzas/prueba/"

    assert post(received(invoice), path=path) == 204
    assert post(received(invoice), path=path, message_id="msg_2") == 204
    assert (
        post(
            received(number="R-2", bills=[{"payment_code": "9", "amount": "1000"}], amount="1000"),
            path=path,
            message_id="msg_3",
        )
        == 204
    )
    assert post(received(invoice, amount="1"), path=path, message_id="msg_4") == 400

    assert ask("R-1", channel="prueba")[1] == operation_answer()
    assert ask("R-2", channel="prueba")[1] == {
        **operation_answer(),
        "operation_number": "R-2",
        "state": "held",
        "held_because": "unknown_bill",
    }
    assert set(WebhookEvent.objects.values_list("status", "last_error")) == {
        (WebhookStatus.IGNORED, "de prueba: no imputa nada")
    }
    assert not Payment.objects.exists()
    assert not Discrepancy.objects.exists()


@pytest.mark.parametrize("number", ["R-2", "R%00", "%F0%9F%92%A9", "x" * 65, "a/b"])
def test_an_operation_that_was_not_told_is_not_found(channel: CollectionChannel, number: str) -> None:
    assert ask(number) == (404, {"error": "unknown_operation"})


def test_the_state_is_told_only_to_its_channel(channel: CollectionChannel, invoice: Invoice) -> None:
    post(received(invoice))

    assert ask("R-1", {}) == (400, {"error": "webhook_id"})
    assert ask("R-1", channel="pago-facil") == (404, {"error": "unknown_channel"})


def test_a_number_with_a_slash_is_asked_for(channel: CollectionChannel, invoice: Invoice) -> None:
    post(received(invoice, number="2026/7"))

    assert ask("2026%2F7")[0] == 200


def test_a_message_of_a_process_that_died_is_finished_by_the_job(channel: CollectionChannel, invoice: Invoice) -> None:
    receive_message(channel, "msg_1", received(invoice), now=NOON)  # and the process died

    assert finish_messages(now=NOON + timedelta(seconds=14)) == 0
    assert finish_messages(now=NOON + timedelta(seconds=15)) == 1
    assert finish_messages(now=NOON + timedelta(days=1)) == 0

    assert Payment.objects.get().state == PaymentState.SUCCEEDED
    assert event().status == WebhookStatus.PROCESSED


@pytest.mark.django_db(transaction=True)
def test_scenario_09_database_down_the_retry_settles(channel: CollectionChannel, invoice: Invoice) -> None:
    body = received(invoice)
    with database_down():
        assert post(body) == 503

    assert post(body) == 204
    assert Payment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_scenario_01_twenty_of_the_same_at_once_settle_once(channel: CollectionChannel, invoice: Invoice) -> None:
    body = received(invoice)

    assert at_once(*[partial(post, body)] * 20) == [204] * 20

    assert (WebhookEvent.objects.count(), Payment.objects.count(), Receipt.objects.count()) == (1, 1, 1)
    ledger_invariants()


@pytest.mark.django_db(transaction=True)
def test_scenario_02_twenty_ids_of_one_operation_at_once_settle_once(channel: CollectionChannel) -> None:
    bills = InvoiceFactory.create_batch(3)
    bodies = [received(*bills), received(*reversed(bills))]

    answers = at_once(*[partial(post, bodies[turn % 2], message_id=f"msg_{turn}") for turn in range(20)])

    assert answers == [204] * 20
    assert (Payment.objects.count(), Receipt.objects.count()) == (3, 3)
    assert set(WebhookEvent.objects.values_list("status", flat=True)) == {WebhookStatus.PROCESSED}
    assert not Discrepancy.objects.exists()
    ledger_invariants()


@pytest.mark.django_db(transaction=True)
def test_message_and_file_at_once_settle_once(channel: CollectionChannel, invoice: Invoice, tmp_path: Path) -> None:
    told, imported = at_once(
        lambda: (post(received(invoice)),),
        lambda: rendicion(tmp_path, row(invoice)),
    )

    assert told == (204,)
    assert imported in {(1, 0, 0, 0), (0, 0, 1, 0)}
    assert (Payment.objects.count(), Receipt.objects.count()) == (1, 1)
    ledger_invariants()


def test_two_operations_for_one_bill_keep_the_second_as_credit(channel: CollectionChannel, invoice: Invoice) -> None:
    post(received(invoice))
    post(received(invoice, number="R-2"), message_id="msg_2")

    assert CreditEntry.objects.get().amount == Decimal("1000.00")
    assert Discrepancy.objects.get().kind == DiscrepancyKind.PAID_TWICE


def test_a_live_attempt_does_not_stop_money_from_elsewhere(channel: CollectionChannel, link: AccountLink) -> None:
    bills = InvoiceFactory.create_batch(2, account=link.account)
    open_checkout(bills[0], payer=link.user)
    begin_checkout(bills[1], payer=link.user)

    assert post(received(*bills)) == 204

    assert not Invoice.objects.payable().exists()
