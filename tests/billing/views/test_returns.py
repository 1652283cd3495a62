"""What customers read of money that was given back or is contested, and of attempts that came to nothing."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.account_numbers import account_number_ending
from accounts.models import AccountLink, User
from billing.disputes import record_dispute
from billing.enums import DisputeState, PaymentState
from billing.gateway.returns import RefundStatus
from billing.models import Invoice, Payment
from billing.refunds import record_refund
from billing.settlement import settle_payment
from tests.answers import said
from tests.billing.checkout.steps import Customer
from tests.billing.views.page_text import words_of
from tests.factories.billing import InvoiceFactory, declined, expired, open_checkout, paid_checkout
from tests.factories.returns import asked_refund, dispute_report, refund_report
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.usefixtures("at_noon")

PRICE = Decimal("1000.00")
PART = Decimal("300.00")


@pytest.fixture
def payment(link: AccountLink, invoice: Invoice) -> Payment:
    """Ana paid 1,000 pesos."""
    cache.clear()
    return paid_checkout(invoice, payer=link.user)


def page_of(client: Client, payment: Payment) -> str:
    return words_of(client.get(f"/pagos/{payment.public_id}/"))


def history_of(client: Client, link: AccountLink) -> str:
    return words_of(client.get(f"/cuenta/{link.public_id}/mis-pagos/"))


def test_a_part_that_was_given_back(as_owner: Client, anonymous: Client, link: AccountLink, payment: Payment) -> None:
    record_refund(payment.pk, refund_report(payment, PART))
    page = page_of(as_owner, payment)
    assert "Devuelto en parte Pagaste y te devolvimos una parte $ 1.000,00" in page
    assert "Devolución de $ 300,00 : hecho Hoy a las 12:00 Vuelve al medio con el que pagaste." in page
    ending = account_number_ending(link.account.number)
    assert f"1 factura de la cuenta terminada en {ending} · te devolvemos $ 300,00" in page
    assert "no descuenta lo que se devolvió. Si algo quedó pendiente, está en Inicio." in page
    assert "Devuelto en parte $ 1.000,00" in history_of(as_owner, link)
    public = page_of(anonymous, payment)
    assert "Devuelto en parte Una parte del pago se devolvió" in public
    assert "300,00" not in public


def test_all_of_it_given_back(as_owner: Client, anonymous: Client, payment: Payment) -> None:
    record_refund(payment.pk, refund_report(payment, PRICE))
    for client in (as_owner, anonymous):
        assert "Devuelto El pago se devolvió $ 1.000,00" in page_of(client, payment)
    code = payment.receipt.verification_code
    verified = words_of(anonymous.get(f"/verificar/{code}/"))
    assert "Devuelto después $ 1.000,00" in verified
    assert "El pago se devolvió: este recibo ya no prueba que la factura esté pagada" in verified


def test_a_refund_on_its_way_and_one_that_failed(
    as_owner: Client, anonymous: Client, payment: Payment, staff: User
) -> None:
    refund = asked_refund(payment, PART, by=staff)
    assert "Devolución en proceso Te estamos devolviendo una parte $ 1.000,00" in page_of(as_owner, payment)
    assert "Una parte del pago se está devolviendo" in page_of(anonymous, payment)
    record_refund(payment.pk, refund_report(payment, PART, RefundStatus.SUCCEEDED, refund=refund))
    record_refund(payment.pk, refund_report(payment, PART, RefundStatus.FAILED, refund=refund))
    page = page_of(as_owner, payment)
    assert "Imputado Listo, pagaste $ 1.000,00" in page
    assert "Tu banco no la aceptó. La plata volvió a lo que pagaba o a tu saldo a favor." in page
    assert "te devolvemos" not in page


def test_all_of_it_on_its_way(as_owner: Client, anonymous: Client, payment: Payment) -> None:
    record_refund(payment.pk, refund_report(payment, PRICE, RefundStatus.PENDING))
    assert "Te estamos devolviendo el pago" in page_of(as_owner, payment)
    public = page_of(anonymous, payment)
    assert "El pago se está devolviendo" in public
    assert "te devolvemos" not in public


def test_a_refund_that_did_not_fail_at_the_bank(as_owner: Client, payment: Payment) -> None:
    record_refund(payment.pk, refund_report(payment, PART, RefundStatus.PENDING, refund_id="re_1"))
    failed = replace(
        refund_report(payment, PART, RefundStatus.FAILED, refund_id="re_1"), failure_reason="insufficient_funds"
    )
    record_refund(payment.pk, failed)
    page = page_of(as_owner, payment)
    assert "No se pudo hacer. La plata volvió a lo que pagaba o a tu saldo a favor." in page
    assert "Tu banco" not in page


@pytest.mark.parametrize(
    ("state", "back", "badge", "words"),
    [
        (DisputeState.NEEDS_RESPONSE, False, "Reclamado al banco El pago está reclamado al banco", "se desconoció"),
        (DisputeState.WON, True, "Imputado Listo, pagaste", "El banco resolvió que el pago vale."),
        (DisputeState.LOST, False, "Devuelto El pago se devolvió", "El banco te devolvió la plata"),
    ],
)
def test_a_dispute(
    as_owner: Client, payment: Payment, state: DisputeState, *, back: bool, badge: str, words: str
) -> None:
    reinstated = PRICE if back else Decimal("0.00")
    record_dispute(payment.pk, dispute_report(payment, PRICE, state, withdrawn=PRICE, reinstated=reinstated))
    page = page_of(as_owner, payment)
    assert badge in page
    assert "Reclamo al banco por $ 1.000,00" in page
    assert words in page


def test_the_history_asks_no_more_for_more_refunds(as_owner: Client, link: AccountLink, payment: Payment) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            history_of(as_owner, link)
        return len(captured)

    record_refund(payment.pk, refund_report(payment, Decimal("1.00")))
    queries()
    one = queries()
    for _ in range(3):
        other = paid_checkout(InvoiceFactory.create(account=link.account), payer=link.user)
        record_refund(other.pk, refund_report(other, Decimal("1.00")))
        record_refund(other.pk, refund_report(other, Decimal("1.00")))
    assert queries() == one


def test_the_bill_tells_the_attempts_of_whoever_looks(
    as_owner: Client, as_teammate: Client, link: AccountLink, invoice: Invoice
) -> None:
    first = open_checkout(invoice, payer=link.user)
    settle_payment(first.pk, declined(first), cause="webhook")
    second = open_checkout(invoice, payer=link.user)
    settle_payment(second.pk, expired(second), cause="replaced_by_another_attempt")
    third = paid_checkout(invoice, payer=link.user)

    page = words_of(as_owner.get(f"/cuenta/{link.public_id}/facturas/{invoice.public_id}/"))

    told = page[page.index("Tus intentos de pago") :]
    assert f"Imputado : hecho Hoy a las 12:00 Pago {third.number}" in told
    assert f"Pago {second.number} . Lo cerramos porque empezaste a pagar de nuevo." in told
    assert f"Pago {first.number} . El banco no autorizó la tarjeta." in told
    assert told.index(third.number) < told.index(second.number) < told.index(first.number)
    other = AccountLink.objects.exclude(pk=link.pk).get()
    theirs = words_of(as_teammate.get(f"/cuenta/{other.public_id}/facturas/{invoice.public_id}/"))
    assert "intentos de pago" not in theirs


def test_a_bill_paid_at_once_tells_no_attempts(
    as_owner: Client, link: AccountLink, invoice: Invoice, payment: Payment
) -> None:
    page = words_of(as_owner.get(f"/cuenta/{link.public_id}/facturas/{invoice.public_id}/"))
    assert "intentos de pago" not in page


@pytest.mark.django_db(transaction=True)
def test_the_payer_cancels_an_open_payment(
    as_owner: Client, as_teammate: Client, ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = ana.start(invoice)
    address = f"/pagos/{payment.public_id}/cancelar/"
    assert as_owner.get(address).status_code == 405
    assert as_teammate.post(address).status_code == 404

    answer = as_owner.post(address, follow=True)

    payment.refresh_from_db()
    assert payment.state == PaymentState.EXPIRED
    assert said(answer) == ["Cancelaste el pago. No se te cobró nada."]
    assert "Cancelado Cancelaste el pago" in words_of(answer)
    assert "Lo cancelaste vos. No se te cobró nada." in words_of(answer)
    assert "Vencido" not in words_of(answer)
    others = words_of(as_teammate.get(f"/pagos/{payment.public_id}/"))
    assert "El pago se cerró sin cobrar nada" in others
    assert "cancelaste" not in others.lower()
    assert "Probar de nuevo" in words_of(answer)


def test_cancelling_when_nobody_answers_changes_nothing(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    payment = open_checkout(invoice, payer=link.user)
    answer = as_owner.post(f"/pagos/{payment.public_id}/cancelar/", follow=True)
    payment.refresh_from_db()
    assert payment.state == PaymentState.OPEN
    assert said(answer) == ["No pudimos cancelar el pago. Probá de nuevo en unos minutos."]
