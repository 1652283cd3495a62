"""The comprobante of a charge: what is printed equals what is stored, and the codes read back."""

import io
from decimal import Decimal

import pypdfium2
import pytest
import zxingcpp
from django.conf import settings
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pypdf import PdfReader
from pypdf.generic import StreamObject

from accounts.account_numbers import format_account_number
from accounts.models import AccountLink, User
from billing.charges.acts import invoice_charge
from billing.charges.vouchers import CHARGE_VOUCHERS
from billing.documents.payment_barcode import payment_barcode
from billing.models import Charge, ChargeVoucher, Invoice
from billing.stored_documents import stored_pdf
from billing.verification import Standing, verify_code
from oficina.shared.ids import grouped_code
from tests.billing.ledger.refusing import refused, run
from tests.billing.views.page_text import words_of
from tests.conftest import NOON
from tests.factories.accounts import ServiceAccountFactory
from tests.factories.charges import ChargeFactory
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def voucher(charge: Charge, owner: User) -> ChargeVoucher:
    """The comprobante of a charge that Ana accepted."""
    return issued(charge, owner)


def issued(charge: Charge, by: User) -> ChargeVoucher:
    invoice_charge(charge, accepted=charge.amount, by=by, now=timezone.now())
    return CHARGE_VOUCHERS.documents().get(charge=charge)


def words(voucher: ChargeVoucher) -> str:
    """The text of its pages, each space one space."""
    pages = PdfReader(io.BytesIO(stored_pdf(voucher))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_worker_draws_it_once_it_is_issued(voucher: ChargeVoucher) -> None:
    assert run_jobs() == ["billing.draw_documents", "shared.send_mail"]
    voucher.refresh_from_db()
    assert (voucher.issued_at, voucher.rendered_at) == (NOON, NOON)
    assert ProcrastinateJob.objects.filter(task_name="billing.draw_documents").count() == 1


def test_it_says_everything_of_the_charge(voucher: ChargeVoucher, link: AccountLink) -> None:
    invoice, account = Invoice.objects.get(), link.account
    text = words(voucher)
    for told in (
        f"Comprobante de cargo N.º {voucher.number} · Factura 00005-00000001",
        f"N.º de cuenta {format_account_number(account.number)}",
        "Total a pagar hasta el 04/12/2026 $ 12.100,00",
        "Doce mil cien pesos",
        "Número de cargo C-000001",
        "Fecha del cargo 20/11/2026",
        "Factura LSP B 00005-00000001",
        "Emisión 24/11/2026",
        "Vencimiento 04/12/2026",
        f"Código de pago {invoice.payment_code}",
        "Titular Lucía Ferreyra",
        "Documento 30123456",
        "IVA Consumidor final",
        "Servicio en Av. San Martín 1450, Godoy Cruz",
        "Cambio de medidor Retiro del medidor y colocación de uno nuevo",
        "$ 10.000,00 21 % $ 2.100,00 $ 12.100,00",
        "Régimen de Transparencia Fiscal al Consumidor Ley 27.743. IVA contenido: $ 2.100,00.",
        grouped_code(voucher.verification_code),
        "Sirve hasta el 04/12/2026.",
    ):
        assert told in text.replace("\xa0", " "), told
    barcode = payment_barcode(invoice)
    assert barcode is not None
    assert barcode.grouped in text


def test_its_codes_read_back_to_what_they_stand_for(voucher: ChargeVoucher) -> None:
    page = pypdfium2.PdfDocument(stored_pdf(voucher))[0].render(scale=4).to_pil()
    read = {code.format: code.text for code in zxingcpp.read_barcodes(page)}

    barcode = payment_barcode(Invoice.objects.select_related("account").get())
    assert barcode is not None
    assert read == {
        zxingcpp.BarcodeFormat.QRCode: f"{settings.BASE_URL}/verificar/{voucher.verification_code}/",
        zxingcpp.BarcodeFormat.ITF: barcode.digits,
    }


def test_it_is_one_tagged_page_with_title_and_language(voucher: ChargeVoucher) -> None:
    pdf = stored_pdf(voucher)
    read = PdfReader(io.BytesIO(pdf))
    assert len(pdf) < 100_000
    assert len(read.pages) == 1
    assert str(read.root_object["/Lang"]) == "es-AR"
    assert str(read.root_object["/MarkInfo"]) == "{'/Marked': True}"
    assert read.metadata is not None
    title = f"Comprobante de cargo {voucher.number}, cuenta {format_account_number(voucher.charge.account.number)}"
    assert read.metadata.title == title
    told = read.root_object["/Metadata"].get_object()
    assert isinstance(told, StreamObject)
    assert b"pdfuaid:part" in told.get_data()


def test_long_words_and_great_amounts_are_printed_whole(owner: User) -> None:
    account = ServiceAccountFactory.create(
        holder_name="Cooperativa de Trabajo y Consumo " * 6, service_address="Calle del Bajo Sin Número " * 7,
        holder_vat_condition="Responsable inscripto", holder_document="30707736107",
    )  # fmt: skip
    charge = ChargeFactory.create(
        account=account, concept="Conexión de agua y cloaca " * 4, description="Rotura y reparación de vereda. " * 16,
        amount=Decimal("123456789.01"),
    )  # fmt: skip
    voucher = issued(charge, owner)

    text = words(voucher)
    assert text.count("Rotura y reparación de vereda.") == 16
    assert text.count("Cooperativa de Trabajo y Consumo") == 6
    assert text.endswith("Página 2 de 2")
    assert "Ciento veintitrés millones cuatrocientos cincuenta y seis mil setecientos ochenta y nueve pesos" in text
    assert "CUIT 30707736107" in text
    assert "Factura LSP A 00005-00000001" in text
    assert "código de barras" not in text


def test_it_stays_as_the_account_was(voucher: ChargeVoucher, link: AccountLink) -> None:
    link.account.holder_name, link.account.service_address = "Otra Persona", "Otra calle 1"
    link.account.save()

    text = words(CHARGE_VOUCHERS.documents().get())
    assert "Titular Lucía Ferreyra" in text
    assert "Otra" not in text


def test_whoever_has_the_code_is_told_date_amount_and_masked_account(voucher: ChargeVoucher, link: AccountLink) -> None:
    page = words_of(Client().get(f"/verificar/{voucher.verification_code}/"))

    number = link.account.number
    facts = "Documento Comprobante de cargo Fecha de emisión 24/11/2026 Importe $ 12.100,00"
    assert f"{facts} Cuenta terminada en {number[10:13]}-{number[13]}" in page
    assert "Que esté pagado lo prueba el recibo." in page
    for hidden in (number[3:10], "Ferreyra", "Cambio de medidor", "C-000001"):
        assert hidden not in page


def test_one_of_a_void_invoice_proves_nothing(voucher: ChargeVoucher) -> None:
    Invoice.objects.update(status="void")

    told = verify_code(voucher.verification_code)
    assert told is not None
    assert (told.standing, told.standing_words) == (Standing.NO_LONGER, "Anulado")


def test_database_issues_none_for_a_pending_charge(charge: Charge) -> None:
    run(f"SET LOCAL ROLE {settings.UTILITY.database_runtime_role}")
    refused(
        lambda: ChargeVoucher.objects.create(
            charge=charge, holder_name="x", service_address="x", locality="x", issued_at=timezone.now()
        ),
        f"charge {charge.pk} was not invoiced: no voucher",
    )
    run("RESET ROLE")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM billing_chargevoucher", "Cannot delete rows"),
        ("UPDATE billing_chargevoucher SET holder_name = 'x'", "Cannot update rows"),
        ("UPDATE billing_chargevoucher SET pdf = 'x'", "a value that is written once was changed"),
    ],
)
def test_database_lets_it_stay_as_it_was_issued(voucher: ChargeVoucher, statement: str, words: str) -> None:
    stored_pdf(voucher)
    run(f"SET LOCAL ROLE {settings.UTILITY.database_runtime_role}")
    refused(lambda: run(statement), words)
    run("RESET ROLE")
