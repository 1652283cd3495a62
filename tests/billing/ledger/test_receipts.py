"""The receipt: drawn once, mailed once."""

import io

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from pypdf import PdfReader

from accounts.account_numbers import account_number_ending
from accounts.models import User
from billing.external_payments import record_external_payment
from billing.models import Invoice, Receipt
from billing.receipts import deliver_receipt
from billing.stored_documents import stored_pdf
from tests.conftest import NOON
from tests.factories.accounts import UserFactory
from tests.factories.billing import operation, paid_checkout
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def payer(db: None) -> User:
    return UserFactory.create(email="ana@correo.example", first_name="Ana", last_name="Suárez")


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_receipt_is_drawn_and_mailed_by_the_job(invoice: Invoice, payer: User) -> None:
    payment = paid_checkout(invoice, payer=payer)
    assert run_jobs() == ["billing.deliver_receipt", "shared.send_mail"]
    receipt = Receipt.objects.get()
    assert (receipt.payment, receipt.rendered_at, receipt.mailed_at) == (payment, NOON, NOON)
    text = text_of(stored_pdf(receipt))
    assert receipt.number in text
    assert invoice.invoice_number in text
    assert "1.000,00" in text
    [sent] = mail.outbox
    ending = account_number_ending(invoice.account.number)
    assert sent.to == ["ana@correo.example"]
    assert sent.subject == f"Recibimos tu pago de $\xa01.000,00, cuenta terminada en {ending}"
    assert f"- LSP {invoice}, Septiembre y octubre 2026: $\xa01.000,00" in sent.body
    assert isinstance(sent, EmailMultiAlternatives)
    html, _ = sent.alternatives[0]
    assert "Septiembre y octubre 2026" in str(html)
    [attachment] = sent.attachments
    assert tuple(attachment) == (f"recibo-{receipt.number}.pdf", stored_pdf(receipt), "application/pdf")


def test_receipt_is_mailed_once_however_often_the_job_runs(invoice: Invoice, payer: User) -> None:
    paid_checkout(invoice, payer=payer)
    receipt = Receipt.objects.get()
    for _ in range(2):
        deliver_receipt(receipt.pk)
    run_jobs()
    assert len(mail.outbox) == 1


def test_receipt_is_the_same_bytes_for_ever(invoice: Invoice) -> None:
    record_external_payment(operation(invoice.account, (invoice, invoice.amount)), cause="rendición")
    first = stored_pdf(Receipt.objects.get())
    invoice.account.holder_name = "Otro titular"
    invoice.account.save()
    assert stored_pdf(Receipt.objects.get()) == first
    assert Receipt.objects.get().mailed_at is None


def test_receipt_of_somebody_who_left_is_drawn_and_not_mailed(invoice: Invoice, payer: User) -> None:
    paid_checkout(invoice, payer=payer)
    User.objects.update(is_active=False)
    assert run_jobs() == ["billing.deliver_receipt"]
    assert Receipt.objects.get().rendered_at == NOON
    assert mail.outbox == []
