from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AccountLink, User
from billing.external_payments import record_external_payment
from billing.models import Invoice, LateInterestPolicy
from billing.settlement import settle_payment
from oficina.shared.dates import add_months
from tests.billing.views.page_text import words_of
from tests.factories.billing import (
    InvoiceFactory,
    InvoiceLineFactory,
    begin_checkout,
    on_its_way,
    operation,
    paid_checkout,
)
from tests.factories.claims import claimed

pytestmark = pytest.mark.usefixtures("at_noon")


def page_of(link: AccountLink, invoice: Invoice) -> str:
    return f"/cuenta/{link.public_id}/facturas/{invoice.public_id}/"


def test_it_says_everything_that_the_bill_says(as_owner: Client, link: AccountLink) -> None:
    bill = InvoiceFactory.create(
        account=link.account,
        amount=Decimal("29836.66"),
        due_on=date(2026, 11, 30),
        later_due_on=[date(2026, 12, 14)],
        later_amounts=[Decimal("30433.39")],
        previous_reading=Decimal(1284),
        previous_reading_on=date(2026, 8, 31),
        current_reading=Decimal("1325.5"),
        current_reading_on=date(2026, 10, 31),
        consumption_m3=Decimal("41.5"),
        payment_code="07420820014237",
    )
    InvoiceLineFactory.create(
        invoice=bill,
        concept="Agua potable, consumo",
        quantity=Decimal("41.5"),
        unit="m³",
        unit_price=Decimal("312.4567"),
        amount=Decimal("12966.95"),
        vat_amount=Decimal("2723.06"),
    )

    page = words_of(as_owner.get(page_of(link, bill)))

    assert f"Septiembre y octubre 2026 Factura de servicio B {bill.invoice_number} de la cuenta" in page
    assert (
        "Vence en 6 días $ 29.836,66 Importe de hoy Hasta el 30/11/2026 $ 29.836,66 Hasta el 14/12/2026 $ 30.433,39"
        in page
    )
    assert (
        "Lectura anterior, 31/08/2026 1.284 m³ Lectura actual, 31/10/2026 1.325,5 m³ Consumo en 61 días 41,5 m³" in page
    )
    assert "Agua potable, consumo 41,5 m³ × $ 312,4567 $ 12.966,95 $ 2.723,06 $ 15.690,01" in page
    assert "Ley 27.743. IVA contenido: $ 2.723,06." in page
    assert "Código de pago electrónico 0742 0820 0142 37" in page
    assert "Titular Lucía Ferreyra Documento DNI 30.123.456 Condición de IVA Consumidor final" in page
    assert "Servicio en Av. San Martín 1450, 5501 Godoy Cruz Categoría Residencial Tarifa R1" in page
    assert "Otras deudas de la cuenta Al 24/11/2026 no existen deudas pendientes." in page


def test_an_overdue_bill_says_what_tomorrow_costs(
    as_owner: Client, link: AccountLink, interest: LateInterestPolicy
) -> None:
    bill = InvoiceFactory.create(account=link.account, due_on=date(2026, 11, 4))
    answer = as_owner.get(page_of(link, bill))
    assert (
        "Vencida hace 20 días $ 1.014,00 Importe de hoy Hasta el 04/11/2026 $ 1.000,00 Desde el 25/11/2026 $ 1.014,70"
        in words_of(answer)
    )
    assert f'href="/cuenta/{link.public_id}/pagar/?factura={bill.public_id}"' in answer.content.decode()


def test_a_bill_in_process_leads_its_payer_to_the_payment(
    as_owner: Client, as_teammate: Client, teammate: User, link: AccountLink, invoice: Invoice
) -> None:
    payment = begin_checkout(invoice, payer=link.user)
    settle_payment(payment.pk, on_its_way(payment), cause="test")
    own, other = as_owner.get(page_of(link, invoice)), as_teammate.get(page_of(teammate.links.get(), invoice))
    assert "El pago empezó hoy a las 12:00 y está en proceso. Ver el pago" in words_of(own)
    assert payment.public_id in own.content.decode()
    assert "y está en proceso." in words_of(other)
    assert payment.public_id not in other.content.decode()
    assert "Pagar esta factura" not in words_of(own)


def test_a_paid_bill_says_by_what(as_owner: Client, link: AccountLink) -> None:
    bill = InvoiceFactory.create(account=link.account)
    record_external_payment(operation(link.account, (bill, Decimal("400.00"))), cause="test")
    payment = paid_checkout(bill, payer=link.user)
    page = words_of(as_owner.get(page_of(link, bill)))
    assert "Pago Pagada $ 1.000,00 No queda nada para pagar" in page
    assert "24/11/2026 $ 400,00 Oficina Virtual" in page
    assert f"{payment.number} 24/11/2026 $ 600,00" in page
    assert "Pagar esta factura" not in page


def test_a_bill_paid_in_part_says_what_is_left(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    record_external_payment(operation(link.account, (invoice, Decimal("400.00"))), cause="test")
    assert "$ 600,00 Importe de hoy, sin los $ 400,00 que ya se pagaron" in words_of(
        as_owner.get(page_of(link, invoice))
    )


def test_a_void_bill_is_not_to_be_paid(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(status="void")
    page = words_of(as_owner.get(page_of(link, invoice)))
    assert "Anulada Esta factura se anuló: no hay que pagarla." in page
    assert "Pagar esta factura" not in page


def test_it_leads_to_its_pdf_whatever_its_state(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    address = f'href="/cuenta/{link.public_id}/facturas/{invoice.public_id}/pdf/"'
    assert address in as_owner.get(page_of(link, invoice)).content.decode()
    Invoice.objects.filter(pk=invoice.pk).update(status="void")
    assert address in as_owner.get(page_of(link, invoice)).content.decode()


def test_other_debts_are_listed_with_their_interest(
    as_owner: Client, link: AccountLink, invoice: Invoice, interest: LateInterestPolicy
) -> None:
    late = InvoiceFactory.create(account=link.account, period=date(2026, 7, 1), due_on=date(2026, 11, 4))
    answer = as_owner.get(page_of(link, invoice))
    page = words_of(answer)
    assert f"Julio y agosto 2026 {late} 04/11/2026 $ 14,00 $ 1.014,00 Total de las otras deudas, hoy $ 1.014,00" in page
    assert "no existen deudas pendientes" not in page
    assert page_of(link, late) in answer.content.decode()


@pytest.fixture
def history(link: AccountLink) -> None:
    """A year of bimesters before the usual bill, 40 m³ each."""
    for back in range(1, 7):
        InvoiceFactory.create(
            account=link.account,
            period=add_months(date(2026, 9, 1), -2 * back),
            amount=Decimal(900),
            consumption_m3=Decimal(40),
        )


def test_its_consumption_is_drawn_beside_those_before_it_and_told_in_a_table(
    as_owner: Client, link: AccountLink, history: None
) -> None:
    bill = InvoiceFactory.create(account=link.account, consumption_m3=Decimal("41.5"))
    InvoiceFactory.create(account=link.account, period=date(2026, 11, 1), consumption_m3=Decimal(99))  # a later one
    answer = as_owner.get(page_of(link, bill))
    page = words_of(answer)
    assert "Consumo Últimos 7 bimestres" in page
    assert "Septiembre y octubre 2026 41,5 m³ $ 1.000,00 Julio y agosto 2026 40 m³ $ 900,00" in page
    assert 'aria-label="Barras del consumo por bimestre. El mayor, 41,5 m³' in answer.content.decode()
    assert "99 m³" not in page
    assert "por encima del promedio" not in page


def test_an_unusual_consumption_says_what_to_do(as_owner: Client, link: AccountLink, history: None) -> None:
    bill = InvoiceFactory.create(account=link.account, consumption_m3=Decimal(81))
    page = words_of(as_owner.get(page_of(link, bill)))
    assert "Consumo 102 % por encima del promedio de los últimos dos años Usaste 81 m³ y el promedio es 40 m³." in page
    Invoice.objects.filter(pk=bill.pk).update(status="void")
    assert "por encima del promedio" not in words_of(as_owner.get(page_of(link, bill)))


def test_an_unusual_consumption_leads_to_a_claim(as_owner: Client, link: AccountLink, history: None) -> None:
    bill = InvoiceFactory.create(account=link.account, consumption_m3=Decimal(81))
    answer = as_owner.get(page_of(link, bill))
    assert f'href="{page_of(link, bill)}reclamo/">Reclamar por este consumo</a>' in answer.content.decode()
    claimed(link, bill)
    assert "Reclamar" not in words_of(as_owner.get(page_of(link, bill)))


def test_a_flat_rate_shows_what_was_billed(as_owner: Client, link: AccountLink) -> None:
    bill = InvoiceFactory.create(account=link.account, service_kind="flat_rate")
    page = words_of(as_owner.get(page_of(link, bill)))
    assert "Importes anteriores Último bimestre La cuenta no tiene medidor: paga una cuota fija" in page


@pytest.mark.parametrize("more", [1, 15])
def test_queries_do_not_depend_on_lines_or_debts(as_owner: Client, link: AccountLink, more: int) -> None:
    bill = InvoiceFactory.create(account=link.account)
    for position in range(more):
        InvoiceLineFactory.create(invoice=bill, position=position)
        InvoiceFactory.create(account=link.account)
    as_owner.get(page_of(link, bill))  # the account becomes the one managed last
    with CaptureQueriesContext(connection) as queries:
        as_owner.get(page_of(link, bill))
    assert len(queries) == 14


def test_bills_of_others_are_not_found(
    as_owner: Client, as_stranger: Client, link: AccountLink, invoice: Invoice
) -> None:
    assert as_owner.get(page_of(link, InvoiceFactory.create())).status_code == 404
    assert as_stranger.get(page_of(link, invoice)).status_code == 404


def test_anonymous_and_other_methods(as_owner: Client, anonymous: Client, link: AccountLink, invoice: Invoice) -> None:
    page = page_of(link, invoice)
    assert anonymous.get(page)["Location"] == f"/ingresar/?next={page}"
    assert as_owner.post(page).status_code == 405
