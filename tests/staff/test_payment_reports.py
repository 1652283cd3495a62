"""The office answers payments that customers report as made elsewhere."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.enums import PaymentReportState
from billing.external_payments import record_external_payment
from billing.models import Invoice, Payment, PaymentReport
from billing.payment_reports.acts import reject_report, withdraw_report
from oficina.shared.ids import public_id
from tests.answers import said, text_of
from tests.factories.billing import InvoiceFactory, LateInterestPolicyFactory, operation
from tests.factories.channels import CollectionChannelFactory
from tests.factories.payment_reports import paid_elsewhere, photograph, reported
from tests.staff.conftest import may

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

LIST = "/admin/billing/paymentreport/"
PRICE = Decimal("1000.00")


@pytest.fixture
def invoice(link: AccountLink) -> Invoice:
    """A bill of 1,000 pesos of Ana's account."""
    LateInterestPolicyFactory.create()
    return InvoiceFactory.create(account=link.account)


@pytest.fixture
def report(link: AccountLink, invoice: Invoice) -> PaymentReport:
    """Ana says that she paid it at Rapipago, operation 00123, and shows the ticket."""
    return reported(link, invoice, proof=photograph(), note="Lo pagó mi hija")


def record(report: PaymentReport) -> str:
    return f"{LIST}{report.pk}/change/"


def page(report: PaymentReport, act: str = "aceptar") -> str:
    return f"{LIST}{report.pk}/{act}/"


def found(**changes: str) -> dict[str, str]:
    told = {"channel": "rapipago", "paid_on": "2026-11-22", "amount": "1.000,00", "operation_number": "00123"}
    return {"key": public_id(), **told, **changes}


def yes(**changes: str) -> dict[str, str]:
    return {**found(**changes), "confirmado": "1"}


def test_the_longest_waiting_comes_first_and_says_when_it_is_due(
    as_administrator: Client, link: AccountLink, report: PaymentReport, staff: User
) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        newer = reported(link, InvoiceFactory.create(account=link.account))
        done = reported(link, InvoiceFactory.create(account=link.account))
        reject_report(done, "No figura", by=staff, now=timezone.now())
    page_of_list = text_of(as_administrator.get(LIST))

    assert page_of_list.index(record(report)) < page_of_list.index(record(newer)) < page_of_list.index(record(done))
    assert "01/12/2026" in page_of_list
    with time_machine.travel(datetime(2026, 12, 2, 15, tzinfo=timezone.get_current_timezone()), tick=False):
        assert "01/12/2026, atrasado" in text_of(as_administrator.get(LIST))


def test_list_finds_by_number_bill_account_operation_and_mail(
    as_administrator: Client, report: PaymentReport, stranger: User
) -> None:
    other_link = stranger.links.get()
    other = reported(
        other_link, InvoiceFactory.create(account=other_link.account), paid=paid_elsewhere(operation_number="X9")
    )
    for typed, meant in {
        report.number: report,
        str(report.invoice): report,
        str(report.invoice.account): report,
        "X9": other,
        "sofia@correo.example": other,
    }.items():
        listed = text_of(as_administrator.get(LIST, {"q": typed}))
        assert (record(report) in listed, record(other) in listed) == (meant == report, meant == other), typed


def test_record_shows_what_was_told_and_the_way_to_its_proof(as_administrator: Client, report: PaymentReport) -> None:
    shown = text_of(as_administrator.get(record(report)))

    assert report.proof is not None
    assert f'href="/archivos/{report.proof.public_id}/"' in shown
    for told in ("Rapipago", "00123", "$\xa01.000,00", "Lo pagó mi hija", page(report), page(report, "rechazar")):
        assert told in shown, told


def test_it_is_named_as_the_office_named_its_channel(as_administrator: Client, report: PaymentReport) -> None:
    CollectionChannelFactory.create(slug="rapipago", name="Rapipago Express")
    assert "Rapipago Express" in text_of(as_administrator.get(record(report)))


def test_accepting_begins_with_what_the_customer_wrote(as_administrator: Client, report: PaymentReport) -> None:
    form = text_of(as_administrator.get(page(report)))

    for value in ('value="2026-11-22"', 'value="1.000,00"', 'value="00123"', '<option value="rapipago" selected>'):
        assert value in form, value
    assert "El cliente agregó: Lo pagó mi hija" in form


def test_accepting_asks_first_and_then_settles_and_keeps_who(
    as_administrator: Client, administrator: User, report: PaymentReport
) -> None:
    question = text_of(as_administrator.post(page(report), found(amount="1.200,50")))
    assert "¿Aceptar $\xa01.200,50 de Rapipago?" in question
    for row in (f"Pagan la factura {report.invoice}", "$\xa01.000,00", "Quedan como saldo a favor", "$\xa0200,50"):
        assert row in question, row
    assert not Payment.objects.exists()

    answer = as_administrator.post(page(report), yes(amount="1.200,50"))

    assert (answer.status_code, answer["Location"]) == (302, record(report))
    payment = Payment.objects.get()
    assert (payment.amount_received, payment.operation_number) == (Decimal("1200.50"), "00123")
    assert said(answer) == [f"Aceptamos el aviso: es el pago {payment.number}. Le avisamos al cliente."]
    report.refresh_from_db()
    assert (report.state, report.payment, report.decided_by) == (PaymentReportState.ACCEPTED, payment, administrator)
    assert LogEntry.objects.get().change_message == f"Aceptado: {payment.number}"
    assert page(report) not in text_of(as_administrator.get(record(report)))


def test_operation_that_the_channel_told_is_said_and_not_settled_again(
    as_administrator: Client, report: PaymentReport, invoice: Invoice
) -> None:
    told = record_external_payment(operation(invoice.account, (invoice, PRICE), number="00123"), cause="x")

    assert f"Esta operación ya está imputada: es el pago {told.number}" in text_of(
        as_administrator.post(page(report), found())
    )
    as_administrator.post(page(report), yes())
    assert Payment.objects.get() == told
    report.refresh_from_db()
    assert report.payment == told


@pytest.mark.parametrize("confirmed", [False, True])
def test_operation_that_differs_from_what_the_channel_told_is_looked_at_again(
    as_administrator: Client, report: PaymentReport, invoice: Invoice, confirmed: bool
) -> None:
    told = record_external_payment(operation(invoice.account, (invoice, Decimal("900.00")), number="00123"), cause="x")

    answer = text_of(as_administrator.post(page(report), yes() if confirmed else found()))
    assert f"ya está registrada de otra manera: es el pago {told.number}, de $\xa0900,00." in answer
    assert "¿Aceptar" not in answer
    report.refresh_from_db()
    assert report.state == PaymentReportState.SUBMITTED


def test_number_that_was_shown_for_another_account_is_pointed_at(
    as_administrator: Client, report: PaymentReport, stranger: User
) -> None:
    other_link = stranger.links.get()
    other = reported(other_link, InvoiceFactory.create(account=other_link.account))
    paid = InvoiceFactory.create()
    payment = record_external_payment(operation(paid.account, (paid, PRICE), number="00123"), cause="x")

    question = text_of(as_administrator.post(page(report), found()))

    assert "el mismo número aparece también en" in question
    assert other.number in question
    assert payment.number in question


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"channel": ""}, "Elegí dónde se pagó."),
        ({"channel": "other"}, "Elegí otra opción."),
        ({"channel": "checkout"}, "Elegí otra opción."),
        ({"operation_number": " "}, "Escribí el número de operación."),
        ({"amount": "0"}, "Escribí un importe mayor que cero."),
        ({"amount": "mucho"}, "Escribí el importe en pesos, por ejemplo 1.234,56."),
        ({"paid_on": "2026-11-25"}, "Esa fecha todavía no llegó. Revisala."),
        ({"paid_on": "2026-11-13"}, "La factura es del 14/11/2026: el pago no puede ser anterior."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    as_administrator: Client, report: PaymentReport, changes: dict[str, str], words: str
) -> None:
    assert words in text_of(as_administrator.post(page(report), yes(**changes)))
    assert not Payment.objects.exists()


def test_rejecting_asks_first_and_tells_the_customer_why(
    as_administrator: Client, administrator: User, report: PaymentReport
) -> None:
    answer = {"key": public_id(), "answer": "El comprobante es de otra factura."}
    question = text_of(as_administrator.post(page(report, "rechazar"), answer))
    assert "El cliente va a leer: «El comprobante es de otra factura.»" in question

    done = as_administrator.post(page(report, "rechazar"), {**answer, "confirmado": "1"})

    assert said(done) == ["Rechazamos el aviso. Le avisamos al cliente."]
    report.refresh_from_db()
    assert (report.state, report.decided_by, report.answer) == (
        PaymentReportState.REJECTED, administrator, "El comprobante es de otra factura.",
    )  # fmt: skip
    assert not Payment.objects.exists()
    assert LogEntry.objects.get().change_message == "Rechazado: El comprobante es de otra factura."


def test_reason_of_a_rejection_is_needed(as_administrator: Client, report: PaymentReport) -> None:
    answer = as_administrator.post(page(report, "rechazar"), {"key": public_id(), "answer": "", "confirmado": "1"})
    assert "Escribile al cliente por qué no se acepta." in text_of(answer)


def test_report_that_was_withdrawn_meanwhile_is_left_alone(as_administrator: Client, report: PaymentReport) -> None:
    withdraw_report(report, now=timezone.now())

    for act in ("aceptar", "rechazar"):
        assert "Este aviso ya tiene respuesta." in text_of(as_administrator.get(page(report, act)))
    assert said(as_administrator.post(page(report), yes())) == ["El aviso ya estaba retirado: no cambió nada."]
    reject = {"key": public_id(), "answer": "No", "confirmado": "1"}
    assert said(as_administrator.post(page(report, "rechazar"), reject))[-1] == (
        "El aviso ya estaba retirado: no cambió nada."
    )
    assert not Payment.objects.exists()
    assert not LogEntry.objects.exists()


def test_only_who_may_decide_does(as_owner: Client, anonymous: Client, staff: User, report: PaymentReport) -> None:
    viewer = may(staff, "view_paymentreport")
    assert page(report) not in text_of(viewer.get(record(report)))
    for act in ("aceptar", "rechazar"):
        assert viewer.get(page(report, act)).status_code == 403
        assert viewer.post(page(report, act), yes()).status_code == 403
        assert as_owner.post(page(report, act), yes()).status_code == 404
        assert anonymous.post(page(report, act), yes()).status_code == 302
    assert not Payment.objects.exists()
    clerk = may(staff, "view_paymentreport", "decide_paymentreport")
    assert clerk.post(page(report), yes()).status_code == 302
    report.refresh_from_db()
    assert report.decided_by == staff
