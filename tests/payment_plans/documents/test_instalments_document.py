"""The instalments of a plan on paper: what was agreed, how it stands, and a coupon to pay each with."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.account_numbers import format_account_number
from accounts.holders import note_holder_changes
from accounts.models import AccountLink, ServiceAccount, User
from billing.documents.bill_facts import payment_code_words
from billing.documents.payment_barcode import payment_barcode
from billing.external_payments import record_external_payment
from billing.models import Invoice
from billing.settlement import settle_payment
from oficina.shared.dates import today
from oficina.shared.ids import grouped_code
from payment_plans.closing import cancel_plan
from payment_plans.documents.coupons import PrintedInstalment, coupons_of, printed_instalments
from payment_plans.documents.instalments_document import instalments_file_name, instalments_pdf
from payment_plans.models import PaymentPlan
from payment_plans.paying_early import offer_payoff
from tests.factories.billing import on_its_way, open_checkout, operation, paid_checkout
from tests.factories.plans import instalment, overdue_bill, pay, policy, running_plan, waiting_plan
from tests.ledger_invariants import ledger_invariants
from tests.printed import codes_on, drawings_of, facts_of, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def debt(at_noon: time_machine.Traveller, link: AccountLink) -> Iterator[Invoice]:
    """A bill of 30,000 pesos that is overdue. The books hold afterwards."""
    yield overdue_bill(link)
    ledger_invariants()


def said(plan: PaymentPlan) -> str:
    return words_of(instalments_pdf(plan.pk, on=today())).replace("\xa0", " ")


def test_it_says_what_was_agreed_and_until_when_the_first_is_paid(link: AccountLink, debt: Invoice) -> None:
    policy()
    plan = waiting_plan(link)
    text = said(plan)
    for told in (
        f"Cuotas del plan de pago N.º {plan} · Al 24/11/2026",
        f"N.º de cuenta {format_account_number(link.account.number)}",
        "Titular Lucía Ferreyra",
        "Servicio en Av. San Martín 1450, 5501 Godoy Cruz",
        "Deuda de 1 factura",
        "Hecho el 24/11/2026",
        "Estado Pendiente de primera cuota",
        "Deuda $ 30.000,00 Cuotas 3 TNA 18,00 % TEA 19,56 % IVA del interés 21,00 % CFT 23,84 %",
        "Costo de financiar $ 725,98 Total $ 30.725,98",
        "El plan empieza cuando se paga la primera cuota, hasta el viernes 04/12/2026. Si no se paga, queda sin efecto",
        "Cuota 1 de 3 04/12/2026 $ 10.060,49 $ 150,00 $ 31,50 $ 10.241,99 Por pagar",
        "Total del plan $ 30.725,98",
        f"Cuenta {format_account_number(link.account.number)} Vencimiento 04/12/2026 Importe $ 10.241,99",
        f"Código de pago {payment_code_words(instalment(plan, 1))}",
        f"testserver/verificar y escribí {grouped_code(plan.verification_code)}.",
    ):
        assert told in text, told
    assert text.count("Sirve hasta el") == 3
    assert instalments_file_name(plan) == f"cuotas-PP-{plan.pk:08d}.pdf"


def test_the_codes_of_each_coupon_read_back_from_the_page(link: AccountLink, debt: Invoice) -> None:
    policy()
    plan = waiting_plan(link)
    pdf = instalments_pdf(plan.pk, on=today())

    told = drawings_of(pdf)
    assert told.count("Código QR que abre la página para verificar el plan") == 3
    documents = Invoice.objects.filter(plan_instalment__plan=plan).select_related("account").order_by("due_on")
    barcodes = [payment_barcode(document) for document in documents]
    digits = [barcode.digits for barcode in barcodes if barcode]
    assert len(set(digits)) == 3
    assert [len(each) for each in digits] == [42, 42, 42]
    assert [name.rpartition(": ")[2].replace(" ", "") for name in told if "barras" in name] == digits
    last = codes_on(pdf, page=-1)
    assert last == {"ITF": digits[-1], "QR Code": f"{settings.BASE_URL}/verificar/{plan.verification_code}/"}


def test_what_is_paid_is_stamped_and_has_nothing_to_pay_with(link: AccountLink, debt: Invoice) -> None:
    policy(down_payment=Decimal(20))
    plan = waiting_plan(link)
    pay(plan, 0)
    text = said(plan)
    assert "Anticipo $ 6.000,00" in text
    assert "Anticipo 04/12/2026 $ 6.000,00 $ 0,00 $ 0,00 $ 6.000,00 Pagada el 24/11/2026" in text
    assert "PAGADA el 24/11/2026" in text
    assert text.count("Sirve hasta el") == 3
    assert "Estado Vigente Vigente desde 24/11/2026" in text
    assert "El plan caduca con 2 cuotas impagas: lo que falte de la deuda se vuelve a deber en las facturas" in text


def test_bars_are_only_there_while_they_ask_for_what_is_owed(
    link: AccountLink, debt: Invoice, at_noon: time_machine.Traveller
) -> None:
    policy()
    plan = running_plan(link)
    record_external_payment(operation(link.account, (instalment(plan, 2), Decimal("100.00"))), cause="rendición")
    coming = open_checkout(instalment(plan, 3))
    settle_payment(coming.pk, on_its_way(coming), cause="test")
    notes = [printed.coupon and printed.coupon.slip and printed.coupon.slip.note for printed in _printed(plan)]
    assert notes == [
        None,
        "Ya se pagó una parte. Lo que falta se paga en la Oficina Virtual.",
        "Hay un pago en proceso. Esperá a que termine: no hace falta pagarla otra vez.",
    ]
    assert [printed.state for printed in _printed(plan)] == ["Pagada el 24/11/2026", "Pagada en parte", "Por pagar"]


def test_what_fell_due_says_where_it_is_paid_now(
    link: AccountLink, debt: Invoice, at_noon: time_machine.Traveller
) -> None:
    policy()
    plan = running_plan(link)
    at_noon.shift(timedelta(days=42))
    late = _printed(plan)[1]
    assert (late.part.due_on, late.state) == (date(2027, 1, 4), "Vencida")
    assert late.coupon is not None
    assert late.coupon.slip is not None
    assert late.coupon.slip.note.startswith("Los vencimientos impresos pasaron.")


def test_an_amount_that_no_barcode_holds_leaves_the_payment_code(link: AccountLink, debt: Invoice) -> None:
    policy(rates={2: Decimal("0.00")})
    overdue_bill(link, "1969999.99")
    plan = waiting_plan(link, 2)
    slips = [coupon.slip for coupon in coupons_of(_printed(plan))]
    assert [slip.bars is not None for slip in slips if slip] == [False, True]
    assert slips[0] is not None
    assert slips[0].note == (
        "El importe no entra en el código de barras. Pagala en la Oficina Virtual o con el código de pago electrónico."
    )


def test_a_plan_that_ended_is_stamped_and_asks_for_nothing(link: AccountLink, debt: Invoice, staff: User) -> None:
    policy()
    plan = running_plan(link)
    cancel_plan(plan, "Se cargó dos veces", by=staff, now=timezone.now())
    text = said(plan)
    assert "CANCELADO" in text
    assert "El plan terminó: no pagues estas cuotas. Lo que falte de la deuda se debe en las facturas." in text
    assert text.count("Anulada") == 2
    assert "Sirve hasta" not in text
    assert "Se cargó dos veces" not in text
    assert text.count("PAGADA") == 1


def test_what_was_paid_early_is_not_asked_for_again(link: AccountLink, debt: Invoice) -> None:
    policy()
    plan = running_plan(link)
    paid_checkout(offer_payoff(link, plan, now=timezone.now()).invoice, payer=link.user)
    text = said(plan)
    assert "El plan está pagado: no queda ninguna cuota para pagar." in text
    assert text.count("Pagada por anticipado") == 2
    assert "Sirve hasta" not in text


def test_it_says_who_held_the_account_when_the_plan_was_made(
    link: AccountLink, debt: Invoice, at_noon: time_machine.Traveller
) -> None:
    policy()
    plan = running_plan(link)
    at_noon.shift(timedelta(days=3))
    note_holder_changes([link.account_id], now=timezone.now())
    ServiceAccount.objects.filter(pk=link.account_id).update(holder_name="Otra Persona")
    assert "Titular Lucía Ferreyra" in said(plan)


def test_sixty_coupons_cost_the_queries_of_one_and_none_breaks(
    link: AccountLink, debt: Invoice, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    policy(rates={60: Decimal("24.00")})
    plan = waiting_plan(link, 60)
    with django_assert_num_queries(3):
        assert len(printed_instalments(plan, on=today())) == 60
    pdf = instalments_pdf(plan.pk, on=today())
    assert facts_of(pdf)["Pages"] == "11"
    assert words_of(pdf).count("Sirve hasta el") == 60
    assert len(pdf) < 200_000


def _printed(plan: PaymentPlan) -> list[PrintedInstalment]:
    plan.refresh_from_db()
    return printed_instalments(plan, on=today())
