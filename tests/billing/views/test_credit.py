"""The pages of saldo a favor, and the summary that uses it."""

import re
from decimal import Decimal
from urllib.parse import unquote, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AccountLink
from billing.models import CreditEntry, CreditUse, Invoice, Payment
from tests.answers import said
from tests.billing.views.page_text import words_of
from tests.factories.billing import InvoiceFactory, paid_checkout
from tests.factories.returns import credited
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.usefixtures("at_noon")


def credit_page(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/saldo-a-favor/"


def summary(link: AccountLink, invoice: Invoice, *, with_credit: bool = True) -> str:
    return f"/cuenta/{link.public_id}/pagar/?factura={invoice.public_id}{'&saldo=si' if with_credit else ''}"


def confirm(client: Client, link: AccountLink, invoice: Invoice) -> str:
    """Reads the summary with credit, says yes to the question; gives where that leads."""
    page = client.get(summary(link, invoice)).content.decode()
    token = re.search(r"resumen=([^\"&]+)", page)
    assert token is not None
    answer = client.post(f"/cuenta/{link.public_id}/pagar/confirmar/", {"resumen": unquote(token[1])})
    assert answer.status_code == 303
    return str(answer["Location"])


def test_the_summary_offers_credit_and_says_what_is_left(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    credited(link.account, Decimal("300.00"))
    answer = as_owner.get(summary(link, invoice, with_credit=False))
    assert "Podés usar $ 300,00 para pagar menos ahora. Usar saldo a favor" in words_of(answer)
    assert f'href="{summary(link, invoice)}"'.replace("&", "&amp;") in answer.content.decode()
    page = words_of(as_owner.get(summary(link, invoice)))
    assert "Saldo a favor que usás -$ 300,00" in page
    assert "Total a pagar Vale hasta las 12:25 de hoy $ 700,00 Pagar $ 700,00" in page
    assert "Podés usar" not in page


def test_the_summary_without_credit_says_nothing_of_it(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    assert "saldo" not in words_of(as_owner.get(summary(link, invoice, with_credit=False))).lower()


def test_what_a_checkout_would_not_charge_is_paid_with_credit(as_owner: Client, link: AccountLink) -> None:
    small = InvoiceFactory.create(account=link.account, amount=Decimal("120.00"))
    assert as_owner.get(summary(link, small, with_credit=False)).status_code == 303
    credited(link.account, Decimal("200.00"))
    page = words_of(as_owner.get(summary(link, small, with_credit=False)))
    assert "Saldo a favor que usás -$ 120,00" in page
    assert "Pagar con saldo a favor" in page


@pytest.mark.django_db(transaction=True)
def test_credit_alone_pays_and_shows_where_it_went(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    source = credited(link.account, Decimal("1500.00"))

    assert confirm(as_owner, link, invoice) == credit_page(link)

    answer = as_owner.get(credit_page(link))
    page = words_of(answer)
    assert said(answer) == ["Listo: pagaste 1 factura con tu saldo a favor."]
    assert "Disponible $ 500,00" in page
    assert f"Usado para pagar Septiembre y octubre 2026 Del pago {source.number} 24/11/2026 -$ 1.000,00" in page
    assert f"Pago a cuenta Del pago {source.number} 24/11/2026 $ 1.500,00" in page
    bill = words_of(as_owner.get(f"/cuenta/{link.public_id}/facturas/{invoice.public_id}/"))
    assert f"Saldo a favor {source.number} 24/11/2026 $ 1.000,00" in bill
    assert CreditUse.objects.get().used_by == link.user


@pytest.mark.django_db(transaction=True)
def test_credit_and_the_checkout_for_the_rest(
    as_owner: Client, link: AccountLink, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    credited(link.account, Decimal("300.00"))

    address = confirm(as_owner, link, invoice)

    payment = Payment.objects.get(channel="checkout")
    assert address == payment.checkout_url
    assert urlsplit(address).netloc == urlsplit(simulator.base_url).netloc
    assert (payment.amount_asked, CreditEntry.objects.of(link).balance()) == (Decimal("700.00"), Decimal("0.00"))


@pytest.mark.django_db(transaction=True)
def test_when_no_checkout_opens_it_says_that_the_credit_was_used(
    as_owner: Client, link: AccountLink, invoice: Invoice
) -> None:
    credited(link.account, Decimal("300.00"))
    answer = as_owner.get(confirm(as_owner, link, invoice), follow=True)
    assert said(answer)[0].startswith("No pudimos iniciar el pago. No se te cobró nada.")
    assert said(answer)[0].endswith("El saldo a favor ya se usó.")
    assert "$ 700,00" in words_of(answer)


def test_the_question_says_what_is_used_and_what_is_charged(
    as_owner: Client, link: AccountLink, invoice: Invoice
) -> None:
    credited(link.account, Decimal("300.00"))
    page = as_owner.get(summary(link, invoice)).content.decode()
    token = re.search(r"resumen=([^\"&]+)", page)
    assert token is not None
    question = words_of(as_owner.get(f"/cuenta/{link.public_id}/pagar/confirmar/?resumen={token[1]}"))
    assert "Usás $ 300,00 de saldo a favor y pagás $ 700,00 en la plataforma de pago." in question
    assert "Sí, ir a pagar" in question


def test_the_page_shows_others_payments_without_the_way_to_them(
    as_owner: Client, as_teammate: Client, link: AccountLink, invoice: Invoice
) -> None:
    paid_checkout(invoice, payer=link.user)
    own = credited(link.account, Decimal("100.00"))
    for client, ref in ((as_owner, link), (as_teammate, AccountLink.objects.exclude(pk=link.pk).get())):
        answer = client.get(credit_page(ref))
        assert "Disponible $ 100,00" in words_of(answer)
        assert own.number in words_of(answer)
        assert f"/pagos/{own.public_id}/" not in answer.content.decode()


def test_an_account_without_credit_says_what_it_would_be(as_owner: Client, link: AccountLink) -> None:
    page = words_of(as_owner.get(credit_page(link)))
    assert "Disponible $ 0,00" in page
    assert "Todavía no hay saldo a favor" in page


@pytest.mark.parametrize("who", ["as_stranger", "as_teammate"])
def test_it_rejects_whoever_does_not_hold_the_link(request: pytest.FixtureRequest, link: AccountLink, who: str) -> None:
    assert request.getfixturevalue(who).get(credit_page(link)).status_code == 404


def test_it_asks_anonymous_to_log_in(anonymous: Client, link: AccountLink) -> None:
    assert anonymous.get(credit_page(link))["Location"].startswith("/ingresar/")


def test_it_rejects_post(as_owner: Client, link: AccountLink) -> None:
    assert as_owner.post(credit_page(link)).status_code == 405


def test_queries_do_not_grow_with_the_movements(as_owner: Client, link: AccountLink) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_owner.get(credit_page(link))
        return len(captured)

    credited(link.account, Decimal("10.00"))
    queries()
    one = queries()
    for _ in range(5):
        credited(link.account, Decimal("10.00"))
    assert queries() == one
