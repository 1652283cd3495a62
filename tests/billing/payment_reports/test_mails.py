"""Whoever reported a payment is mailed each step of it, once, if and only if it was taken."""

from decimal import Decimal

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from accounts.account_numbers import account_number_ending, format_account_number
from accounts.models import AccountLink, User
from billing.external_payments import record_external_payment
from billing.models import Invoice, PaymentReport
from billing.payment_reports.acts import accept_report, reject_report, withdraw_report
from billing.tasks import accept_reported_payments
from oficina.shared.models import OutgoingMail
from tests.factories.billing import operation
from tests.factories.payment_reports import paid_elsewhere, reported
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def sent() -> list[EmailMultiAlternatives]:
    run_jobs()
    messages = [message for message in mail.outbox if isinstance(message, EmailMultiAlternatives)]
    assert len(messages) == len(mail.outbox)
    return messages


def test_it_tells_what_was_reported_until_when_it_is_answered_and_where_to_follow_it(
    report: PaymentReport, link: AccountLink, owner: User
) -> None:
    [message] = sent()

    number = link.account.number
    assert message.to == [owner.email]
    assert message.subject == f"Recibimos tu aviso de pago, cuenta terminada en {account_number_ending(number)}"
    page = f"{settings.BASE_URL}/cuenta/{link.public_id}/avisos-de-pago/{report.public_id}/"
    html = str(message.alternatives[0][0])
    for told in (
        report.number,
        "$\xa01.000,00 en Rapipago, el 22/11/2026",
        f"Septiembre y octubre 2026, Factura de servicio {report.invoice}",
        format_account_number(number),
        "Lo revisamos y te avisamos por mail, a más tardar el 01/12/2026.",
        page,
    ):
        assert told in message.body, told
        assert told in html, told


def test_each_end_is_told_with_what_comes_next(link: AccountLink, invoice: Invoice, staff: User) -> None:
    withdraw_report(reported(link, invoice), now=timezone.now())
    reject_report(reported(link, invoice), "Es de <b>otra</b> factura.", by=staff, now=timezone.now())
    accept_report(reported(link, invoice), paid_elsewhere(), by=staff, now=timezone.now())

    _, withdrawn, _, rejected, _, accepted = sent()
    assert withdrawn.subject.startswith("Retiraste tu aviso de pago, ")
    assert "Lo retiraste: ya no lo revisamos, y la factura sigue como estaba." in withdrawn.body
    assert rejected.subject.startswith("No pudimos aceptar tu aviso de pago, ")
    assert "Motivo: Es de <b>otra</b> factura." in rejected.body
    assert "Motivo: Es de &lt;b&gt;otra&lt;/b&gt; factura." in str(rejected.alternatives[0][0])
    assert accepted.subject.startswith("Aceptamos tu aviso de pago, ")
    assert "Registramos $\xa01.000,00, pagados el 22/11/2026. Es el pago P-" in accepted.body


def test_the_job_tells_it_once(report: PaymentReport, invoice: Invoice) -> None:
    record_external_payment(operation(invoice.account, (invoice, Decimal("1000.00")), number="00123"), cause="x")
    for _ in range(2):
        accept_reported_payments(timestamp=0)

    assert [message.subject.split(",")[0] for message in sent()] == [
        "Recibimos tu aviso de pago", "Aceptamos tu aviso de pago",
    ]  # fmt: skip


def test_whoever_gave_the_account_up_meanwhile_gets_no_address(
    report: PaymentReport, link: AccountLink, staff: User
) -> None:
    AccountLink.objects.filter(pk=link.pk).update(unlinked_at=timezone.now())
    reject_report(report, "No figura", by=staff, now=timezone.now())

    _, rejected = sent()
    assert "/cuenta/" not in rejected.body + str(rejected.alternatives[0][0])


def test_what_is_taken_back_is_not_told(link: AccountLink, invoice: Invoice) -> None:
    with transaction.atomic():
        reported(link, invoice)
        transaction.set_rollback(True)

    assert not OutgoingMail.objects.exists()
    assert run_jobs() == []
