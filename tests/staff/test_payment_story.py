"""A payment's page in the office: what happened, in words, and the way to free what the provider denies."""

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import AccountLink, ServiceAccount, User
from billing.admin.payment_story import cause_words, office_steps
from billing.closing import CANCELLED_BY_PAYER
from billing.disputes import record_dispute
from billing.enums import DisputeState, PaymentState
from billing.models import Payment
from billing.returned import with_story
from billing.settlement import settle_payment
from oficina.shared.ids import public_id
from tests.answers import said, text_of
from tests.billing.checkout.conftest import running_simulator, silent_simulator
from tests.billing.checkout.steps import Customer
from tests.factories.billing import InvoiceFactory, begin_checkout, expired, open_checkout, paid, paid_checkout
from tests.factories.returns import asked_refund, dispute_report
from tests.simulator_process import SimulatorProcess
from tests.staff.conftest import may

__all__ = ["running_simulator", "silent_simulator"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

NBSP = "\N{NO-BREAK SPACE}"


def steps_of(payment: Payment) -> list[tuple[str, str, str]]:
    loaded = with_story(Payment.objects.filter(pk=payment.pk)).get()
    return [(step.name, step.tone, step.text) for step in office_steps(loaded)]


def page_of(client: Client, payment: Payment) -> str:
    return text_of(client.get(f"/admin/billing/payment/{payment.pk}/change/"))


def test_the_story_of_a_payment_is_told_in_order(as_administrator: Client, administrator: User) -> None:
    bill = InvoiceFactory.create()
    first = open_checkout(bill)
    settle_payment(first.pk, expired(first), cause=CANCELLED_BY_PAYER)
    payment = begin_checkout(bill)
    settle_payment(payment.pk, paid(payment), cause="stripe checkout.session.completed")
    refund = asked_refund(payment, Decimal("100.00"), by=administrator)
    record_dispute(payment.pk, dispute_report(payment, Decimal("50.00"), DisputeState.UNDER_REVIEW))

    assert steps_of(payment) == [
        ("Iniciado", "default", "test"),
        ("Imputado", "success", "Lo avisó la plataforma de pago."),
        (
            f"Devolución {refund.number} de ${NBSP}100,00: pedida, sin respuesta todavía",
            "info",
            "Por la plataforma de pago. Motivo: Pagó de más.",
        ),
        (f"Reclamo al banco por ${NBSP}50,00", "warning", "En revisión."),
    ]
    page = page_of(as_administrator, payment)
    assert "Qué pasó con este pago: Reclamado al banco" in page
    assert "causa&quot;: &quot;stripe checkout.session.completed" in page
    others = page[page.index("Otros intentos por las mismas facturas") :]
    assert first.number in others
    assert "Cancelado" in others


@pytest.mark.parametrize(
    ("cause", "badge", "step"),
    [
        (CANCELLED_BY_PAYER, "Cancelado", "Cancelado por quien pagaba"),
        ("paid_elsewhere", "Cerrado", "Cerrado sin pagar"),
        ("polling", "Vencido", "Cerrado sin pagar"),
    ],
)
def test_what_was_cancelled_did_not_expire(
    as_administrator: Client, account: ServiceAccount, owner: User, cause: str, badge: str, step: str
) -> None:
    bill = InvoiceFactory.create(account=account)
    payment = open_checkout(bill, payer=owner)
    settle_payment(payment.pk, expired(payment), cause=cause)

    assert steps_of(payment)[-1][0] == step
    listed = as_administrator.get("/admin/billing/payment/")
    assert listed.context["cl"].model_admin.state_shown(listed.context["cl"].result_list[0]) == ("warning", badge)
    assert f"Qué pasó con este pago: {badge}" in page_of(as_administrator, payment)
    for path in (f"/admin/billing/invoice/{bill.pk}/change/", f"/admin/accounts/serviceaccount/{account.pk}/change/"):
        shown = text_of(as_administrator.get(path))
        assert (badge in shown, "Vencido" in shown) == (True, badge == "Vencido")


def test_every_cause_that_the_portal_writes_has_words() -> None:
    causes = [
        "checkout_confirmed", "checkout_started", "checkout_continued", "checkout_refused", "return_page", "polling",
        "replaced_by_another_attempt", "paid_elsewhere", "cancelled_by_payer", "released_by_office", "reconciliation",
        "import", "aviso del canal", "aviso de pago", "bank_answer", "direct_debit", "charge_refused", "taken_by_debit",
        "stripe checkout.session.completed",
    ]  # fmt: skip
    assert [cause for cause in causes if cause_words(cause) == cause] == []


def release(payment: Payment) -> str:
    return f"/admin/billing/payment/{payment.pk}/liberar/"


def reason(**given: str) -> dict[str, str]:
    return {"key": public_id(), "reason": "Reclamo 77", **given}


@pytest.mark.django_db(transaction=True)
def test_what_the_provider_denies_is_released_with_who_and_why(
    staff: User, silent_simulator: SimulatorProcess, link: AccountLink
) -> None:
    bill = InvoiceFactory.create(account=link.account)
    payment = Customer(link).start(bill)
    client = may(staff, "view_payment", "release_payment")
    assert release(payment) in page_of(client, payment)

    open_there = client.post(release(payment), reason(confirmado="1"))
    assert said(open_there) == [
        "La plataforma de pago lo tiene abierto, así que todavía se puede pagar. No se libera: se cierra solo."
    ]
    silent_simulator.reset()
    asked = text_of(client.post(release(payment), reason()))
    assert f"Factura {bill}" in asked
    payment.refresh_from_db()
    assert payment.state == PaymentState.OPEN
    done = client.post(release(payment), reason(confirmado="1"))
    assert said(done)[-1] == "Liberamos el pago: sus facturas se pueden pagar de nuevo."

    payment.refresh_from_db()
    assert payment.state == PaymentState.EXPIRED
    entry = LogEntry.objects.get()
    assert (entry.user, entry.change_message) == (staff, "Liberado: Reclamo 77")
    assert steps_of(payment)[-1][0] == "Liberado por la oficina"
    assert "Motivo: Reclamo 77" in page_of(client, payment)
    again = client.post(release(payment), reason(confirmado="1"))
    assert said(again)[-1] == "No había nada que liberar: el intento ya terminó."


def test_without_an_answer_nothing_is_released(as_administrator: Client, no_provider: None) -> None:
    payment = open_checkout(InvoiceFactory.create())

    answer = as_administrator.post(release(payment), reason(confirmado="1"))

    assert said(answer) == ["La plataforma de pago no responde, y sin preguntarle no se libera. Probá más tarde."]
    payment.refresh_from_db()
    assert payment.state == PaymentState.OPEN


def test_a_release_has_a_reason_and_a_permission(as_administrator: Client, as_owner: Client, staff: User) -> None:
    payment = open_checkout(InvoiceFactory.create())
    assert "Escribí por qué se libera." in text_of(as_administrator.post(release(payment), reason(reason=" ")))

    sees = may(staff, "view_payment", "refund_payment")
    assert release(payment) not in page_of(sees, payment)
    assert sees.post(release(payment), reason(confirmado="1")).status_code == 403
    assert as_owner.post(release(payment), reason(confirmado="1")).status_code == 404


def test_nothing_is_released_of_what_was_paid(as_administrator: Client) -> None:
    payment = paid_checkout(InvoiceFactory.create())

    assert release(payment) not in page_of(as_administrator, payment)
    assert "no hay nada que liberar" in text_of(as_administrator.get(release(payment)))
