"""What the database refuses about charges and numbers, whoever asks: here the runtime role, by plain SQL."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from billing.charges.acts import cancel_charge, invoice_charge
from billing.models import Charge
from tests.billing.ledger.refusing import refused, run
from tests.factories.accounts import ServiceAccountFactory
from tests.factories.billing import InvoiceFactory
from tests.factories.charges import ChargeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture(autouse=True)
def _as_the_runtime_role(charge: Charge, owner: User, staff: User) -> Iterator[None]:
    run(f"SET LOCAL ROLE {settings.UTILITY.database_runtime_role}")
    yield
    run("RESET ROLE")


@pytest.fixture
def invoiced(charge: Charge, owner: User) -> Charge:
    invoice_charge(charge, accepted=charge.amount, by=owner, now=timezone.now())
    charge.refresh_from_db()
    return charge


def sql(statement: str, message: str) -> None:
    refused(lambda: run(statement), message)


def test_charge_is_never_deleted() -> None:
    sql("DELETE FROM billing_charge", "Cannot delete rows")


@pytest.mark.parametrize("change", ["public_id = 'x'", "charge_number = 'x'", "account_id = account_id + 1"])
def test_charge_keeps_its_identity(change: str) -> None:
    sql(f"UPDATE billing_charge SET {change}", "Cannot update rows")


def test_new_charge_is_not_invoiced(charge: Charge, owner: User) -> None:
    columns = {
        "status": "invoiced",
        "invoice": InvoiceFactory.create(account=charge.account),
        "invoiced_by": owner,
        "invoiced_at": timezone.now(),
    }
    refused(lambda: ChargeFactory.create(account=charge.account, **columns), "a new charge is not invoiced yet")


@pytest.mark.parametrize(
    "change", ["amount = 1", "status = 'pending', invoice_id = NULL, invoiced_by_id = NULL, invoiced_at = NULL",
               "status = 'cancelled'", "concept = 'Otro'"]
)  # fmt: skip
def test_invoiced_charge_never_changes(invoiced: Charge, change: str) -> None:
    sql(f"UPDATE billing_charge SET {change}", f"charge {invoiced.pk} is invoiced for good")


def test_cancelled_charge_stays_cancelled(charge: Charge, staff: User) -> None:
    cancel_charge(charge, "Error", by=staff, now=timezone.now())

    sql("UPDATE billing_charge SET status = 'pending'", f"charge {charge.pk} is cancelled for good")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("amount = 0", "charge_amount_positive"),
        ("status = 'lost'", "charge_status_known"),
        ("status = 'invoiced'", "charge_invoiced_with_its_invoice"),
        ("invoiced_at = now()", "charge_invoiced_with_its_invoice"),
        ("cancellation_reason = 'Error'", "charge_cancelled_with_a_reason"),
        ("status = 'cancelled', cancelled_at = now()", "charge_cancelled_with_a_reason"),
    ],
)
def test_charge_that_makes_no_sense_is_refused(change: str, rule: str) -> None:
    sql(f"UPDATE billing_charge SET {change}", rule)


@pytest.mark.parametrize("difference", ["amount", "account", "kind"])
def test_charge_becomes_only_an_invoice_like_itself(charge: Charge, owner: User, difference: str) -> None:
    columns = {"account": charge.account, "kind": "charge", "service_kind": "", "period": None, "amount": charge.amount}
    other = {"amount": Decimal(1), "account": ServiceAccountFactory.create(), "kind": "instalment"}
    invoice = InvoiceFactory.create(**columns | {difference: other[difference]})

    sql(
        f"UPDATE billing_charge SET status = 'invoiced', invoice_id = {invoice.pk}, invoiced_by_id = {owner.pk},"
        " invoiced_at = now()",
        f"invoice {invoice.pk} is not one of charge {charge.pk}",
    )


def test_one_invoice_is_of_one_charge(invoiced: Charge, owner: User) -> None:
    other = ChargeFactory.create(account=invoiced.account)

    sql(
        f"UPDATE billing_charge SET status = 'invoiced', invoice_id = {invoiced.invoice_id},"
        f" invoiced_by_id = {owner.pk}, invoiced_at = now() WHERE id = {other.pk}",
        "billing_charge_invoice_id_key",
    )


@pytest.mark.parametrize(
    "change",
    ["amount = 1", "due_on = due_on + 1", "issued_on = issued_on - 1", "description = 'Otro'", "other_taxes = 1",
     "later_due_on = ARRAY[due_on + 1], later_amounts = ARRAY[amount + 1]"],
)  # fmt: skip
def test_document_of_the_portal_stays_as_issued(invoiced: Charge, change: str) -> None:
    sql(f"UPDATE billing_invoice SET {change}", f"invoice {invoiced.invoice_id} was issued by the portal")


def test_series_is_never_deleted(invoiced: Charge) -> None:
    sql("DELETE FROM billing_invoiceseries", "Cannot delete rows")


@pytest.mark.parametrize("change", ["document_code = 17", "point_of_sale = 6"])
def test_series_keeps_its_identity(invoiced: Charge, change: str) -> None:
    sql(f"UPDATE billing_invoiceseries SET {change}", "Cannot update rows")


@pytest.mark.parametrize("number", ["last_number", "last_number + 2", "last_number - 1", "0"])
def test_numbers_follow_each_other(invoiced: Charge, number: str) -> None:
    sql(f"UPDATE billing_invoiceseries SET last_number = {number}", "after number 1 comes 2")


def test_no_number_goes_without_its_invoice(invoiced: Charge) -> None:
    sql("UPDATE billing_invoiceseries SET last_number = last_number + 1", "number 2 of series .* has no invoice")


def test_series_begins_at_zero() -> None:
    sql(
        "INSERT INTO billing_invoiceseries (document_code, point_of_sale, last_number) VALUES (17, 9, 3)",
        "a new series has used no number",
    )


@pytest.mark.parametrize(
    ("values", "rule"),
    [("17, 0, 0", "series_point_of_sale_fits"), ("17, 100000, 0", "series_point_of_sale_fits"),
     ("18, 5, 0", "series_identity")],
)  # fmt: skip
def test_series_that_makes_no_sense_is_refused(invoiced: Charge, values: str, rule: str) -> None:
    sql(f"INSERT INTO billing_invoiceseries (document_code, point_of_sale, last_number) VALUES ({values})", rule)
