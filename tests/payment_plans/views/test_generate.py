"""The window in which a plan is made: once, with the amounts that it showed."""

from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from accounts.enums import TermsPurpose
from accounts.models import AccountLink
from accounts.terms import publish_terms
from billing.models import Invoice
from billing.settlement import settle_payment
from payment_plans.enums import PlanEnd, PlanState
from payment_plans.models import PaymentPlan
from tests.answers import said
from tests.billing.views.page_text import words_of
from tests.factories.billing import begin_checkout, on_its_way
from tests.factories.plans import instalment, overdue_bill, waiting_plan

pytestmark = pytest.mark.usefixtures("at_noon", "bills")

GIVEN = {
    "document": "30.123.456",
    "phone": "261 555 0182",
    "email": "Ana@correo.example",
    "terms": "on",
    "terms_version": "1",
    "instalments": "3",
    "debt": "50000.00",
    "total": "51209.97",
    "replaces": "",
}


def window(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/plan-de-pago/generar/"


def offers(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/plan-de-pago/"


def page_of(plan: PaymentPlan, link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/planes/{plan.public_id}/"


def test_it_asks_for_what_it_does_not_know(as_owner: Client, link: AccountLink) -> None:
    answer = as_owner.get(window(link), {"cuotas": "3"})

    page = words_of(answer)
    assert "Generar plan de 3 cuotas Deuda de hoy $ 50.000,00 Se paga en 3 cuotas de $ 17.069,99" in page
    assert "CFT, con todo incluido 23,84 % TEA y TNA 19,56 % y 18,00 %" in page
    assert "Primera cuota: $ 17.069,99, vence el 04/12/2026 ." in page
    assert "Leer las condiciones Qué es un plan de pago" in page
    html = answer.content.decode()
    for name, value in {"document": "30.123.456", "phone": "261 555 0182", "email": "ana@correo.example"}.items():
        assert f'name="{name}" value="{value}"' in html
    for name in ("instalments", "debt", "total", "terms_version"):
        assert f'name="{name}" value="{GIVEN[name]}"' in html


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_however_often_it_is_pressed_there_is_one_plan(
    as_owner: Client, link: AccountLink, headers: dict[str, str]
) -> None:
    for _ in range(2):
        answer = as_owner.post(window(link), GIVEN, headers=headers, REMOTE_ADDR="190.3.4.5")
        plan = PaymentPlan.objects.get()
        assert (answer.status_code, answer["Location"]) == (303, page_of(plan, link))
        assert said(answer)[-1] == (
            f"Listo: hiciste el plan {plan}. Empieza a regir cuando pagues la primera cuota, hasta el "
            "viernes 04/12/2026."
        )
    assert (plan.state, plan.document, plan.phone) == (PlanState.WAITING, "30123456", "2615550182")
    assert (plan.email, plan.acceptance.ip_address) == ("ana@correo.example", "190.3.4.5")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"document": ""}, "Escribí tu DNI, CUIT o CUIL."),
        ({"phone": "555"}, "Son 10 números"),
        ({"email": "ana"}, "Falta la arroba (@)."),
        ({"terms": ""}, "Para hacer el plan tenés que aceptar las condiciones."),
    ],
)
def test_what_is_wrong_is_said_beside_it(
    as_owner: Client, link: AccountLink, wrong: dict[str, str], words: str
) -> None:
    answer = as_owner.post(window(link), GIVEN | wrong)
    assert words in words_of(answer)
    assert "<title>Error: Generar plan de 3 cuotas: Casa" in answer.content.decode()
    assert not PaymentPlan.objects.exists()


def test_terms_that_changed_meanwhile_are_shown_again(as_owner: Client, link: AccountLink) -> None:
    publish_terms(TermsPurpose.PAYMENT_PLAN, title="Términos", body="Otro texto.")
    answer = as_owner.post(window(link), GIVEN)
    assert "Los términos cambiaron recién." in words_of(answer)
    assert "Otro texto." in words_of(answer)
    assert 'name="phone" value="261 555 0182"' in answer.content.decode()
    assert 'name="terms_version" value="2"' in answer.content.decode()
    assert not PaymentPlan.objects.exists()


@pytest.mark.parametrize("other", [{"total": "50000.00"}, {"debt": "1.00"}, {"instalments": "4"}, {"total": "mucho"}])
def test_only_what_is_offered_is_made(as_owner: Client, link: AccountLink, other: dict[str, str]) -> None:
    answer = as_owner.post(window(link), GIVEN | other)
    assert (answer.status_code, answer["Location"]) == (303, offers(link))
    told = "Cambió la deuda o lo que ofrecemos, y no hicimos el plan. Estas son las opciones de ahora."
    assert said(answer) == [told]
    assert not PaymentPlan.objects.exists()


def test_a_bill_that_came_meanwhile_is_shown_first(as_owner: Client, link: AccountLink) -> None:
    overdue_bill(link)
    assert as_owner.post(window(link), GIVEN)["Location"] == offers(link)
    assert not PaymentPlan.objects.exists()


@pytest.mark.parametrize("count", ["", "4", "-3", "tres", "²"])
def test_an_option_that_there_is_not_leads_to_those_there_are(as_owner: Client, link: AccountLink, count: str) -> None:
    answer = as_owner.get(window(link), {"cuotas": count})
    assert (answer.status_code, answer["Location"]) == (303, offers(link))


def test_another_choice_says_which_plan_ends_and_ends_it(as_owner: Client, link: AccountLink) -> None:
    waiting = waiting_plan(link, 6)
    asked = words_of(as_owner.get(window(link), {"cuotas": "3"}))
    assert f"Reemplaza al plan pendiente El plan {waiting} espera su primera cuota." in asked

    unasked = as_owner.post(window(link), GIVEN)
    assert f"Mientras tanto se hizo el plan {waiting}. No hicimos otro todavía." in words_of(unasked)
    assert f'name="replaces" value="{waiting.public_id}"' in unasked.content.decode()
    answer = as_owner.post(window(link), GIVEN | {"replaces": waiting.public_id})

    made = PaymentPlan.objects.exclude(pk=waiting.pk).get()
    assert answer["Location"] == page_of(made, link)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.end_reason) == (PlanState.ENDED, PlanEnd.REPLACED)


def test_the_option_of_the_waiting_plan_leads_to_it(as_owner: Client, link: AccountLink) -> None:
    plan = waiting_plan(link)
    assert as_owner.get(window(link), {"cuotas": "3"})["Location"] == page_of(plan, link)


def test_a_plan_whose_money_is_on_its_way_is_not_replaced(as_owner: Client, link: AccountLink) -> None:
    plan = waiting_plan(link, 6)
    payment = begin_checkout(instalment(plan, 1))
    settle_payment(payment.pk, on_its_way(payment), cause="test")
    answer = as_owner.post(window(link), GIVEN | {"replaces": plan.public_id})
    assert answer["Location"] == page_of(plan, link)
    assert said(answer)[0].startswith(f"El plan {plan} tiene un pago en proceso.")


def test_others(
    at_noon: time_machine.Traveller, link: AccountLink, as_stranger: Client, anonymous: Client, as_owner: Client
) -> None:
    for client in (as_stranger,):
        assert client.get(window(link), {"cuotas": "3"}).status_code == 404
        assert client.post(window(link), GIVEN).status_code == 404
    assert anonymous.post(window(link), GIVEN)["Location"].startswith("/ingresar/")
    assert as_owner.put(window(link)).status_code == 405
    assert not PaymentPlan.objects.exists()


def test_a_debt_that_was_paid_meanwhile_leads_to_why_there_is_no_plan(
    as_owner: Client, link: AccountLink, bills: list[Invoice]
) -> None:
    for bill in bills:
        payment = begin_checkout(bill, payer=link.user)
        settle_payment(payment.pk, on_its_way(payment), cause="test")
    answer = as_owner.post(window(link), GIVEN)
    assert (answer["Location"], Decimal(GIVEN["debt"])) == (offers(link), Decimal(50000))
    assert "Ninguna factura entra en un plan" in words_of(as_owner.get(offers(link)))
