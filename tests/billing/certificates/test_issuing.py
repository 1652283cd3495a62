"""Whether the certificate that an account owes nothing is issued."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.models import AccountLink, ServiceAccount
from billing.debt_certificates import AccountOwes, issue_certificate
from billing.disputes import record_dispute
from billing.enums import ChargeStatus, DisputeState, InvoiceKind, InvoiceStatus
from billing.external_payments import record_external_payment
from billing.models import Charge, DebtCertificate
from billing.refunds import record_refund
from billing.settlement import settle_payment
from billing.verification import VerifiedDocument, verify_code
from oficina.shared.dates import today
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory, on_its_way, open_checkout, operation, paid_checkout
from tests.factories.returns import dispute_report, refund_report
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

HOUR = timedelta(hours=1)


def issue(link: AccountLink) -> DebtCertificate:
    return issue_certificate(link, link.user)


def owed(link: AccountLink) -> tuple[list[int], list[int]]:
    with pytest.raises(AccountOwes) as refused:
        issue(link)
    assert not DebtCertificate.objects.exists()
    return list(refused.value.invoice_ids), list(refused.value.charge_ids)


def charge(account: ServiceAccount, status: ChargeStatus) -> Charge:
    return Charge.objects.create(
        account=account, charge_number="C-1", concept="Medidor", amount=1, raised_on=today(), status=status
    )


def test_an_account_that_owes_nothing_gets_it(link: AccountLink) -> None:
    paid_checkout(InvoiceFactory.create(account=link.account))
    InvoiceFactory.create(account=link.account, status=InvoiceStatus.VOID)
    charge(link.account, ChargeStatus.CANCELLED)
    InvoiceFactory.create()  # of somebody else
    run_jobs()

    certificate = issue(link)

    account = link.account
    assert (certificate.account, certificate.requested_by, certificate.issued_at) == (account, link.user, NOON)
    assert certificate.number == f"LD-{certificate.pk:08d}"
    assert (certificate.holder_name, certificate.service_address, certificate.locality) == (
        account.holder_name,
        account.service_address,
        account.locality,
    )
    assert run_jobs() == ["billing.draw_documents"]
    certificate.refresh_from_db()
    assert bytes(certificate.pdf or b"")[:5] == b"%PDF-"
    assert certificate.rendered_at == NOON


@pytest.mark.parametrize("days", [-1, 0, 10])
@pytest.mark.parametrize("kind", InvoiceKind)
def test_not_with_a_bill_of_any_kind_overdue_or_not(link: AccountLink, kind: InvoiceKind, days: int) -> None:
    bill = InvoiceFactory.create(account=link.account, kind=kind, due_on=today() + timedelta(days=days))
    assert owed(link) == ([bill.pk], [])


def test_not_with_a_charge_to_be_invoiced(link: AccountLink) -> None:
    pending = charge(link.account, ChargeStatus.PENDING)
    assert owed(link) == ([], [pending.pk])


def test_not_with_the_rest_of_a_bill_paid_in_part(link: AccountLink) -> None:
    bill = InvoiceFactory.create(account=link.account)
    record_external_payment(operation(link.account, (bill, Decimal("999.99"))), cause="rendición")
    assert owed(link) == ([bill.pk], [])


def test_not_with_a_bill_whose_payment_is_on_its_way(link: AccountLink) -> None:
    payment = open_checkout(InvoiceFactory.create(account=link.account))
    settle_payment(payment.pk, on_its_way(payment), cause="webhook")
    assert owed(link) == ([payment.items.get().invoice_id], [])


def test_not_with_a_bill_whose_payment_was_given_back(link: AccountLink) -> None:
    bill = InvoiceFactory.create(account=link.account)
    payment = paid_checkout(bill)
    record_refund(payment.pk, refund_report(payment, Decimal("0.01")))
    assert owed(link) == ([bill.pk], [])


@pytest.mark.parametrize("state", [DisputeState.INQUIRY, DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW])
def test_not_with_a_payment_that_is_contested_before_the_bank(link: AccountLink, state: DisputeState) -> None:
    payment = paid_checkout(InvoiceFactory.create(account=link.account))
    record_dispute(payment.pk, dispute_report(payment, Decimal("1000.00"), state))
    with pytest.raises(AccountOwes) as refused:
        issue(link)
    assert (refused.value.invoice_ids, refused.value.charge_ids) == ([], [])
    assert refused.value.contested_ids == [payment.pk]


def test_once_the_bank_decided_for_the_utility_it_is_to_be_had(link: AccountLink) -> None:
    payment = paid_checkout(InvoiceFactory.create(account=link.account))
    taken = Decimal("1000.00")
    record_dispute(payment.pk, dispute_report(payment, taken, withdrawn=taken))
    assert owed(link) == ([payment.items.get().invoice_id], [])
    record_dispute(payment.pk, dispute_report(payment, taken, DisputeState.WON, withdrawn=taken, reinstated=taken))
    assert issue(link).account == link.account


def test_not_once_the_bank_decided_against_it(link: AccountLink) -> None:
    payment = paid_checkout(InvoiceFactory.create(account=link.account))
    taken = Decimal("1000.00")
    record_dispute(payment.pk, dispute_report(payment, taken, DisputeState.LOST, withdrawn=taken))
    assert owed(link) == ([payment.items.get().invoice_id], [])


def test_again_on_the_same_day_gives_the_same(link: AccountLink, at_noon: time_machine.Traveller) -> None:
    first = issue(link)
    at_noon.shift(HOUR)
    assert issue(link) == first
    assert run_jobs() == ["billing.draw_documents"]


def test_again_on_the_next_day_gives_another(link: AccountLink, at_noon: time_machine.Traveller) -> None:
    first = issue(link)
    at_noon.shift(timedelta(hours=12))
    assert issue(link) != first


def test_again_after_a_bill_came_and_was_paid_it_gives_another(
    link: AccountLink, at_noon: time_machine.Traveller
) -> None:
    first = issue(link)
    at_noon.shift(HOUR)
    paid_checkout(InvoiceFactory.create(account=link.account))
    at_noon.shift(HOUR)
    assert issue(link).issued_at == first.issued_at + 2 * HOUR


def test_again_under_another_holder_it_gives_another(link: AccountLink, at_noon: time_machine.Traveller) -> None:
    first = issue(link)
    ServiceAccount.objects.update(holder_name="Otra titular")
    second = issue(link)
    assert second != first
    assert second.holder_name == "Otra titular"


def test_whoever_checks_it_is_told_its_date_and_that_it_says_nothing_of_later(link: AccountLink) -> None:
    certificate = issue(link)
    InvoiceFactory.create(account=link.account)
    assert verify_code(certificate.verification_code) == VerifiedDocument(
        name="Libre deuda",
        on_what="Emitido el",
        on=today(),
        amount=None,
        account_number=link.account.number,
        note="Vale a la fecha en que se emitió. No dice nada de lo que se facturó después.",
    )
