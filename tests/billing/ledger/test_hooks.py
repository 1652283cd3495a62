"""What upper apps hook into billing, and when it runs."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from django.db import transaction

from billing import hooks
from billing.external_payments import record_external_payment
from billing.hooks import InvoiceChange, on_invoices, registered_handlers, tell_invoices
from billing.models import Invoice, Payment
from tests.factories.billing import InvoiceFactory, open_checkout, operation, paid_checkout

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[int]]]:
    """What the handlers of this test were told; those of the project are left out."""
    monkeypatch.setattr(hooks, "_handlers", {change: [] for change in InvoiceChange})
    calls: list[tuple[str, list[int]]] = []

    def first(invoice_ids: Sequence[int]) -> None:
        calls.append(("first", list(invoice_ids)))

    def second(invoice_ids: Sequence[int]) -> None:
        assert Invoice.objects.paid().filter(pk__in=invoice_ids).count() == len(invoice_ids)
        calls.append(("second", list(invoice_ids)))

    on_invoices(InvoiceChange.SETTLED, first)
    on_invoices(InvoiceChange.SETTLED, second)
    on_invoices(InvoiceChange.SETTLED, first)
    return calls


def test_every_handler_of_the_project_is_named_here() -> None:
    assert registered_handlers() == {
        "settled": [
            "adhesions.debit.following.bills_were_paid",
            "payment_plans.ending.bills_moved",
            "payment_plans.activating.instalments_were_paid",
        ],
        "reopened": ["payment_plans.closing.instalments_lost_money"],
        "voided": ["adhesions.debit.following.bills_were_voided", "payment_plans.ending.bills_moved"],
        "imported": [
            "adhesions.debit.announcing.announce_new_bills",
            "adhesions.digital.planning.plan_new_bills",
        ],
        "issued": [],
        "changed": ["payment_plans.ending.bills_moved"],
        "balance_moved": ["payment_plans.ending.bills_moved"],
        "covered": ["adhesions.debit.following.bills_were_covered"],
        "owed": ["adhesions.debit.announcing.announce_new_bills"],
    }


def test_handlers_are_told_of_the_bills_that_are_now_paid_in_order(told: list[tuple[str, list[int]]]) -> None:
    first = InvoiceFactory.create()
    second = InvoiceFactory.create(account=first.account)
    paid_checkout(second, first)
    assert told == [("first", [first.pk, second.pk]), ("second", [first.pk, second.pk])]


def test_handlers_are_not_told_of_a_bill_paid_in_part(told: list[tuple[str, list[int]]], invoice: Invoice) -> None:
    record_external_payment(operation(invoice.account, (invoice, Decimal("999.99"))), cause="rendición")
    assert told == []


def test_handlers_are_not_told_of_nothing(told: list[tuple[str, list[int]]]) -> None:
    tell_invoices(InvoiceChange.SETTLED, [])
    assert told == []


def test_a_handler_that_fails_undoes_the_settlement(told: list[tuple[str, list[int]]], invoice: Invoice) -> None:
    def fail(invoice_ids: Sequence[int]) -> None:
        raise LookupError(invoice_ids)

    on_invoices(InvoiceChange.SETTLED, fail)
    payment = open_checkout(invoice)
    with pytest.raises(LookupError), transaction.atomic():
        record_external_payment(operation(invoice.account, (invoice, Decimal("1000.00"))), cause="rendición")
    invoice.refresh_from_db()
    assert invoice.applied == 0
    assert list(Payment.objects.all()) == [payment]
