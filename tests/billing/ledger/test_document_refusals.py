"""What the database refuses about issued documents, to the runtime role too."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import ServiceAccount, User
from billing.disputes import record_dispute
from billing.enums import ChargeStatus, DisputeState, InvoiceStatus
from billing.models import Charge, DebtCertificate, Invoice
from billing.transitions import OPEN_DISPUTES
from tests.billing.ledger.refusing import refused, run
from tests.factories.accounts import ServiceAccountFactory, UserFactory
from tests.factories.billing import InvoiceFactory, paid_checkout
from tests.factories.returns import dispute_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def role(db: None) -> Iterator[None]:
    """From here on, the test does everything as the runtime role."""
    run(f"SET LOCAL ROLE {settings.UTILITY.database_runtime_role}")
    yield
    run("RESET ROLE")


@pytest.fixture
def user() -> User:
    return UserFactory.create()


def certify(account: ServiceAccount, user: User) -> DebtCertificate:
    return DebtCertificate.objects.create(account=account, requested_by=user, holder_name="Ana")


def charge(account: ServiceAccount, status: ChargeStatus) -> Charge:
    return Charge.objects.create(
        account=account, charge_number="1", concept="Medidor", amount=1, raised_on="2026-11-20", status=status
    )


@pytest.mark.usefixtures("role")
def test_no_certificate_while_a_bill_is_unpaid(user: User, invoice: Invoice) -> None:
    refused(lambda: certify(invoice.account, user), "owes something: no certificate")


@pytest.mark.usefixtures("role")
def test_no_certificate_while_a_charge_is_to_be_invoiced(user: User) -> None:
    account = ServiceAccountFactory.create()
    charge(account, ChargeStatus.PENDING)
    refused(lambda: certify(account, user), "owes something: no certificate")


@pytest.mark.parametrize("state", DisputeState)
def test_no_certificate_while_a_payment_is_contested(user: User, paid_invoice: Invoice, state: DisputeState) -> None:
    payment = paid_invoice.allocations.get().payment
    record_dispute(payment.pk, dispute_report(payment, Decimal("1000.00"), state))
    run(f"SET LOCAL ROLE {settings.UTILITY.database_runtime_role}")
    if state in OPEN_DISPUTES:
        refused(lambda: certify(paid_invoice.account, user), "is contested: no certificate")
    else:
        certify(paid_invoice.account, user)
    run("RESET ROLE")


def test_a_certificate_for_whoever_owes_nothing(user: User) -> None:
    account = ServiceAccountFactory.create()
    paid_checkout(InvoiceFactory.create(account=account))
    InvoiceFactory.create(account=account, status=InvoiceStatus.VOID)
    charge(account, ChargeStatus.CANCELLED)
    InvoiceFactory.create()  # of somebody else
    assert certify(account, user).number.startswith("LD-0")


@pytest.mark.usefixtures("role")
@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("DELETE FROM {}", "Cannot delete rows"),
        ("UPDATE {} SET verification_code = 'AAAABBBBCCCC'", "Cannot update rows"),
        ("UPDATE {} SET issued_at = issued_at - interval '1 day'", "Cannot update rows"),
        ("UPDATE {} SET id = id + 1", "Cannot update rows"),
        ("UPDATE {} SET pdf = '%PDF'", "rendered_with_its_pdf"),
        ("UPDATE {} SET rendered_at = now()", "rendered_with_its_pdf"),
    ],
)
@pytest.mark.parametrize("table", ["billing_receipt", "billing_debtcertificate"])
def test_what_was_issued_stays(user: User, paid_invoice: Invoice, table: str, statement: str, message: str) -> None:
    certify(paid_invoice.account, user)
    refused(lambda: run(statement.format(table)), message)


@pytest.mark.usefixtures("role")
@pytest.mark.parametrize("change", ["holder_name = 'Otra'", "service_address = 'Otra'", "locality = 'Otra'"])
def test_what_a_certificate_says_stays(user: User, change: str) -> None:
    certify(ServiceAccountFactory.create(), user)
    refused(lambda: run(f"UPDATE billing_debtcertificate SET {change}"), "Cannot update rows")


def test_a_receipt_stays_that_of_its_payment(paid_invoice: Invoice) -> None:
    other = paid_checkout(InvoiceFactory.create())
    refused(lambda: run(f"UPDATE billing_receipt SET payment_id = {other.pk}"), "Cannot update rows")


@pytest.mark.usefixtures("role")
@pytest.mark.parametrize("table", ["billing_receipt", "billing_debtcertificate"])
@pytest.mark.parametrize("change", ["pdf = '%PDF-2'", "pdf = NULL, rendered_at = NULL"])
def test_a_document_is_drawn_once(user: User, paid_invoice: Invoice, table: str, change: str) -> None:
    certify(paid_invoice.account, user)
    run(f"UPDATE {table} SET pdf = '%PDF', rendered_at = '{timezone.now().isoformat()}'")
    refused(lambda: run(f"UPDATE {table} SET {change}"), "written once")
