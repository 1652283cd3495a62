import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from time_machine import Traveller

from accounts.models import AccountLink, User
from billing.external_payments import record_external_payment
from billing.models import Invoice, Payment
from billing.settlement import settle_payment
from tests.billing.checkout.steps import Customer
from tests.billing.views.page_text import words_of
from tests.factories.billing import (
    InvoiceFactory,
    begin_checkout,
    declined,
    expired,
    on_its_way,
    open_checkout,
    operation,
    paid,
    paid_checkout,
)
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.usefixtures("at_noon")

HTMX = {"HX-Request": "true"}


def page_of(payment: Payment) -> str:
    return f"/pagos/{payment.public_id}/"


@pytest.fixture
def settled(link: AccountLink, invoice: Invoice) -> Payment:
    return paid_checkout(invoice, InvoiceFactory.create(account=link.account, period="2026-07-01"), payer=link.user)


def test_payer_sees_the_whole_payment(as_owner: Client, link: AccountLink, settled: Payment) -> None:
    answer = as_owner.get(page_of(settled))

    page = words_of(answer)
    ending = f"{link.account.number[10:13]}-{link.account.number[13]}"
    assert f"Pago {settled.number} · 24/11/2026 Imputado Listo, pagaste $ 2.000,00" in page
    assert f"2 facturas de la cuenta terminada en {ending}" in page
    assert "Iniciado : hecho Hoy a las 12:00 Aprobado : hecho Hoy a las 12:00 Imputado : hecho Hoy a las 12:00" in page
    assert "Julio y agosto 2026" in page
    body = answer.content.decode()
    assert f'href="{page_of(settled)}recibo.pdf"' in body
    assert f'href="/cuenta/{link.public_id}/inicio/"' in body
    assert "hx-trigger" not in body
    assert "refresh" not in body


def test_anonymous_sees_state_date_and_amount_and_nothing_of_anybody(
    anonymous: Client, link: AccountLink, settled: Payment
) -> None:
    answer = anonymous.get(page_of(settled))

    page = words_of(answer)
    assert answer.status_code == 200
    assert "24/11/2026 Imputado El pago está imputado $ 2.000,00" in page
    body = answer.content.decode()
    for hidden in (settled.number, link.account.number[3:10], "001-", "Ferreyra", "Suárez", "ana@", "Julio", "4417"):
        assert hidden not in body
    assert "recibo.pdf" not in body


@pytest.mark.parametrize("who", ["as_teammate", "as_stranger"])
def test_others_see_what_anonymous_sees(request: pytest.FixtureRequest, settled: Payment, who: str) -> None:
    client: Client = request.getfixturevalue(who)
    page = words_of(client.get(page_of(settled)))
    assert "24/11/2026 Imputado El pago está imputado $ 2.000,00" in page
    assert settled.number not in page
    assert "Julio" not in page
    assert "Comprobante en PDF" not in page


def test_a_payment_that_does_not_exist_is_not_found(anonymous: Client, as_owner: Client) -> None:
    for client in (anonymous, as_owner):
        assert client.get("/pagos/00000000000000000000/").status_code == 404


def test_an_altered_return_address_settles_nothing(anonymous: Client, link: AccountLink, invoice: Invoice) -> None:
    other = begin_checkout(InvoiceFactory.create())
    settle_payment(other.pk, on_its_way(other), cause="test")
    mine = begin_checkout(invoice, payer=link.user)
    settle_payment(mine.pk, paid(mine), cause="test")

    page = words_of(anonymous.get(page_of(other)))

    assert "Pago en proceso" in page
    other.refresh_from_db()
    assert other.state == "processing"


def test_it_rejects_other_methods(as_owner: Client, settled: Payment) -> None:
    assert as_owner.post(page_of(settled)).status_code == 405


def test_back_from_the_checkout_by_its_way_out_offers_to_go_on(
    as_owner: Client, link: AccountLink, invoice: Invoice
) -> None:
    payment = open_checkout(invoice, payer=link.user)

    answer = as_owner.get(f"{page_of(payment)}?cancelado=1")

    page = words_of(answer)
    assert "Sin terminar Todavía no pagaste $ 1.000,00" in page
    assert "No se te cobró nada. Podés seguir donde estabas" in page
    assert f'href="{payment.checkout_url}">Seguir pagando' in answer.content.decode()
    assert "Probar de nuevo" not in page


def test_back_without_news_waits_and_claims_nothing(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    payment = open_checkout(invoice, payer=link.user)
    answer = as_owner.get(page_of(payment))
    page = words_of(answer)
    assert "Estamos esperando la respuesta" in page
    assert "Aprobado La plataforma de pago todavía no nos confirmó." in page
    assert "Imputado : falta" in page
    assert "Probar de nuevo" not in page
    assert '<noscript><meta http-equiv="refresh" content="2;url=' in answer.content.decode()


def test_money_on_its_way_asks_not_to_pay_again(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    payment = begin_checkout(invoice, payer=link.user)
    settle_payment(payment.pk, on_its_way(payment), cause="test")
    page = words_of(as_owner.get(page_of(payment)))
    assert "Pago en proceso El pago está en proceso" in page
    assert "No pagues de nuevo" in page
    for absent in ("Seguir pagando", "Probar de nuevo", "Listo"):
        assert absent not in page


def test_a_decline_says_why_and_offers_to_try_again(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    payment = open_checkout(invoice, payer=link.user)
    settle_payment(payment.pk, declined(payment), cause="test")

    answer = as_owner.get(page_of(payment))

    page = words_of(answer)
    assert "Rechazado El pago no se pudo hacer $ 1.000,00" in page
    assert "El banco no autorizó la tarjeta. No se te cobró nada." in page
    assert (
        f'href="/cuenta/{link.public_id}/pagar/?factura={invoice.public_id}">Probar de nuevo' in answer.content.decode()
    )


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (
            "polling",
            (
                "Vencido",
                "Se terminó el tiempo para pagar",
                "Pasaron 40 minutos sin que completaras el pago. No se te cobró nada.",
            ),
        ),
        (
            "replaced_by_another_attempt",
            (
                "Cerrado",
                "Empezaste a pagar de nuevo",
                "Lo cerramos porque empezaste a pagar de nuevo. No se te cobró nada.",
            ),
        ),
        (
            "paid_elsewhere",
            (
                "Cerrado",
                "La factura se pagó por otro medio",
                "Lo cerramos porque la factura se pagó por otro medio. No se te cobró nada.",
            ),
        ),
    ],
)
def test_an_attempt_that_ended_says_why(
    as_owner: Client,
    link: AccountLink,
    invoice: Invoice,
    at_noon: Traveller,
    cause: str,
    told: tuple[str, str, str],
) -> None:
    payment = open_checkout(invoice, payer=link.user)
    at_noon.shift(timedelta(minutes=41))
    settle_payment(payment.pk, expired(payment), cause=cause)

    page = words_of(as_owner.get(page_of(payment)))
    history = words_of(as_owner.get(f"/cuenta/{link.public_id}/mis-pagos/"))

    state, title, why = told
    assert f"{state} {title}" in page
    assert f"{state} Hoy a las 12:41 {why}" in page
    assert "Probar de nuevo" in page
    assert f"{payment.number} Oficina Virtual {state}" in history


def test_trying_again_offers_only_what_is_still_to_be_paid(
    as_owner: Client, link: AccountLink, invoice: Invoice
) -> None:
    payment = open_checkout(invoice, payer=link.user)
    settle_payment(payment.pk, expired(payment), cause="test")
    paid_checkout(invoice, payer=link.user)
    assert "Probar de nuevo" not in words_of(as_owner.get(page_of(payment)))


def test_trying_again_waits_for_what_is_under_way(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    payment = open_checkout(invoice, payer=link.user)
    settle_payment(payment.pk, expired(payment), cause="test")
    again = begin_checkout(invoice, payer=link.user)
    settle_payment(again.pk, on_its_way(again), cause="test")
    assert "Probar de nuevo" not in words_of(as_owner.get(page_of(payment)))


def test_reasons_are_for_the_payer_only(anonymous: Client, link: AccountLink, invoice: Invoice) -> None:
    payment = open_checkout(invoice, payer=link.user)
    settle_payment(payment.pk, declined(payment), cause="test")
    page = words_of(anonymous.get(page_of(payment)))
    assert "24/11/2026 Rechazado El pago no se pudo hacer" in page
    assert "banco" not in page
    assert "Probar de nuevo" not in page


def test_money_for_a_paid_bill_is_told_as_credit(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    late = open_checkout(invoice, payer=link.user)
    settle_payment(late.pk, expired(late), cause="test")
    paid_checkout(invoice)
    settle_payment(late.pk, paid(late), cause="test")
    assert "$ 1.000,00 quedaron como saldo a favor de la cuenta." in words_of(as_owner.get(page_of(late)))


def test_counter_payments_show_their_receipt_to_whoever_has_the_account(
    as_owner: Client, as_stranger: Client, link: AccountLink, invoice: Invoice
) -> None:
    payment = record_external_payment(operation(link.account, (invoice, Decimal("1000.00"))), cause="test")
    assert "recibo.pdf" in as_owner.get(page_of(payment)).content.decode()
    assert "recibo.pdf" not in as_stranger.get(page_of(payment)).content.decode()


@pytest.mark.parametrize(("turn", "seconds"), [("0", 2), ("2", 3), ("5", 13), ("7", 30), ("60", 30), ("nada", 2)])
def test_it_looks_again_ever_more_slowly(
    as_owner: Client, link: AccountLink, invoice: Invoice, turn: str, seconds: int
) -> None:
    payment = open_checkout(invoice, payer=link.user)
    answer = as_owner.get(page_of(payment), {"vuelta": turn, "estado": "open"}, headers=HTMX)
    following = int(turn) + 1 if turn.isdigit() else 1
    body = answer.content.decode()
    assert f'hx-get="{page_of(payment)}?vuelta={following}&amp;estado=open"' in body
    assert f'hx-trigger="load delay:{seconds}s"' in body
    assert "hx-swap-oob" not in body
    assert "<html" not in body


def test_it_stops_looking_once_a_checkout_must_be_over(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    payment = open_checkout(invoice, payer=link.user)
    answer = as_owner.get(page_of(payment), {"vuelta": "90", "estado": "open"}, headers=HTMX)
    assert answer.content.decode().strip() == ""


def test_news_replace_what_the_page_says_and_end_the_wait(
    as_owner: Client, link: AccountLink, invoice: Invoice
) -> None:
    payment = open_checkout(invoice, payer=link.user)
    settle_payment(payment.pk, paid(payment), cause="test")
    body = as_owner.get(page_of(payment), {"vuelta": "3", "estado": "open"}, headers=HTMX).content.decode()
    assert 'hx-swap-oob="innerHTML:#estado-del-pago"' in body
    assert "Listo, pagaste" in body
    assert "hx-trigger" not in body


def test_it_is_never_cached(anonymous: Client, settled: Payment) -> None:
    assert "no-store" in anonymous.get(page_of(settled))["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_the_provider_is_asked_and_its_word_settles(
    as_owner: Client,
    anonymous: Client,
    link: AccountLink,
    invoice: Invoice,
    silent_simulator: SimulatorProcess,
    at_noon: Traveller,
) -> None:
    payment = Customer(link).start(invoice)
    assert payment.provider_session_id
    at_noon.shift(timedelta(seconds=5))
    assert "Estamos esperando la respuesta" in words_of(as_owner.get(page_of(payment)))
    silent_simulator.pay(payment.provider_session_id)
    assert "Estamos esperando la respuesta" in words_of(as_owner.get(page_of(payment))), "asked a moment ago"
    at_noon.shift(timedelta(seconds=5))

    page = words_of(anonymous.get(page_of(payment)))

    assert "El pago está imputado" in page
    invoice.refresh_from_db()
    assert invoice.is_paid


def test_a_payment_does_not_change_which_account_is_managed(
    as_owner: Client, owner: User, link: AccountLink, settled: Payment
) -> None:
    assert re.search(
        r"Cuenta en uso:</span>\s*<span class=\"switcher__alias\">Casa", as_owner.get(page_of(settled)).content.decode()
    )
    link.refresh_from_db()
    assert link.managed_at is None
