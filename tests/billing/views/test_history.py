from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.external_payments import record_external_payment
from billing.models import Invoice, Payment
from billing.settlement import settle_payment
from tests.billing.views.page_text import words_of
from tests.factories.billing import (
    InvoiceFactory,
    begin_checkout,
    expired,
    on_its_way,
    open_checkout,
    operation,
    paid_checkout,
)

pytestmark = pytest.mark.usefixtures("at_noon")


def history(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/mis-pagos/"


def counter_payment(link: AccountLink, *, at: datetime | None = None) -> Payment:
    bill = InvoiceFactory.create(account=link.account)
    return record_external_payment(operation(link.account, (bill, Decimal("1000.00")), paid_at=at), cause="test")


@pytest.fixture
def settled(link: AccountLink, invoice: Invoice) -> Payment:
    return paid_checkout(invoice, payer=link.user)


def test_payer_sees_number_means_state_and_receipt(as_owner: Client, link: AccountLink, settled: Payment) -> None:
    answer = as_owner.get(history(link))
    assert (
        f"24/11/2026 Septiembre y octubre 2026 {settled.number} Oficina Virtual Visa débito terminada en 4417 "
        f"Imputado $ 1.000,00 Comprobante del pago {settled.number}" in words_of(answer)
    )
    body = answer.content.decode()
    assert f'href="/pagos/{settled.public_id}/recibo.pdf"' in body
    assert f'href="/pagos/{settled.public_id}/"' in body
    assert 'aria-current="page"' in body


def test_teammate_sees_that_it_exists_and_not_how_it_was_paid(
    as_teammate: Client, teammate: User, settled: Payment
) -> None:
    answer = as_teammate.get(history(teammate.links.get()))
    page = words_of(answer)
    assert f"{settled.number} Oficina Virtual Imputado $ 1.000,00" in page
    body = answer.content.decode()
    for hidden in ("4417", "Visa", settled.public_id, "Suárez"):
        assert hidden not in body


def test_what_another_tried_without_paying_is_theirs_alone(
    as_owner: Client, as_teammate: Client, teammate: User, link: AccountLink, invoice: Invoice
) -> None:
    payment = open_checkout(invoice, payer=link.user)
    settle_payment(payment.pk, expired(payment), cause="test")
    assert f"{payment.number} Oficina Virtual Vencido" in words_of(as_owner.get(history(link)))
    assert payment.number not in words_of(as_teammate.get(history(teammate.links.get())))


def test_counter_payments_have_a_receipt_for_everyone_linked(
    as_teammate: Client, teammate: User, link: AccountLink
) -> None:
    payment = counter_payment(link)
    answer = as_teammate.get(history(teammate.links.get()))
    assert f"{payment.number} Rapipago Imputado $ 1.000,00" in words_of(answer)
    assert f'href="/pagos/{payment.public_id}/recibo.pdf"' in answer.content.decode()


def test_it_lists_by_the_day_the_money_came(as_owner: Client, link: AccountLink) -> None:
    old = counter_payment(link, at=timezone.now() - timedelta(days=300))
    new = counter_payment(link, at=timezone.now() - timedelta(days=3))
    middle = counter_payment(link, at=timezone.now() - timedelta(days=30))
    page = words_of(as_owner.get(history(link)))
    assert page.index(new.number) < page.index(middle.number) < page.index(old.number)
    assert "21/11/2026" in page


def test_it_filters_by_state_and_keeps_the_filter(as_owner: Client, link: AccountLink, settled: Payment) -> None:
    held = begin_checkout(InvoiceFactory.create(account=link.account), payer=link.user)
    settle_payment(held.pk, on_its_way(held), cause="test")

    answer = as_owner.get(history(link), {"estado": "en-proceso"})

    page = words_of(answer)
    assert held.number in page
    assert settled.number not in page
    assert '<option value="en-proceso" selected>' in answer.content.decode()
    assert "No hay nada con ese filtro" in words_of(as_owner.get(history(link), {"estado": "rechazado"}))
    assert settled.number in words_of(as_owner.get(history(link), {"estado": "inventado"}))


def test_it_pages_by_25_with_the_same_queries_for_1_and_60(as_owner: Client, link: AccountLink) -> None:
    counter_payment(link)
    as_owner.get(history(link))
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert "1 pago" in words_of(as_owner.get(history(link)))
    for _ in range(59):
        counter_payment(link)
    with CaptureQueriesContext(connection) as many:
        page = words_of(as_owner.get(history(link)))
    assert "60 pagos" in page
    assert "1 a 25 de 60" in page
    assert "51 a 60 de 60" in words_of(as_owner.get(history(link), {"pagina": "3"}))
    assert len(many) == len(few) <= 12


def test_nothing_paid_yet(as_owner: Client, link: AccountLink) -> None:
    answer = as_owner.get(history(link))
    assert "Todavía no hay pagos" in words_of(answer)
    assert "Filtrar" not in words_of(answer)


def test_a_payment_of_several_bills_says_how_many(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    paid_checkout(invoice, InvoiceFactory.create(account=link.account), payer=link.user)
    assert "24/11/2026 2 facturas P-" in words_of(as_owner.get(history(link)))


def test_stranger_anonymous_and_other_methods(
    as_owner: Client, as_stranger: Client, anonymous: Client, link: AccountLink
) -> None:
    assert as_stranger.get(history(link)).status_code == 404
    assert anonymous.get(history(link))["Location"] == f"/ingresar/?next={history(link)}"
    assert as_owner.post(history(link)).status_code == 405


def test_the_short_path_leads_to_the_account_managed_last(as_owner: Client, link: AccountLink) -> None:
    assert as_owner.get("/mis-pagos/")["Location"] == history(link)
