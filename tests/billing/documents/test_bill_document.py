"""The bill as PDF: everything that it says against the database, what it is made of, what a machine reads from it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from billing.documents.arca_qr import arca_qr_address
from billing.documents.bill_document import bill_file_name, bill_pdf
from billing.documents.payment_barcode import payment_barcode
from billing.enums import DocumentCode, ServiceKind
from billing.external_payments import record_external_payment
from billing.models import Invoice
from billing.settlement import settle_payment
from oficina.shared.dates import today
from tests.factories.billing import InvoiceFactory, InvoiceLineFactory, begin_checkout, on_its_way, operation
from tests.printed import Font, codes_on, drawings_of, facts_of, fonts_of, qpdf_check, words_of

pytestmark = pytest.mark.usefixtures("at_noon")


def drawn(bill: Invoice) -> bytes:
    return bill_pdf(bill.pk, on=today())


def test_it_says_everything_that_the_database_knows_of_it(bill: Invoice, history: list[Invoice]) -> None:
    said = words_of(drawn(bill))
    for sentence in (
        # the utility
        (
            "Aguas del Piedemonte S.A. Av. Los Plátanos 1180, M5500 Mendoza CUIT 30-70918273-7"
            " · IVA responsable inscripto Ingresos brutos 0712345-6 Inicio de actividades 01/03/2011"
        ),
        # the document
        "B Cód. 018 Liquidación de Servicios Públicos N.º 0007-01871164 · Fecha de emisión 02/11/2026",
        "N.º de cuenta 082-0014237-001-2",
        # the holder and the property
        (
            "Lucía Ferreyra Servicio en Av. San Martín 1450, M5501 Godoy Cruz Documento DNI 30.412.876"
            " Condición de IVA Consumidor final Categoría Residencial, agua y cloaca Tarifa R2, medida"
            " Período Septiembre y octubre 2026"
        ),
        # what to pay
        (
            "Total a pagar $ 52.387,40 1.º vencimiento, lunes 30/11/2026 $ 52.387,40"
            " 2.º vencimiento, lunes 14/12/2026 $ 53.435,15 Código de pago electrónico 0742 0820 0142 37"
        ),
        # the meter
        (
            "Tu consumo Medidor A-20418833 Lectura anterior, 31/08/2026 1.284 m³ Lectura actual, 31/10/2026 1.325,5 m³"
            " Consumo en 61 días 41,5 m³ Por día 680 litros Metros cúbicos por bimestre"
        ),
        # the lines
        (
            "Concepto Cantidad Precio Neto Alícuota IVA Importe"
            " Agua potable, cargo fijo 1 $ 11.850,00 $ 11.850,00 21 % $ 2.488,50 $ 14.338,50"
            " Agua potable, consumo 41,5 m³ $ 759,6788 $ 31.526,67 21 % $ 6.522,23 $ 38.048,90"
            " Total hasta el 30/11/2026 $ 43.376,67 $ 9.010,73 $ 52.387,40"
        ),
        # the laws
        (
            "Régimen de Transparencia Fiscal al Consumidor Ley 27.743. IVA contenido: $ 9.010,73."
            " Otros impuestos nacionales indirectos: $ 12,34."
        ),
        "Otras deudas: al 24/11/2026 no existen deudas pendientes.",
        (
            "Comprobante autorizado CESP N.º 76481234567890 Vencimiento: 12/11/2026 RG 3571/13."
            " Consultalo en ARCA con el código QR."
        ),
        "Se suma un interés de 0,07 % por día (2,10 % cada 30 días).",
        # where to pay, and the slip
        "Dónde pagar Oficina Virtual: testserver. Rapipago y Pago Fácil, con el código de barras. Banca por internet",
        (
            "N.º de cuenta 082-0014237-001-2 Comprobante B 0007-01871164 Hasta el 30/11/2026 $ 52.387,40"
            " Hasta el 14/12/2026 $ 53.435,15"
        ),
        "· Sirve hasta el 14/12/2026.",
        "Comercial, lunes a viernes de 8 a 16: 0810 555 4826 · testserver · Reclamos técnicos, 24 horas: 0800 555 4820",
        "Página 1 de 1",
    ):
        assert sentence in said


def test_it_is_a_tagged_document_of_one_light_page(bill: Invoice, history: list[Invoice]) -> None:
    pdf = drawn(bill)
    facts = facts_of(pdf)
    assert facts["Title"] == (
        "Liquidación de servicios públicos B 0007-01871164, septiembre y octubre 2026, cuenta 082-0014237-001-2"
    )
    assert (facts["Author"], facts["Lang"], facts["Tagged"]) == ("Aguas del Piedemonte S.A.", "es-AR", "yes")
    assert (facts["Pages"], facts["Page size"]) == ("1", "595.276 x 841.89 pts (A4)")
    assert len(pdf) < 100_000
    fonts = fonts_of(pdf)
    assert {font.name.split("+")[1] for font in fonts} == {"Liberation-Sans", "Liberation-Sans-Bold"}
    assert fonts == [Font(font.name, embedded=True, subset=True) for font in fonts]
    assert qpdf_check(pdf) == "errors that qpdf cannot detect"


def test_its_drawings_are_told_in_words(bill: Invoice, history: list[Invoice]) -> None:
    told = drawings_of(drawn(bill))
    assert [words.split(":")[0] for words in told] == [
        "Aguas del Piedemonte",
        "Código de barras para pagar en efectivo",
        "Consumo de los últimos 13 bimestres en metros cúbicos",
        "Código QR de la Resolución General 4892 para consultar este comprobante en ARCA",
    ]
    assert "Septiembre y octubre 2024, 40; " in told[2]
    assert told[2].endswith("Julio y agosto 2026, 40; Septiembre y octubre 2026, 41,5.")


def test_a_machine_reads_its_codes_from_the_printed_page(bill: Invoice) -> None:
    barcode = payment_barcode(bill)
    assert barcode is not None
    pdf = drawn(bill)
    assert codes_on(pdf) == {"ITF": barcode.digits, "QR Code": arca_qr_address(bill, bill.account.holder_document)}
    assert barcode.grouped in words_of(pdf)


def test_a_flat_rate_shows_amounts_and_no_meter(bill: Invoice) -> None:
    Invoice.objects.filter(pk=bill.pk).update(
        service_kind=ServiceKind.FLAT_RATE,
        consumption_m3=None,
        previous_reading=None,
        previous_reading_on=None,
        current_reading=None,
        current_reading_on=None,
    )
    InvoiceFactory.create(account=bill.account, period=date(2026, 7, 1), amount=Decimal("0.00"))
    pdf = drawn(bill)
    said = words_of(pdf)
    assert "Tarifa R2, cuota fija" in said
    assert "La cuenta no tiene medidor: paga una cuota fija, que no depende de lo que se consume." in said
    assert "Miles de pesos por bimestre" in said
    assert "Lectura" not in said
    assert (
        "Importe de los últimos 2 bimestres: Julio y agosto 2026, $\xa00,00; Septiembre y octubre 2026, $\xa052.387,40."
        in drawings_of(pdf)
    )


def test_series_a_says_so(bill: Invoice) -> None:
    taxpayer = InvoiceFactory.create(account=bill.account, document_code=DocumentCode.SERVICE_A)
    bill.account.holder_document = "30709182737"
    bill.account.holder_vat_condition = "Responsable inscripto"
    bill.account.save()
    said = words_of(drawn(taxpayer))
    assert "A Cód. 017 Liquidación de Servicios Públicos" in said
    assert "Documento CUIT 30-70918273-7 Condición de IVA Responsable inscripto" in said


def test_without_authorization_there_is_neither_qr_nor_cesp(bill: Invoice) -> None:
    Invoice.objects.filter(pk=bill.pk).update(authorization_code="", authorization_due_on=None)
    pdf = drawn(bill)
    assert set(codes_on(pdf)) == {"ITF"}
    assert "CESP" not in words_of(pdf)


def test_other_debts_are_told_with_their_dates_and_interest(bill: Invoice) -> None:
    """Art. 30 bis: dates, concept and interest. One that is not yet due is owed too."""
    late = InvoiceFactory.create(account=bill.account, period=date(2026, 7, 1), due_on=date(2026, 9, 15))
    record_external_payment(operation(bill.account, (late, Decimal("400.00"))), cause="test")
    coming = InvoiceFactory.create(account=bill.account, period=date(2026, 11, 1), due_on=date(2026, 12, 30))
    InvoiceFactory.create(period=date(2026, 5, 1), due_on=date(2026, 7, 15))  # of another account
    said = words_of(drawn(bill))
    # 600.00 were left when 1,000.00 cost 1,049.00: 70 days at 0.07 %, on the part that was not paid.
    assert (
        "Otras deudas de la cuenta al 24/11/2026 Concepto Comprobante Vencimiento Falta pagar Interés Total"
        f" Julio y agosto 2026 {late} Venció el 15/09/2026 $ 600,00 $ 49,00 $ 649,00"
        f" Noviembre y diciembre 2026 {coming} Vence el 30/12/2026 $ 1.000,00 $ 0,00 $ 1.000,00"
        " Total de las otras deudas $ 1.649,00"
    ) in said
    assert "no existen deudas pendientes" not in said


def test_a_void_bill_is_not_to_be_paid(bill: Invoice) -> None:
    Invoice.objects.filter(pk=bill.pk).update(status="void")
    pdf = drawn(bill)
    said = words_of(pdf)
    assert "ANULADA" in said
    assert "Anulada $ 52.387,40 No hay que pagarla." in said
    assert set(codes_on(pdf)) == {"QR Code"}
    assert "Dónde pagar" not in said


def test_a_paid_bill_says_since_when(bill: Invoice) -> None:
    record_external_payment(operation(bill.account, (bill, Decimal("52387.40"))), cause="test")
    pdf = drawn(bill)
    assert "Pagada $ 52.387,40 Pagada el 24/11/2026 No queda nada para pagar." in words_of(pdf)
    assert set(codes_on(pdf)) == {"QR Code"}


def test_after_its_dates_it_says_what_it_costs_on_that_day(bill: Invoice) -> None:
    pdf = bill_pdf(bill.pk, on=date(2026, 12, 15))
    said = words_of(pdf)
    assert "Total a pagar el 15/12/2026 $ 53.471,82 1.º vencimiento" in said  # 53,435.15 and a day of 52,387.40
    assert "Los vencimientos impresos pasaron. En la Oficina Virtual la pagás al importe de cada día." in said
    assert set(codes_on(pdf)) == {"QR Code"}


def test_between_its_dates_the_second_price_counts_and_the_bars_hold(bill: Invoice) -> None:
    pdf = bill_pdf(bill.pk, on=date(2026, 12, 14))
    assert "Total a pagar el 14/12/2026 $ 53.435,15" in words_of(pdf)
    assert "ITF" in codes_on(pdf)


def test_a_bill_paid_in_part_has_no_bars_for_the_whole(bill: Invoice) -> None:
    record_external_payment(operation(bill.account, (bill, Decimal("2387.40"))), cause="test")
    pdf = drawn(bill)
    said = words_of(pdf)
    assert "Total a pagar el 24/11/2026 $ 50.000,00" in said
    assert "Ya se pagó una parte $ 2.387,40" in said
    assert "Ya se pagó una parte. Lo que falta se paga en la Oficina Virtual." in said
    assert set(codes_on(pdf)) == {"QR Code"}


def test_a_bill_with_a_payment_in_process_asks_not_to_pay_it_again(bill: Invoice) -> None:
    payment = begin_checkout(bill)
    settle_payment(payment.pk, on_its_way(payment), cause="test")
    pdf = drawn(bill)
    assert "Hay un pago en proceso." in words_of(pdf)
    assert set(codes_on(pdf)) == {"QR Code"}


def test_an_amount_above_the_bars_keeps_the_payment_code(bill: Invoice) -> None:
    Invoice.objects.filter(pk=bill.pk).update(amount=Decimal("1000000.00"), later_due_on=[], later_amounts=[])
    pdf = drawn(bill)
    said = words_of(pdf)
    assert (
        "El importe no entra en el código de barras. Pagala en la Oficina Virtual o con el código de pago electrónico."
        in said
    )
    assert "Código de pago electrónico 0742 0820 0142 37" in said
    assert set(codes_on(pdf)) == {"QR Code"}


def test_a_utility_without_a_contract_prints_no_bars(bill: Invoice, settings: Settings) -> None:
    settings.UTILITY = settings.UTILITY.model_copy(update={"barcode_company": ""})
    pdf = drawn(bill)
    assert "Pagala en la Oficina Virtual o con el código de pago electrónico." in words_of(pdf)
    assert set(codes_on(pdf)) == {"QR Code"}


def test_an_unusual_consumption_is_flagged(bill: Invoice, history: list[Invoice]) -> None:
    Invoice.objects.filter(pk=bill.pk).update(consumption_m3=Decimal(81))
    assert (
        "Consumo 102 % por encima del promedio de septiembre y octubre de los dos años anteriores Usaste 81 m³ y el"
        " promedio es 40 m³. Si supera en más de 75 % ese promedio, se presume un error (art. 31, Ley 24.240)."
    ) in words_of(drawn(bill))


def test_a_long_bill_flows_onto_more_pages_and_says_whose_they_are(bill: Invoice) -> None:
    for position in range(3, 80):
        InvoiceLineFactory.create(invoice=bill, position=position, concept=f"Concepto {position}")
    for back in range(1, 30):
        InvoiceFactory.create(account=bill.account, due_on=today() - timedelta(days=60 * back))
    pdf = drawn(bill)
    said = words_of(pdf)
    assert facts_of(pdf)["Pages"] == "4"
    assert said.count("Liquidación de servicios públicos B 0007-01871164 · Cuenta 082-0014237-001-2") == 3
    assert all(f"Concepto {position} 1 " in said for position in range(3, 80))
    assert said.count("Total hasta el") == said.count("Total de las otras deudas") == 1
    assert codes_on(pdf).keys() == {"ITF"}
    assert qpdf_check(pdf) == "errors that qpdf cannot detect"


def test_a_bill_of_which_little_is_known(bill: Invoice) -> None:
    plain = InvoiceFactory.create(account=bill.account, payment_code=None, consumption_m3=None)
    pdf = drawn(plain)
    said = words_of(pdf)
    assert "Total a pagar" in said
    assert "Código de pago electrónico" not in said
    assert "Detalle" not in said
    assert qpdf_check(pdf) == "errors that qpdf cannot detect"


def test_its_file_is_named_after_it(bill: Invoice) -> None:
    assert bill_file_name(bill) == "factura-B-0007-01871164.pdf"


@pytest.mark.parametrize("more", [1, 20])
def test_queries_do_not_depend_on_how_much_there_is_to_tell(bill: Invoice, more: int) -> None:
    for position in range(3, 3 + more):
        InvoiceLineFactory.create(invoice=bill, position=position)
        InvoiceFactory.create(account=bill.account, period=date(2024, 1, 1), due_on=today() - timedelta(days=position))
    with CaptureQueriesContext(connection) as queries:
        drawn(bill)
    assert len(queries) == 7
