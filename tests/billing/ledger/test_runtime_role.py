"""The role of web and worker: it can do all that the portal does, and cannot rewrite money even by plain SQL."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction

from billing.disputes import record_dispute
from billing.enums import PaymentState
from billing.external_payments import record_external_payment
from billing.models import Allocation, CreditEntry, PaymentEvent
from billing.refunds import record_refund
from tests.billing.ledger.refusing import refused, run
from tests.factories.accounts import UserFactory
from tests.factories.billing import InvoiceFactory, operation, paid_checkout
from tests.factories.returns import asked_refund, dispute_report, refund_report

pytestmark = pytest.mark.django_db

TABLES = ["billing_allocation", "billing_creditentry", "billing_credituse", "billing_paymentevent"]


@pytest.fixture
def role(db: None) -> Iterator[str]:
    """From here on, the test does everything as the runtime role."""
    name = settings.UTILITY.database_runtime_role
    run(f"SET LOCAL ROLE {name}")
    yield name
    run("RESET ROLE")


@pytest.mark.usefixtures("role")
def test_the_role_does_what_the_portal_does() -> None:
    invoice = InvoiceFactory.create()
    assert paid_checkout(invoice).state == PaymentState.SUCCEEDED
    record_external_payment(operation(invoice.account, (invoice, Decimal("1000.00"))), cause="rendición")
    assert (Allocation.objects.count(), CreditEntry.objects.count(), PaymentEvent.objects.count()) == (1, 1, 3)


@pytest.mark.usefixtures("role")
def test_the_role_refunds_and_follows_disputes() -> None:
    payment = paid_checkout(InvoiceFactory.create())
    refund = asked_refund(payment, Decimal("100.00"), by=UserFactory.create())
    record_refund(payment.pk, refund_report(payment, refund.amount, refund=refund))
    withdrawn = dispute_report(payment, Decimal("900.00"), withdrawn=Decimal("900.00"))
    dispute = record_dispute(payment.pk, withdrawn)
    assert dispute is not None
    assert dispute.amount_taken == Decimal("900.00")
    run("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.usefixtures("paid_invoice", "role")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 1", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_role_cannot_change_what_is_written_once(table: str, statement: str) -> None:
    refused(lambda: run(statement.format(table)), f"permission denied for table {table}")


@pytest.mark.usefixtures("paid_invoice", "role")
@pytest.mark.parametrize("table", TABLES)
def test_the_role_cannot_by_switching_triggers_off(table: str) -> None:
    def switched_off() -> None:
        run(f"SET LOCAL pgtrigger.ignore = '{{{table}:append_only}}'")
        run(f"DELETE FROM {table}")

    refused(switched_off, f"permission denied for table {table}")


def test_the_role_owns_nothing(role: str) -> None:
    with pytest.raises(ProgrammingError, match="must be owner"), transaction.atomic():
        run("ALTER TABLE billing_allocation DISABLE TRIGGER ALL")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (role,)
