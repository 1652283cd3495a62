"""Every kind of document that the utility issues: drawn once, whoever is first, and found by its code."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.external_payments import record_external_payment
from billing.models import Invoice, Receipt
from billing.receipts import RECEIPTS, deliver_receipt
from billing.stored_documents import (
    AFTER_OTHERS,
    draw_documents,
    file_name_of,
    registered_documents,
    stored_pdf,
)
from billing.verification import verifiable_documents, verify_code
from tests.billing.checkout.steps import at_once
from tests.conftest import NOON
from tests.factories.accounts import UserFactory
from tests.factories.billing import InvoiceFactory, operation, paid_checkout
from tests.jobs import run_jobs


def test_every_kind_of_the_project_is_named_here() -> None:
    assert registered_documents() == ["billing.receipt", "billing.debtcertificate", "billing.chargevoucher"]
    assert verifiable_documents() == [*registered_documents(), "payment_plans.paymentplan"]


@pytest.mark.django_db
@pytest.mark.usefixtures("at_noon")
def test_that_of_money_received_elsewhere_is_drawn_after_what_people_wait_for(invoice: Invoice) -> None:
    record_external_payment(operation(invoice.account, (invoice, invoice.amount)), cause="rendición")
    paid_checkout(InvoiceFactory.create(account=invoice.account), payer=UserFactory.create())

    priorities = dict(ProcrastinateJob.objects.values_list("task_name", "priority"))
    assert priorities == {"billing.draw_documents": AFTER_OTHERS, "billing.deliver_receipt": 0}
    assert run_jobs() == ["billing.deliver_receipt", "shared.send_mail", "billing.draw_documents"]
    assert set(Receipt.objects.values_list("rendered_at", flat=True)) == {NOON}


@pytest.mark.django_db
def test_the_job_leaves_alone_what_is_drawn(paid_invoice: Invoice) -> None:
    receipt = Receipt.objects.get()
    drawn = stored_pdf(receipt)
    rendered_at = receipt.rendered_at
    draw_documents(RECEIPTS.label, [receipt.pk])
    receipt.refresh_from_db()
    assert (stored_pdf(receipt), receipt.rendered_at) == (drawn, rendered_at)


@pytest.mark.django_db
def test_a_document_is_found_by_its_code_alone(paid_invoice: Invoice) -> None:
    receipt = Receipt.objects.get()
    verified = verify_code(receipt.verification_code)
    assert verified is not None
    assert verified.account_number == paid_invoice.account.number
    assert verify_code("0" * 12) is None
    assert verify_code("") is None
    assert verify_code(receipt.number) is None
    assert file_name_of(receipt) == f"recibo-{receipt.number}.pdf"


@pytest.mark.django_db(transaction=True)
def test_all_who_draw_it_at_the_same_moment_get_the_bytes_that_were_kept() -> None:
    paid_checkout(InvoiceFactory.create(), payer=UserFactory.create())
    key = Receipt.objects.get().pk

    def download() -> bytes:
        return stored_pdf(RECEIPTS.documents().get(pk=key))

    def job() -> bytes:
        deliver_receipt(key)
        return download()

    drawn = at_once(download, job, download, download)

    kept = bytes(Receipt.objects.get().pdf or b"")
    assert kept.startswith(b"%PDF-")
    assert drawn == [kept] * 4
