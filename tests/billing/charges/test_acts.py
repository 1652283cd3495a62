"""Accepting a charge makes its invoice, once; cancelling it ends it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AccountLink, User
from billing import hooks
from billing.charges.acts import cancel_charge, invoice_charge
from billing.charges.refusals import ChargeAmountChanged, ChargeCancelled, ChargeInvoiced
from billing.enums import ChargeStatus, DocumentCode, InvoiceKind
from billing.external_payments import record_external_payment
from billing.hooks import InvoiceChange, on_invoices
from billing.models import Charge, Invoice, InvoiceSeries
from oficina.shared.money import ZERO
from tests.billing.ledger.refusing import run
from tests.factories.accounts import ServiceAccountFactory
from tests.factories.billing import operation, paid_checkout
from tests.factories.charges import ChargeFactory
from tests.ledger_invariants import ledger_invariants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

PRICE = Decimal("12100.00")


def accept(charge: Charge, by: User) -> Invoice:
    return invoice_charge(charge, accepted=charge.amount, by=by, now=timezone.now())


def test_accepted_charge_becomes_an_invoice(charge: Charge, owner: User) -> None:
    invoice = accept(charge, owner)

    charge.refresh_from_db()
    assert (charge.status, charge.invoice, charge.invoiced_by) == (ChargeStatus.INVOICED, invoice, owner)
    assert charge.invoiced_at == timezone.now()
    invoice.refresh_from_db()
    assert (invoice.kind, invoice.account, invoice.description) == (
        InvoiceKind.CHARGE, charge.account, "Cambio de medidor",
    )  # fmt: skip
    assert (invoice.document_code, invoice.invoice_number) == (DocumentCode.SERVICE_B, "00005-00000001")
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 11, 24), date(2026, 12, 4))
    assert (invoice.amount, invoice.applied) == (PRICE, ZERO)
    assert invoice.later_due_on == []
    assert invoice.payment_code is not None
    assert (len(invoice.payment_code), invoice.payment_code.isdecimal()) == (14, True)
    assert str(invoice) == "B 00005-00000001"
    run("SET CONSTRAINTS ALL IMMEDIATE")


def test_invoice_states_the_vat_that_the_charge_contains(charge: Charge, owner: User) -> None:
    line = accept(charge, owner).lines.get()

    assert (line.position, line.concept, line.quantity) == (1, "Cambio de medidor", Decimal(1))
    assert (line.amount, line.vat_rate, line.vat_amount) == (Decimal("10000.00"), Decimal("21.00"), Decimal("2100.00"))


@pytest.mark.parametrize("amount", ["0.01", "0.02", "99.99", "33333.33", "999999999.99"])
def test_net_and_vat_add_up_to_the_charge(link: AccountLink, owner: User, amount: str) -> None:
    line = accept(ChargeFactory.create(account=link.account, amount=Decimal(amount)), owner).lines.get()

    assert line.amount + line.vat_amount == Decimal(amount)


def test_dates_are_those_of_mendoza(charge: Charge, owner: User) -> None:
    """Half past ten at night there is tomorrow in UTC."""
    late = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)

    assert invoice_charge(charge, accepted=PRICE, by=owner, now=late).issued_on == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("condition", "document", "code"),
    [
        ("Responsable inscripto", "30707736107", DocumentCode.SERVICE_A),
        (" RESPONSABLE INSCRIPTO ", "30707736107", DocumentCode.SERVICE_A),
        ("Responsable inscripto", "30123456", DocumentCode.SERVICE_B),
        ("Responsable no inscripto", "30707736107", DocumentCode.SERVICE_B),
        ("Monotributo", "20304128763", DocumentCode.SERVICE_B),
        ("Consumidor final", "30123456", DocumentCode.SERVICE_B),
        ("", "", DocumentCode.SERVICE_B),
    ],
)
def test_letter_is_that_of_the_holder(owner: User, condition: str, document: str, code: DocumentCode) -> None:
    account = ServiceAccountFactory.create(holder_vat_condition=condition, holder_document=document)

    assert accept(ChargeFactory.create(account=account), owner).document_code == code


def test_each_letter_is_numbered_by_itself_without_a_gap(link: AccountLink, owner: User) -> None:
    registered = ServiceAccountFactory.create(
        holder_vat_condition="Responsable inscripto", holder_document="30707736107"
    )
    accounts = [link.account, registered, link.account, registered, link.account]
    names = [str(accept(ChargeFactory.create(account=account), owner)) for account in accounts]

    assert names == [
        "B 00005-00000001", "A 00005-00000001", "B 00005-00000002", "A 00005-00000002", "B 00005-00000003",
    ]  # fmt: skip
    assert sorted(InvoiceSeries.objects.values_list("document_code", "last_number")) == [(17, 2), (18, 3)]


def test_accepting_again_gives_the_same_invoice(charge: Charge, owner: User, teammate: User) -> None:
    invoice = accept(charge, owner)

    assert accept(charge, teammate) == invoice
    assert Invoice.objects.count() == 1
    assert Charge.objects.get().invoiced_by == owner


def test_another_amount_than_the_accepted_one_is_refused(charge: Charge, owner: User) -> None:
    with pytest.raises(ChargeAmountChanged) as refusal:
        invoice_charge(charge, accepted=Decimal("12000.00"), by=owner, now=timezone.now())

    assert refusal.value.charge.amount == PRICE
    assert not Invoice.objects.exists()
    assert not InvoiceSeries.objects.exists()


def test_cancelled_charge_is_not_invoiced(charge: Charge, owner: User, staff: User) -> None:
    cancelled = cancel_charge(charge, "Se cargó dos veces", by=staff, now=timezone.now())

    assert (cancelled.status, cancelled.cancelled_by) == (ChargeStatus.CANCELLED, staff)
    assert (cancelled.cancellation_reason, cancelled.cancelled_at) == ("Se cargó dos veces", timezone.now())
    with pytest.raises(ChargeCancelled):
        accept(charge, owner)
    with pytest.raises(ChargeCancelled):
        cancel_charge(charge, "Otra vez", by=staff, now=timezone.now())


def test_invoiced_charge_is_not_cancelled(charge: Charge, owner: User, staff: User) -> None:
    accept(charge, owner)

    with pytest.raises(ChargeInvoiced):
        cancel_charge(charge, "Tarde", by=staff, now=timezone.now())
    assert Charge.objects.get().status == ChargeStatus.INVOICED


def test_invoice_of_a_charge_is_paid_as_any_other(charge: Charge, owner: User) -> None:
    invoice = accept(charge, owner)
    paid_checkout(invoice, payer=owner)

    invoice.refresh_from_db()
    assert invoice.is_paid
    ledger_invariants()


def test_invoice_of_a_charge_is_paid_through_a_channel(charge: Charge, owner: User) -> None:
    invoice = accept(charge, owner)
    record_external_payment(operation(charge.account, (invoice, PRICE)), cause="rendición")

    invoice.refresh_from_db()
    assert invoice.is_paid
    ledger_invariants()


def test_upper_apps_are_told_of_the_invoice_once(charge: Charge, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "_handlers", {change: [] for change in InvoiceChange})
    told: list[int] = []

    def listen(invoice_ids: Sequence[int]) -> None:
        assert connection.in_atomic_block
        told.extend(invoice_ids)

    on_invoices(InvoiceChange.ISSUED, listen)
    invoice = accept(charge, owner)
    accept(charge, owner)

    assert told == [invoice.pk]
