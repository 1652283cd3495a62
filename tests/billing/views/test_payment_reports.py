"""Ya pagué en otro lado: the form, following the report, withdrawing it, and what the other pages say meanwhile."""

import io
import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from accounts.models import AccountLink, User
from billing.enums import PaymentReportState
from billing.external_payments import record_external_payment
from billing.models import Invoice, PaymentReport
from billing.payment_reports.acts import accept_report, reject_report
from oficina.shared.models import PrivateFile
from tests.answers import said
from tests.billing.views.page_text import words_of
from tests.factories.billing import InvoiceFactory, operation, paid_checkout
from tests.factories.channels import CollectionChannelFactory
from tests.factories.payment_reports import paid_elsewhere, photograph, reported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon", "interest")]


@pytest.fixture
def report(link: AccountLink, invoice: Invoice) -> PaymentReport:
    """Ana says that she paid the bill at Rapipago two days ago, operation 00123, and shows the ticket."""
    return reported(link, invoice, proof=photograph(), note="Lo pagó mi hija")


def form_page(link: AccountLink, invoice: Invoice) -> str:
    return f"/cuenta/{link.public_id}/facturas/{invoice.public_id}/ya-pague/"


def report_page(link: AccountLink, report: PaymentReport, part: str = "") -> str:
    return f"/cuenta/{link.public_id}/avisos-de-pago/{report.public_id}/{part}"


def written(**changes: object) -> dict[str, object]:
    told = {"channel": "rapipago", "paid_on": "2026-11-22", "amount": "1.000,00", "operation_number": "00 123"}
    return {**told, "note": "", **changes}


def picture(name: str = "ticket.jpg", kind: str = "JPEG") -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (60, 90), "white").save(drawn, kind)
    return SimpleUploadedFile(name, drawn.getvalue(), "image/jpeg")


def kept_token(body: str) -> str:
    found = re.search(r'name="attachment_kept" value="([^"]+)"', body)
    assert found is not None
    return found[1]


def test_form_begins_with_what_the_bill_costs_today(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    answer = as_owner.get(form_page(link, invoice))

    assert "Ya pagué en otro lado Septiembre y octubre 2026" in words_of(answer)
    assert "hoy figura pendiente por $ 1.000,00" in words_of(answer)
    body = answer.content.decode()
    assert 'value="1.000,00"' in body
    assert 'enctype="multipart/form-data"' in body


def test_channels_are_those_that_take_money_now(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    CollectionChannelFactory.create(slug="cobro-nuevo", name="Cobro Nuevo")
    CollectionChannelFactory.create(slug="cobro-cerrado", name="Cobro Cerrado", active=False)
    CollectionChannelFactory.create(slug="cobro-prueba", name="Cobro de prueba", sandbox=True)
    body = as_owner.get(form_page(link, invoice)).content.decode()

    offered = re.findall(r'<option value="([^"]*)"', body)
    assert offered == [
        "", "cobro-nuevo", "home-banking", "office", "pago-facil", "rapipago", "bank-transfer", "other",
    ]  # fmt: skip


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_reporting_keeps_it_and_leads_to_its_page(
    as_owner: Client, link: AccountLink, invoice: Invoice, headers: dict[str, str]
) -> None:
    answer = as_owner.post(form_page(link, invoice), written(attachment=picture()), headers=headers)

    report = PaymentReport.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, report_page(link, report))
    assert said(answer) == ["Recibimos tu aviso. Te mandamos un mail con los datos."]
    assert (report.channel, report.operation_number, report.amount) == ("rapipago", "00123", Decimal("1000.00"))
    assert report.proof is not None
    assert (report.proof.name, report.proof.media_type) == ("ticket.jpg", "image/jpeg")


def test_second_click_leads_to_the_same_report(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    for _ in range(2):
        answer = as_owner.post(form_page(link, invoice), written())
        assert answer["Location"] == report_page(link, PaymentReport.objects.get())
    again = as_owner.get(form_page(link, invoice))
    assert (again.status_code, again["Location"]) == (303, report_page(link, PaymentReport.objects.get()))


@pytest.mark.parametrize("missing", [{"operation_number": ""}, {"operation_number": "  "}])
def test_one_of_number_and_proof_is_needed(
    as_owner: Client, link: AccountLink, invoice: Invoice, missing: dict[str, str]
) -> None:
    answer = as_owner.post(form_page(link, invoice), written(**missing))
    assert "Adjuntá el comprobante o escribí el número de operación." in words_of(answer)
    assert "<title>Error: Ya pagué en otro lado" in answer.content.decode()

    as_owner.post(form_page(link, invoice), written(**missing, attachment=picture()))
    assert PaymentReport.objects.get().operation_number == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"channel": ""}, "Elegí dónde se pagó."),
        ({"channel": "checkout"}, "Elegí otra opción."),
        ({"paid_on": ""}, "Escribí qué día se pagó."),
        ({"paid_on": "31/31/2026"}, "Escribí la fecha así: 24/11/2026."),
        ({"paid_on": "2026-11-25"}, "Esa fecha todavía no llegó. Revisala."),
        ({"paid_on": "13/11/2026"}, "La factura es del 14/11/2026: el pago no puede ser anterior."),
        ({"amount": ""}, "Escribí cuánto se pagó."),
        ({"amount": "0,00"}, "Escribí un importe mayor que cero."),
        ({"amount": "-5"}, "Escribí un importe mayor que cero."),
        ({"amount": "1,234"}, "Escribí un importe con hasta dos decimales."),
        ({"amount": "99999999999999"}, "El importe es demasiado grande. Revisalo."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_the_rest_stays(
    as_owner: Client, link: AccountLink, invoice: Invoice, changes: dict[str, str], words: str
) -> None:
    answer = as_owner.post(form_page(link, invoice), written(note="Fue mi hija", **changes))

    assert answer.status_code == 200
    assert words in words_of(answer)
    assert "Fue mi hija" in answer.content.decode()
    assert not PaymentReport.objects.exists()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SimpleUploadedFile("ticket.pdf", b"MZ\x90\x00" + b"x" * 200), "no es una foto (JPG o PNG) ni un PDF"),
        (SimpleUploadedFile("ticket.jpg", b"<html><script>1</script>"), "no es una foto (JPG o PNG) ni un PDF"),
        (SimpleUploadedFile("ticket.png", b"<svg xmlns='x'/>"), "no es una foto (JPG o PNG) ni un PDF"),
        (SimpleUploadedFile("ticket.jpg", b"x" * (6 * 1024 * 1024)), "El archivo pesa más de 5 MB."),
        (SimpleUploadedFile("ticket.jpg", b""), "El archivo está vacío."),
    ],
)
def test_file_that_lies_is_refused_beside_its_field_and_the_rest_stays(
    as_owner: Client, link: AccountLink, invoice: Invoice, file: SimpleUploadedFile, words: str
) -> None:
    file.seek(0)
    answer = as_owner.post(form_page(link, invoice), written(attachment=file, note="Fue mi hija"))

    assert words in words_of(answer)
    assert "Fue mi hija" in answer.content.decode()
    assert not PaymentReport.objects.exists()
    assert not PrivateFile.objects.exists()


def test_mistake_elsewhere_does_not_lose_the_file(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    answer = as_owner.post(form_page(link, invoice), written(amount="", attachment=picture()))
    assert "Ya tenemos «ticket.jpg»." in words_of(answer)

    as_owner.post(form_page(link, invoice), written(attachment_kept=kept_token(answer.content.decode())))

    proof = PaymentReport.objects.get().proof
    assert proof is not None
    assert (proof.name, proof.kept_at) == ("ticket.jpg", timezone.now())


def test_refusal_does_not_lose_the_file_either(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    record_external_payment(operation(link.account, (invoice, Decimal("400.00")), number="00123"), cause="rendición")
    answer = as_owner.post(form_page(link, invoice), written(attachment=picture()))

    assert "Ese pago ya lo tenemos: es el P-" in words_of(answer)
    assert "Ya tenemos «ticket.jpg»." in words_of(answer)


def test_file_of_a_report_is_not_used_for_another(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    """The token of a draft that another tab used up."""
    token = kept_token(
        as_owner.post(form_page(link, invoice), written(amount="", attachment=picture())).content.decode()
    )
    as_owner.post(form_page(link, invoice), written(attachment_kept=token, operation_number=""))
    other = InvoiceFactory.create(account=link.account)

    answer = as_owner.post(form_page(link, other), written(attachment_kept=token, operation_number=""))

    assert "Ya no tenemos el archivo que habías elegido. Elegilo de nuevo." in words_of(answer)
    assert not other.payment_reports.exists()


def test_paid_bill_needs_no_report(as_owner: Client, link: AccountLink, invoice: Invoice, owner: User) -> None:
    paid_checkout(invoice, payer=owner)
    for answer in (as_owner.get(form_page(link, invoice)), as_owner.post(form_page(link, invoice), written())):
        assert answer["Location"] == f"/cuenta/{link.public_id}/facturas/{invoice.public_id}/"
        assert said(answer)[-1] == "Esta factura ya no está pendiente: no hace falta que avises."


def test_report_is_followed_on_its_page(as_owner: Client, link: AccountLink, report: PaymentReport) -> None:
    answer = as_owner.get(report_page(link, report))

    page = words_of(answer)
    assert f"Aviso de pago {report.number}" in page
    assert "Cómo está En revisión Nos avisaste : hecho hoy a las 12:00 Lo estamos revisando" in page
    assert "Lo revisamos y te avisamos por mail, a más tardar el 01/12/2026." in page
    told = "Dónde pagaste Rapipago Qué día 22/11/2026 Cuánto $ 1.000,00 Número de operación 00123"
    assert f"{told} Comprobante ticket.png Algo más Lo pagó mi hija" in page
    assert report.proof is not None
    assert f'href="/archivos/{report.proof.public_id}/"' in answer.content.decode()


def test_accepted_and_rejected_reports_say_what_came_of_them(
    as_owner: Client, link: AccountLink, report: PaymentReport, staff: User
) -> None:
    other = reported(link, InvoiceFactory.create(account=link.account))
    payment = accept_report(report, paid_elsewhere(), by=staff, now=timezone.now())
    reject_report(other, "El comprobante es de otra factura.", by=staff, now=timezone.now())

    accepted, rejected = (words_of(as_owner.get(report_page(link, one))) for one in (report, other))
    assert f"Registramos $ 1.000,00, pagados el 22/11/2026. Es el pago {payment.number}." in accepted
    assert "Retirar el aviso" not in accepted
    assert "Motivo: El comprobante es de otra factura." in rejected
    assert "¿Tenés otro comprobante?" in rejected


def test_withdrawing_asks_first(as_owner: Client, link: AccountLink, report: PaymentReport) -> None:
    page = report_page(link, report, "retirar/")
    assert "¿Retirar el aviso de pago? $ 1.000,00 por Septiembre y octubre 2026." in words_of(as_owner.get(page))

    for _ in range(2):
        answer = as_owner.post(page)
        assert (answer.status_code, answer["Location"]) == (303, report_page(link, report))
    assert said(answer) == ["Listo: retiraste el aviso. No lo vamos a revisar."]
    report.refresh_from_db()
    assert report.state == PaymentReportState.WITHDRAWN
    assert as_owner.get(page)["Location"] == report_page(link, report)


def test_withdrawing_after_the_answer_says_so(
    as_owner: Client, link: AccountLink, report: PaymentReport, staff: User
) -> None:
    reject_report(report, "No figura", by=staff, now=timezone.now())
    answer = as_owner.post(report_page(link, report, "retirar/"))
    assert said(answer) == ["Ya lo habíamos respondido: no se retiró."]


def test_bill_leads_to_the_form_and_then_to_the_report(
    as_owner: Client, as_teammate: Client, link: AccountLink, invoice: Invoice, teammate: User
) -> None:
    bill = f"/cuenta/{link.public_id}/facturas/{invoice.public_id}/"
    assert f'href="{form_page(link, invoice)}"' in as_owner.get(bill).content.decode()
    report = reported(link, invoice)

    own = as_owner.get(bill)
    assert "Avisaste que ya la pagaste en otro lado, y lo estamos revisando. Ver el aviso" in words_of(own)
    assert f'href="{report_page(link, report)}"' in own.content.decode()
    assert form_page(link, invoice) not in own.content.decode()
    assert "Pagar igual" in words_of(own)
    others = as_teammate.get(f"/cuenta/{teammate.links.get().public_id}/facturas/{invoice.public_id}/")
    assert "Otra persona que usa esta cuenta avisó que ya la pagó en otro lado" in words_of(others)
    assert report.public_id not in others.content.decode()


def test_inicio_says_it_beside_the_bill(as_owner: Client, link: AccountLink, report: PaymentReport) -> None:
    answer = as_owner.get(f"/cuenta/{link.public_id}/inicio/")
    assert "Aviso de pago en revisión. Ver el aviso de Septiembre y octubre 2026" in words_of(answer)
    assert f'href="{report_page(link, report)}"' in answer.content.decode()


def test_inicio_costs_the_same_however_many_were_reported(
    as_owner: Client, link: AccountLink, invoice: Invoice
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_owner.get(f"/cuenta/{link.public_id}/inicio/").status_code == 200
        return len(captured)

    reported(link, invoice)
    queries()
    with_one = queries()
    for _ in range(5):
        reported(link, InvoiceFactory.create(account=link.account))
    assert queries() == with_one


def test_paying_a_reported_bill_warns_twice(
    as_owner: Client, link: AccountLink, report: PaymentReport, invoice: Invoice
) -> None:
    other = InvoiceFactory.create(account=link.account, period=date(2026, 7, 1))
    summary = as_owner.get(f"/cuenta/{link.public_id}/pagar/?factura={invoice.public_id}&factura={other.public_id}")

    assert "Septiembre y octubre 2026: nos avisaron que ya se pagó en otro lado" in words_of(summary)
    question = re.search(r'href="(/cuenta/[^"]+/pagar/confirmar/\?resumen=[^"]+)"', summary.content.decode())
    assert question is not None
    assert "nos avisaron que Septiembre y octubre 2026 ya se pagó en otro lado" in words_of(as_owner.get(question[1]))
    alone = as_owner.get(f"/cuenta/{link.public_id}/pagar/?factura={other.public_id}")
    assert "aviso de pago" not in words_of(alone)


def test_nobody_else_sees_it(
    as_teammate: Client, as_stranger: Client, anonymous: Client, link: AccountLink, report: PaymentReport
) -> None:
    others_link = AccountLink.objects.get(user__first_name="Tomás")
    strangers_link = AccountLink.objects.get(user__first_name="Sofía")
    for part in ("", "retirar/"):
        assert as_teammate.get(report_page(others_link, report, part)).status_code == 404
        assert as_stranger.get(report_page(strangers_link, report, part)).status_code == 404
        assert as_stranger.get(report_page(link, report, part)).status_code == 404
        assert anonymous.get(report_page(link, report, part))["Location"].startswith("/ingresar/")
    for client in (as_teammate, as_stranger, anonymous):
        client.post(report_page(link, report, "retirar/"))
    assert PaymentReport.objects.get().state == PaymentReportState.SUBMITTED


def test_bill_of_another_account_is_not_found(
    as_stranger: Client, anonymous: Client, link: AccountLink, invoice: Invoice, stranger: User
) -> None:
    for ref in (link, stranger.links.get()):
        assert as_stranger.get(form_page(ref, invoice)).status_code == 404
        assert as_stranger.post(form_page(ref, invoice), written()).status_code == 404
    assert anonymous.post(form_page(link, invoice), written())["Location"].startswith("/ingresar/")
    assert not PaymentReport.objects.exists()


def test_other_methods_are_refused(
    as_owner: Client, link: AccountLink, report: PaymentReport, invoice: Invoice
) -> None:
    assert as_owner.post(report_page(link, report)).status_code == 405
    assert as_owner.delete(report_page(link, report, "retirar/")).status_code == 405
    assert as_owner.put(form_page(link, invoice)).status_code == 405
