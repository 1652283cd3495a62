"""Bills that are in a payment plan and the instalments in their place, on every page that shows bills."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.covering import cover_for_good, uncover_bills
from billing.debt_certificates import AccountOwes, issue_certificate
from billing.documents.bill_document import bill_pdf
from billing.external_payments import record_external_payment
from billing.instalments import begin_instalments
from billing.models import Invoice
from billing.presentation import bill_name
from oficina.pages.debts import links_with_debt
from oficina.shared.dates import today
from tests import printed
from tests.billing.views.page_text import words_of
from tests.factories.billing import InvoiceFactory, operation, paid_checkout
from tests.factories.covering import PLAN, cover, offered, owed_instalments

pytestmark = pytest.mark.usefixtures("at_noon")


def page(client: Client, link: AccountLink, invoice: Invoice) -> str:
    return words_of(client.get(f"/cuenta/{link.public_id}/facturas/{invoice.public_id}/"))


def on_paper(invoice: Invoice) -> str:
    return printed.words_of(bill_pdf(invoice.pk, on=today()))


def debt(link: AccountLink) -> tuple[Decimal, Decimal]:
    found = links_with_debt(link.user, today()).get()
    return found.debt, found.overdue_debt


def test_covered_bill_is_asked_for_nowhere_and_says_why(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    first, _, _ = owed_instalments(link.account)
    paid_checkout(first)
    record_external_payment(operation(link.account, (invoice, Decimal("100.00"))), cause="rendición")
    cover(invoice)

    shown = page(as_owner, link, invoice)
    assert "Pago En plan de pago $ 900,00 Lo que entró en el plan La pagás con las cuotas del plan" in shown
    assert "Pagar esta" not in shown
    paper = on_paper(invoice)
    assert "En plan de pago $ 900,00 Ya se pagó una parte $ 100,00 Se paga con las cuotas del plan" in paper
    assert "Total a pagar" not in paper
    home = as_owner.get(f"/cuenta/{link.public_id}/inicio/")
    assert f"elegir-{invoice.public_id}" not in home.content.decode()
    assert "Cuota 2 de 3 del plan de pago 1" in words_of(home)
    assert debt(link) == (Decimal("848.40"), Decimal("0.00"))
    answer = as_owner.get(f"/cuenta/{link.public_id}/pagar/", {"factura": invoice.public_id}, follow=True)
    assert "ya no hay que pagarla" in words_of(answer)


def test_bill_that_a_plan_paid_is_among_the_paid_ones(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    cover(invoice)
    cover_for_good(link.account_id, plan=PLAN, at=timezone.now())
    shown = page(as_owner, link, invoice)
    assert "Pagada $ 1.000,00 No queda nada para pagar Las cuotas de un plan de pago pagaron $ 1.000,00." in shown
    assert "Pagada $ 1.000,00 Pagada el 24/11/2026 Con un plan de pago $ 1.000,00" in on_paper(invoice)
    history = words_of(as_owner.get(f"/cuenta/{link.public_id}/mis-pagos/facturas-pagadas/"))
    assert f"{bill_name(invoice)}" in history
    assert "Plan de pago" in history


def test_bill_of_a_plan_that_ended_asks_for_what_is_left(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    cover(invoice)
    uncover_bills(link.account_id, plan=PLAN, paid_capital=Decimal("300.00"), at=timezone.now())
    shown = page(as_owner, link, invoice)
    assert "$ 700,00 Importe de hoy, sin los $ 300,00 que ya se pagaron" in shown
    assert "Total a pagar el 24/11/2026 $ 700,00" in on_paper(invoice)
    assert debt(link) == (Decimal("700.00"), Decimal("0.00"))


def test_offered_instalment_can_be_paid_and_is_counted_nowhere(
    as_owner: Client, link: AccountLink, invoice: Invoice
) -> None:
    first, second, _ = offered(link.account)
    assert debt(link) == (Decimal("1000.00"), Decimal("0.00"))
    assert "Cuota" not in words_of(as_owner.get(f"/cuenta/{link.public_id}/inicio/"))
    assert "Cuota" not in page(as_owner, link, invoice)

    shown = page(as_owner, link, first)
    assert "Cuota 1 de 3 del plan de pago 1 Cuota de plan B 00005-00000001" in shown
    assert "Pagar esta" in shown
    assert "Capital 1 × $ 400,00 $ 400,00 $ 0,00 $ 400,00 Interés de financiación 1 × $ 20,00 $ 20,00 $ 4,20" in shown
    paper = on_paper(first)
    for said in ("Cuota 1 de 3 del plan de pago 1", "Total a pagar $ 424,20", "Interés de financiación"):
        assert said in paper

    begin_instalments(link.account_id, [first.pk, second.pk])
    assert debt(link) == (Decimal("1848.40"), Decimal("0.00"))


def test_no_certificate_while_a_plan_is_in_force(link: AccountLink, owner: User) -> None:
    bill = InvoiceFactory.create(account=link.account, due_on=today() - timedelta(days=1))
    instalments = owed_instalments(link.account)
    cover(bill)
    with pytest.raises(AccountOwes) as refusal:
        issue_certificate(link, owner)
    assert refusal.value.invoice_ids == sorted([bill.pk, *(each.pk for each in instalments)])
    paid_checkout(*instalments)
    cover_for_good(link.account_id, plan=PLAN, at=timezone.now())
    assert issue_certificate(link, owner).account_id == link.account_id
