"""The till's pages: who opens them, a day at the counter, and what each page says when something is not possible."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountLink, ServiceAccount, User
from billing.models import Invoice, Payment, TillPayment, TillShift
from oficina.shared.dates import today
from oficina.staff.desk.scanning import find_scanned
from oficina.staff.roles import TREASURY
from tests.factories.accounts import UserFactory
from tests.factories.billing import InvoiceFactory, open_checkout, paid_checkout
from tests.factories.till import card_slip, closed_till, opened_till, taken_at_desk
from tests.ledger_invariants import ledger_invariants
from tests.staff.conftest import may

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

NBSP = "\N{NO-BREAK SPACE}"
TREASURER = ("take_desk_payment", "annul_desk_payment", "view_tillpayment", "view_tillshift")


@pytest.fixture
def bill(at_noon: time_machine.Traveller, link: AccountLink) -> Invoice:
    """A bill of 1,000 pesos that nobody has paid."""
    return InvoiceFactory.create(account=link.account)


@pytest.fixture
def till(at_noon: time_machine.Traveller, staff: User) -> Client:
    """A browser in which Olga has the till open with 5,000 pesos."""
    opened_till(staff)
    return may(staff, *TREASURER)


def page(name: str, *args: object) -> str:
    return reverse(f"office:{name}", args=args)


def paying(account: ServiceAccount, *bills: Invoice, means: str = "cash") -> str:
    chosen = "&".join(f"factura={bill.public_id}" for bill in bills)
    return f"{page('take_payment', account.pk)}?{chosen}&medio={means}"


def fields(html: str) -> dict[str, str]:
    """The hidden fields of the page's form, as the browser would send them back."""
    hidden = re.findall(r"<input\b[^>]*type=\"hidden\"[^>]*>", html)
    found = {}
    for tag in hidden:
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            found[name[1]] = value[1] if value else ""
    return found


def ask(client: Client, address: str, **typed: str) -> str:
    """The question after the form was filled in."""
    return client.post(address, fields(client.get(address).text) | typed).text


def confirm(client: Client, address: str, question: str) -> str:
    """Where yes leads."""
    answer = client.post(address, fields(question) | {"confirmado": "1"})
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def said_in_log() -> list[str]:
    return list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))


def test_who_opens_the_pages(
    till: Client, bill: Invoice, staff: User, as_owner: Client, anonymous: Client, subtests: pytest.Subtests
) -> None:
    taken = taken_at_desk(bill, by=staff)
    boss = UserFactory.create(is_staff=True)
    closed = closed_till(opened_till(boss))
    opened = {
        page("till"): "take_desk_payment",
        page("take_payment", bill.account.pk): "take_desk_payment",
        page("taken", taken.pk): "view_tillpayment",
        page("taken_receipt", taken.pk): "view_tillpayment",
        page("annul_taken", taken.pk): "annul_desk_payment",
        page("close_shift", taken.shift_id): "take_desk_payment",
        page("closing_pdf", closed.pk): "view_tillshift",
    }
    for address, codename in opened.items():
        with subtests.test(address=address):
            assert f"billing.{codename}" in TREASURY.permissions()
            assert till.get(address).status_code == 200
            assert anonymous.get(address).headers["Location"] == f"/ingresar/?next={address}"
            assert as_owner.get(address).status_code == 404
            others = UserFactory.create(is_staff=True)
            wrong = {"take_desk_payment", "annul_desk_payment", "view_tillpayment", "view_tillshift"} - {codename}
            assert may(others, *wrong).get(address).status_code == 403
            assert till.delete(address).status_code == 405
    for address in (page("taken", taken.pk), page("taken_receipt", taken.pk), page("closing_pdf", closed.pk)):
        assert till.post(address).status_code == 405
    assert till.get(page("closing_pdf", taken.shift_id)).status_code == 404, "it is open"


def test_a_day_at_the_counter(bill: Invoice, staff: User) -> None:
    client = may(staff, *TREASURER)
    assert client.get(page("take_payment", bill.account.pk)).headers["Location"] == page("till")
    client.post(page("till"), fields(client.get(page("till")).text) | {"opening_cash": "5.000"})
    shift = TillShift.objects.get()
    assert (shift.clerk, shift.opening_cash) == (staff, Decimal("5000.00"))

    found = client.get(page("till"), {"q": bill.payment_code or ""})
    assert found.headers["Location"] == f"{page('take_payment', bill.account.pk)}?factura={bill.public_id}"
    address = paying(bill.account, bill)
    question = ask(client, address, handed_over="1.500,50")
    assert f"Vuelto</dt><dd>${NBSP}500,50" in question
    assert f"¿Cobrar ${NBSP}1.000,00 en efectivo?" in question
    assert TillPayment.objects.count() == 0
    done = confirm(client, address, question)
    taken = TillPayment.objects.get()
    assert done == page("taken", taken.pk)
    assert (taken.amount, taken.change) == (Decimal("1000.00"), Decimal("500.50"))
    assert confirm(client, address, question) == done, "the second click of a double one"
    assert Payment.objects.count() == 1
    shown = client.get(done).text
    assert f"Vuelto</dt><dd>${NBSP}500,50" in shown
    receipt = client.get(page("taken_receipt", taken.pk))
    assert receipt.headers["Content-Type"] == "application/pdf"
    assert receipt.headers["Content-Disposition"].startswith("inline;")

    closing = page("close_shift", shift.pk)
    assert f"Sobran ${NBSP}10,00. Contá qué pasó." in ask(client, closing, counted="6.010")
    question = ask(client, closing, counted="6.010", reason="Alguien no quiso el vuelto")
    assert f"Tenía que haber</dt><dd>${NBSP}6.000,00" in question
    assert confirm(client, closing, question) == f"/admin/billing/tillshift/{shift.pk}/change/"
    shift.refresh_from_db()
    assert (shift.expected_cash, shift.counted_cash) == (Decimal("6000.00"), Decimal("6010.00"))
    assert client.get(closing).status_code == 302, "it is closed for good"
    assert said_in_log() == [
        f"Abrió la caja con ${NBSP}5.000,00",
        f"Cobró ${NBSP}1.000,00, efectivo",
        f"Cerró la caja con ${NBSP}6.010,00 contados",
    ]
    ledger_invariants()


def test_a_card_and_its_annulment(till: Client, bill: Invoice, staff: User) -> None:
    address = paying(bill.account, bill, means="card")
    typed = {
        "brand": "visa", "funding": "debit", "last4": "4417", "terminal": "61234567", "batch": "0018",
        "coupon": "0042", "authorization": "a1b2c3", "amount": "400,25",
    }  # fmt: skip
    question = ask(till, address, **typed)
    assert f"queda debiendo ${NBSP}599,75" in question
    taken = TillPayment.objects.get(pk=confirm(till, address, question).split("/")[-2])
    assert (taken.amount, taken.batch, taken.coupon, taken.authorization) == (Decimal("400.25"), "18", "42", "A1B2C3")
    again = ask(till, address, **typed | {"coupon": "42"})
    answer = till.post(address, fields(again) | {"confirmado": "1"})
    assert f"Ese cupón ya está cargado, en el pago {taken.payment.number}." in answer.text
    assert 'value="61234567"' in till.get(address).text, "the terminal of the last one"

    annulment = page("annul_taken", taken.pk)
    question = ask(till, annulment, reason="Otra cuenta")
    assert "Anulá también el cupón 42 en la terminal." in question
    assert confirm(till, annulment, question) == page("taken", taken.pk)
    taken.refresh_from_db()
    assert (taken.annulled_by, taken.annulment_reason) == (staff, "Otra cuenta")
    assert said_in_log()[-1] == f"Anuló el cobro de ${NBSP}400,25: Otra cuenta"
    shown = till.get(page("taken", taken.pk)).text
    assert "Olga Ríos lo anuló hoy a las 12:00: Otra cuenta" in shown
    assert page("annul_taken", taken.pk) not in shown
    assert "no se anula" in till.get(annulment).text
    bill.refresh_from_db()
    assert bill.applied == 0
    ledger_invariants()


def test_what_is_typed_wrongly_is_told_beside_it(till: Client, bill: Invoice, subtests: pytest.Subtests) -> None:
    cash, card = paying(bill.account, bill), paying(bill.account, bill, means="card")
    for address, typed, words in [
        (cash, {"handed_over": "999,99"}, f"Falta plata: hay que cobrar ${NBSP}1.000,00."),
        (cash, {"amount": "1.000,01"}, f"no más de ${NBSP}1.000,00"),
        (cash, {"amount": "0"}, "mayor que cero"),
        (cash, {"amount": "cien"}, "por ejemplo 1.234,56"),
        (cash, {"amount": "10,001"}, "hasta dos decimales"),
        (card, {"last4": "4417123412341234"}, "Nunca escribas acá la tarjeta entera."),
        (card, {"coupon": "12 34"}, "Solo números, como está en el tique."),
        (card, {}, "Elegí la tarjeta."),
    ]:
        with subtests.test(address=address, typed=typed):
            answer = ask(till, address, **typed)
            assert words in answer
            assert "confirmado" not in answer
    assert Payment.objects.count() == 0


def test_what_changed_since_it_was_shown_is_looked_at_again(
    till: Client, bill: Invoice, subtests: pytest.Subtests
) -> None:
    address = paying(bill.account, bill)
    question = ask(till, address, handed_over="1.000")
    paid_checkout(bill)
    answer = till.post(address, fields(question) | {"confirmado": "1"}, follow=True)
    assert "Mientras cobrabas cambió algo" in answer.text
    assert "Esta cuenta no tiene nada para pagar." in answer.text
    assert TillPayment.objects.count() == 0


def test_a_checkout_that_somebody_began_is_told(till: Client, bill: Invoice) -> None:
    assert "Alguien empezó a pagar" not in ask(till, paying(bill.account, bill))
    open_checkout(bill)
    assert "Alguien empezó a pagar" in ask(till, paying(bill.account, bill))


def test_nothing_chosen_is_told(till: Client, bill: Invoice) -> None:
    answer = till.get(f"{page('take_payment', bill.account.pk)}?medio=cash")
    assert "Elegí al menos una factura." in answer.text
    assert "Elegí al menos una factura." not in till.get(page("take_payment", bill.account.pk)).text


def test_a_shift_of_yesterday_is_closed_first(till: Client, bill: Invoice, at_noon: time_machine.Traveller) -> None:
    question = ask(till, paying(bill.account, bill))
    at_noon.shift(timedelta(days=1))
    assert "Este turno es de otro día." in till.get(page("till")).text
    assert confirm(till, paying(bill.account, bill), question) == page("till")
    assert TillPayment.objects.count() == 0


def test_others_shifts_are_closed_by_whoever_may(till: Client, staff: User) -> None:
    shift = TillShift.objects.get()
    boss = UserFactory.create(is_staff=True)
    assert may(boss, "take_desk_payment").get(page("close_shift", shift.pk)).status_code == 403
    client = may(boss, "take_desk_payment", "close_others_shift", "view_tillshift")
    assert "de Olga Ríos" in client.get(page("close_shift", shift.pk)).text
    assert "Cerrar la caja" in client.get(f"/admin/billing/tillshift/{shift.pk}/change/").text
    confirm(client, page("close_shift", shift.pk), ask(client, page("close_shift", shift.pk), counted="5.000"))
    shift.refresh_from_db()
    assert (shift.clerk, shift.closed_by) == (staff, boss)


def test_what_is_scanned_is_found(bill: Invoice, link: AccountLink, subtests: pytest.Subtests) -> None:
    account = link.account
    day = f"{bill.due_on:%y%j}"
    barcode = f"0000{100000:08d}{day}{account.number:0>14}0{0:06d}{0:02d}00"
    for typed, invoice in [
        (bill.payment_code, bill), (bill.invoice_number, bill), (f"B {bill.invoice_number}", bill),
        (account.number, None), (barcode, bill), (barcode.replace(day, "27001"), None),
    ]:  # fmt: skip
        with subtests.test(typed=typed):
            found = find_scanned(str(typed))
            assert found is not None
            assert (found.account, found.invoice) == (account, invoice)
    for typed in ("", "nada", "0" * 44, "\x00"):
        assert find_scanned(typed) is None


def test_pages_cost_the_same_with_more_rows(till: Client, staff: User, link: AccountLink) -> None:
    def cost() -> list[int]:
        taken = TillPayment.objects.latest("pk")
        shown = []
        for address in (page("till"), page("take_payment", link.account.pk), page("taken", taken.pk)):
            with CaptureQueriesContext(connection) as queries:
                assert till.get(address).status_code == 200
            shown.append(len(queries))
        return shown

    def more(count: int) -> None:
        for number in range(count):
            taken_at_desk(InvoiceFactory.create(account=link.account), by=staff)
            slip = card_slip(f"{count}{number}")
            taken_at_desk(InvoiceFactory.create(account=link.account), by=staff, means=slip)
            InvoiceFactory.create(account=link.account)

    more(1)
    cost()
    few = cost()
    more(4)
    assert cost() == few
    assert max(few) <= 16
    assert timezone.localdate() == today()
