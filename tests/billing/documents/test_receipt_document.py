"""The receipt as PDF, field by field against the database, for each kind of payment; and its QR, read from the page."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import AccountLink
from billing.charges.acts import invoice_charge
from billing.credit_use import put_credit_on_bills
from billing.disputes import record_dispute
from billing.external_payments import record_external_payment
from billing.models import Invoice, Payment
from billing.quotes import make_quote
from billing.refunds import record_refund
from billing.settlement import settle_payment
from billing.stored_documents import stored_pdf
from oficina.shared.dates import today
from oficina.shared.ids import grouped_code
from tests.factories.billing import (
    InvoiceFactory,
    LateInterestPolicyFactory,
    begin_checkout,
    operation,
    paid,
    paid_checkout,
)
from tests.factories.channels import CollectionChannelFactory
from tests.factories.charges import ChargeFactory
from tests.factories.returns import dispute_report, refund_report
from tests.printed import codes_on, words_of

pytestmark = pytest.mark.usefixtures("at_noon")

UTILITY = (
    "Aguas del Piedemonte S.A. Av. Los Plátanos 1180, M5500 Mendoza CUIT 30-70918273-7 · IVA responsable inscripto"
    " Ingresos brutos 0712345-6 Inicio de actividades 01/03/2011"
)
ACCOUNT = "La cuenta Número 082-0014237-001-2 Titular Lucía Ferreyra Servicio en Av. San Martín 1450, Godoy Cruz"
PAID = "Qué se pagó Comprobante Período o concepto Vencimiento Importe original Interés Pagado"


@pytest.fixture
def bill(link: AccountLink) -> Invoice:
    """A bill of 1,000 pesos that falls due on 4/12/2026."""
    return InvoiceFactory.create(account=link.account, invoice_number="0142-00000017")


def said(payment: Payment) -> str:
    """All that its receipt says, once its QR was read and led to where it is verified."""
    pdf = stored_pdf(payment.receipt)
    code = payment.receipt.verification_code
    assert codes_on(pdf, page=-1) == {"QR Code": f"{settings.BASE_URL}/verificar/{code}/"}
    words = words_of(pdf)
    assert f"Escaneá el código o entrá a testserver/verificar y escribí {grouped_code(code)}." in words
    return words


def receipt(payment: Payment, *, by: str, amount: str, facts: str, lines: str) -> str:
    """What it has to say from its first word until how to verify it."""
    number = payment.receipt.number
    return (
        f"{UTILITY} Recibo de pago N.º {number} · Fecha 24/11/2026 N.º de cuenta 082-0014237-001-2"
        f" Recibimos{by} {amount} El pago Número de pago {payment.number} {facts} {ACCOUNT} {PAID} {lines}"
        " Verificá este recibo "
    )


def test_a_checkout_by_card(link: AccountLink, bill: Invoice) -> None:
    payment = paid_checkout(bill, payer=link.user)

    assert said(payment).startswith(
        receipt(
            payment,
            by=" de Ana Suárez",
            amount="$ 1.000,00 Mil pesos",
            facts=(
                "Acreditado 24/11/2026, 12:00 h Canal Oficina Virtual Medio Visa débito terminada en 4417"
                f" N.º de operación {payment.provider_payment_id}"
            ),
            lines=(
                "LSP B 0142-00000017 Septiembre y octubre 2026 04/12/2026 $ 1.000,00 $ 0,00 $ 1.000,00"
                " Total pagado $ 1.000,00"
            ),
        )
    )


def test_several_bills_the_oldest_first_with_the_interest_of_each(link: AccountLink, bill: Invoice) -> None:
    LateInterestPolicyFactory.create()
    day = today()
    late = InvoiceFactory.create(
        account=link.account, invoice_number="0142-00000001", period=date(2026, 5, 1), amount=Decimal("2000.00"),
        issued_on=day - timedelta(days=40), due_on=day - timedelta(days=20),
    )  # fmt: skip
    second = InvoiceFactory.create(
        account=link.account, invoice_number="0142-00000009", period=date(2026, 7, 1), amount=Decimal("1500.50"),
        issued_on=day - timedelta(days=25), due_on=day - timedelta(days=5), later_due_on=[day + timedelta(days=5)],
        later_amounts=[Decimal("1550.55")],
    )  # fmt: skip
    payment = paid_checkout(bill, second, late, payer=link.user)

    put = {row.invoice_id: (row.amount, row.surcharge) for row in payment.allocations.all()}
    assert put == {
        late.pk: (Decimal("2028.00"), Decimal("28.00")),
        second.pk: (Decimal("1550.55"), Decimal("50.05")),
        bill.pk: (Decimal("1000.00"), Decimal("0.00")),
    }
    assert "$ 4.578,55 Cuatro mil quinientos setenta y ocho pesos con cincuenta y cinco centavos El pago" in said(
        payment
    )
    assert (
        f"{PAID}"
        " LSP B 0142-00000001 Mayo y junio 2026 04/11/2026 $ 2.000,00 $ 28,00 $ 2.028,00"
        " LSP B 0142-00000009 Julio y agosto 2026 19/11/2026 $ 1.500,50 $ 50,05 $ 1.550,55"
        " LSP B 0142-00000017 Septiembre y octubre 2026 04/12/2026 $ 1.000,00 $ 0,00 $ 1.000,00"
        " Total pagado $ 4.578,55 Verificá"
    ) in said(payment)


def test_a_collection_channel_with_its_operation_and_nobody_named(link: AccountLink, bill: Invoice) -> None:
    CollectionChannelFactory.create(slug="pago-norte", name="Pago Norte")
    at = timezone.now() - timedelta(hours=3, minutes=25)
    received = operation(
        link.account, (bill, Decimal("1000.00")), channel="pago-norte", number="000-4471/B", paid_at=at
    )
    payment = record_external_payment(received, cause="rendición")

    assert said(payment).startswith(
        receipt(
            payment,
            by="",
            amount="$ 1.000,00 Mil pesos",
            facts="Acreditado 24/11/2026, 08:35 h Canal Pago Norte N.º de operación 000-4471/B",
            lines=(
                "LSP B 0142-00000017 Septiembre y octubre 2026 04/12/2026 $ 1.000,00 $ 0,00 $ 1.000,00"
                " Total pagado $ 1.000,00"
            ),
        )
    )


def test_its_date_is_the_local_day_on_which_people_paid(link: AccountLink, bill: Invoice) -> None:
    """Half past eleven at night there is the next day in UTC, and the channel told a day later."""
    at = timezone.now() - timedelta(hours=12, minutes=30)
    payment = record_external_payment(operation(link.account, (bill, Decimal("1000.00")), paid_at=at), cause="test")

    assert f"N.º {payment.receipt.number} · Fecha 23/11/2026" in said(payment)
    assert "Acreditado 23/11/2026, 23:30 h" in said(payment)


def test_what_was_paid_in_excess_is_credit(link: AccountLink, bill: Invoice) -> None:
    payment = record_external_payment(operation(link.account, (bill, Decimal("1200.10"))), cause="rendición")

    assert (
        "$ 1.000,00 $ 0,00 $ 1.000,00 Saldo a favor Quedó en la cuenta para los próximos pagos $ 200,10"
        " Total pagado $ 1.200,10"
    ) in said(payment)
    assert "Mil doscientos pesos con diez centavos" in said(payment)


@pytest.mark.parametrize("why", ["it names no bill", "the bill is paid", "the bill is void"])
def test_money_that_is_credit_alone(link: AccountLink, bill: Invoice, why: str) -> None:
    lines = [] if why == "it names no bill" else [(bill, Decimal("500.00"))]
    if why == "the bill is paid":
        paid_checkout(bill)
    if why == "the bill is void":
        Invoice.objects.update(status="void")
    received = operation(link.account, *lines, amount=Decimal("500.00"), number="77")
    payment = record_external_payment(received, cause="rendición")

    assert not payment.allocations.exists()
    assert said(payment).startswith(
        receipt(
            payment,
            by="",
            amount="$ 500,00 Quinientos pesos",
            facts="Acreditado 24/11/2026, 12:00 h Canal Rapipago N.º de operación 77",
            lines="Saldo a favor Quedó en la cuenta para los próximos pagos $ 500,00 Total pagado $ 500,00",
        )
    )


def test_credit_that_was_used_before_it_was_drawn_is_still_what_came_in(link: AccountLink, bill: Invoice) -> None:
    payment = record_external_payment(operation(link.account, amount=Decimal("500.00")), cause="rendición")
    quote = make_quote(link, [bill.public_id], on=today(), now=timezone.now(), credit=Decimal("500.00"))
    assert put_credit_on_bills(link, link.user, quote, timezone.now()) is not None

    assert payment.allocations.get().invoice == bill
    assert f"{PAID} Saldo a favor Quedó en la cuenta para los próximos pagos $ 500,00 Total pagado" in said(payment)


def test_a_bill_paid_partly_by_credit_says_what_this_payment_paid(link: AccountLink, bill: Invoice) -> None:
    record_external_payment(operation(link.account, amount=Decimal("300.00")), cause="rendición")
    quote = make_quote(link, [bill.public_id], on=today(), now=timezone.now(), credit=Decimal("300.00"))
    assert put_credit_on_bills(link, link.user, quote, timezone.now()) is not None
    payment = paid_checkout(bill, payer=link.user)

    assert payment.amount_received == Decimal("700.00")
    assert "04/12/2026 $ 1.000,00 $ 0,00 $ 700,00 Total pagado $ 700,00" in said(payment)


def test_a_charge_is_named_by_its_concept(link: AccountLink) -> None:
    charge = ChargeFactory.create(account=link.account)
    invoice = invoice_charge(charge, accepted=charge.amount, by=link.user, now=timezone.now())
    payment = paid_checkout(invoice, payer=link.user)

    assert (
        f"{PAID} LSP B 00005-00000001 Cambio de medidor 04/12/2026 $ 12.100,00 $ 0,00 $ 12.100,00"
        " Total pagado $ 12.100,00"
    ) in said(payment)
    assert "Doce mil cien pesos" in said(payment)


@pytest.mark.parametrize("what", ["refunded in part", "refunded", "disputed"])
def test_what_went_back_before_it_was_drawn_changes_nothing_of_what_it_says(
    link: AccountLink, bill: Invoice, what: str
) -> None:
    """Whether the money is still there is told by the page to which its QR leads."""
    payment = paid_checkout(bill, payer=link.user)
    if what == "disputed":
        taken = Decimal("1000.00")
        record_dispute(payment.pk, dispute_report(payment, taken, withdrawn=taken))
    else:
        record_refund(
            payment.pk, refund_report(payment, Decimal("300.00" if what == "refunded in part" else "1000.00"))
        )

    assert payment.allocations.count() > 1
    assert (
        f"{PAID} LSP B 0142-00000017 Septiembre y octubre 2026 04/12/2026 $ 1.000,00 $ 0,00 $ 1.000,00"
        " Total pagado $ 1.000,00"
    ) in said(payment)


def test_of_a_means_that_the_provider_does_not_tell_nothing_is_said(link: AccountLink, bill: Invoice) -> None:
    payment = begin_checkout(bill, payer=link.user)
    report = replace(paid(payment), means_brand="", means_funding="", means_last4="")
    settled = settle_payment(payment.pk, report, cause="test")

    assert f"Canal Oficina Virtual N.º de operación {settled.provider_payment_id} La cuenta" in said(settled)


def test_many_bills_flow_onto_more_pages_and_the_last_one_has_the_total(link: AccountLink) -> None:
    bills = [
        InvoiceFactory.create(account=link.account, period=date(2020 + n // 6, 1 + 2 * (n % 6), 1)) for n in range(40)
    ]
    payment = paid_checkout(*bills, payer=link.user)

    words = said(payment)
    assert [f"LSP {bill} " in words for bill in bills] == [True] * 40
    assert words.count("Total pagado $ 40.000,00") == 1
    first_page, _ = words.split("Página 1 de 2")
    assert f"LSP {bills[0]} " in first_page
