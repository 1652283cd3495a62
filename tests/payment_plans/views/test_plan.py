"""The page of a plan in each of its states, the list of an account's plans, leaving one and paying one off."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.models import Invoice
from billing.settlement import settle_payment
from payment_plans.closing import cancel_plan, lapse_plans
from payment_plans.enums import PlanEnd, PlanState
from payment_plans.models import PaymentPlan, PlanPayoff
from tests.answers import said
from tests.billing.views.page_text import words_of
from tests.factories.billing import begin_checkout, on_its_way, paid_checkout
from tests.factories.debits import announced, bank_mandate
from tests.factories.plans import instalment, overdue_bill, pay, policy, running_plan, waiting_plan

pytestmark = pytest.mark.usefixtures("at_noon")


def page_of(plan: PaymentPlan, link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/planes/{plan.public_id}/"


def paying(link: AccountLink, *invoices: Invoice) -> str:
    return f"/cuenta/{link.public_id}/pagar/?" + "&amp;".join(f"factura={one.public_id}" for one in invoices)


def test_a_plan_that_waits(as_owner: Client, link: AccountLink, bills: list[Invoice]) -> None:
    plan = waiting_plan(link)
    answer = as_owner.get(page_of(plan, link))
    page = words_of(answer)
    assert f"Plan de pago {plan} 3 cuotas de $ 17.069,99. Para empezar Pendiente de primera cuota" in page
    assert "Pagala hasta el 04/12/2026 y el plan empieza a regir. Si no la pagás, el plan queda sin efecto" in page
    assert "Pagar primera cuota Imprimir cuotas de plan de pago No lo quiero · Elegir otro plan" in page
    assert "Hecho por Vos hoy a las 12:00 Términos aceptados Versión 1" in page
    assert "30.123.456 261 555 0182, ana@correo.example" in page
    html = answer.content.decode()
    assert f'href="{paying(link, instalment(plan, 1))}"' in html
    assert 'name="factura"' not in html


def test_a_first_payment_on_its_way(as_owner: Client, link: AccountLink, bills: list[Invoice]) -> None:
    plan = waiting_plan(link)
    payment = begin_checkout(instalment(plan, 1), payer=link.user)
    settle_payment(payment.pk, on_its_way(payment), cause="test")
    page = words_of(as_owner.get(page_of(plan, link)))
    assert "El pago empezó hoy a las 12:00 y está en proceso. Cuando se confirme, el plan empieza a regir." in page
    assert "Pagar primera cuota" not in page
    answer = as_owner.post(f"{page_of(plan, link)}dejar/")
    assert said(answer)[0].startswith(f"El plan {plan} tiene un pago en proceso.")


def test_a_plan_in_force_chooses_what_comes_next(as_owner: Client, link: AccountLink, bills: list[Invoice]) -> None:
    plan = running_plan(link)
    announced(bank_mandate(link), instalment(plan, 2))

    answer = as_owner.get(page_of(plan, link))

    page = words_of(answer)
    assert "Cómo viene Vigente Cuota 2 $ 17.069,99 Vence el 04/01/2027 ." in page
    assert "1 de 3 pagadas La cuenta está adherida al débito automático" in page
    assert "Hoy pagás $ 33.333,33 en lugar de $ 34.139,98" not in page
    assert "te ahorrás" in page
    assert "Cuota 1 Pagada Vencía el 04/12/2026 El 24/11/2026. Ver el pago y el recibo de Cuota 1" in page
    assert "Se debita el" in page
    assert page.count("En plan de pago") == 2
    html = answer.content.decode()
    assert html.count("checked") - html.count('name="theme"') <= 2
    assert f'value="{instalment(plan, 2).public_id}" checked' in html
    all_chosen = words_of(as_owner.get(page_of(plan, link), {"seleccion": "todas"}))
    assert "2 cuotas elegidas $ 34.139,98" in all_chosen


def test_late_instalments_are_chosen_and_the_lapse_is_foretold(
    at_noon: time_machine.Traveller, as_owner: Client, link: AccountLink, bills: list[Invoice]
) -> None:
    plan = running_plan(link)
    at_noon.shift(timedelta(days=45))
    again(as_owner, link.user)
    page = words_of(as_owner.get(page_of(plan, link)))
    assert "1 cuota vencida Cuotas vencidas $ 17.069,99 Cuota 2 venció el 04/01/2027 ." in page
    assert "Con 2 cuotas vencidas el plan caduca" in page
    at_noon.shift(timedelta(days=45))
    assert lapse_plans(now=timezone.now()) == 1
    again(as_owner, link.user)
    page = words_of(as_owner.get(page_of(plan, link)))
    capital = f"{plan.parts.get(number=1).capital:,.2f}".translate(str.maketrans(",.", ".,"))
    assert "Cómo terminó Caducado Quedaron cuotas sin pagar, el 22/02/2027 ." in page
    assert f"Lo que pagaste de capital, $ {capital}, se descontó de las facturas" in page
    assert "Caducó Hoy a las 12:00 Quedaron cuotas sin pagar" in page
    assert "Pagar todo junto" not in page


def test_a_paid_and_a_cancelled_plan_say_what_happened(
    as_owner: Client, link: AccountLink, staff: User, bills: list[Invoice]
) -> None:
    completed = running_plan(link)
    pay(completed, 2, 3)
    assert "Pagaste todo el plan el 24/11/2026 ." in words_of(as_owner.get(page_of(completed, link)))
    overdue_bill(link)
    cancelled = running_plan(link)
    cancel_plan(cancelled, "Se hizo por error.", by=staff, now=timezone.now())
    page = words_of(as_owner.get(page_of(cancelled, link)))
    assert "Cancelado Lo canceló la oficina, el 24/11/2026 . Se hizo por error." in page
    assert "Olga" not in page
    listed = words_of(as_owner.get(f"/cuenta/{link.public_id}/planes/"))
    assert listed.index(str(cancelled)) < listed.index(str(completed))
    assert f"{completed} 3 cuotas Pagado Hecho el 24/11/2026" in listed


def test_summary_of_a_payment_calls_instalments_so(as_owner: Client, link: AccountLink, bills: list[Invoice]) -> None:
    plan = running_plan(link)
    second, third, bill = instalment(plan, 2), instalment(plan, 3), overdue_bill(link)
    summary = words_of(as_owner.get(paying(link, second, third).replace("&amp;", "&")))
    assert "2 cuotas para pagar Factura" in summary
    both = words_of(as_owner.get(paying(link, bill, second).replace("&amp;", "&")))
    assert "1 factura y 1 cuota para pagar Cambiar" in both


def test_leaving_a_plan_is_asked_and_done_once(as_owner: Client, link: AccountLink, bills: list[Invoice]) -> None:
    plan = waiting_plan(link)
    leaving = f"{page_of(plan, link)}dejar/"
    assert "¿Dejar este plan?" in words_of(as_owner.get(leaving))
    for _ in range(2):
        answer = as_owner.post(leaving)
        assert (answer.status_code, answer["Location"]) == (303, f"/cuenta/{link.public_id}/plan-de-pago/")
    plan.refresh_from_db()
    assert (plan.state, plan.end_reason) == (PlanState.ENDED, PlanEnd.GIVEN_UP)
    assert as_owner.get(leaving)["Location"] == page_of(plan, link)
    assert "Cómo terminó Sin efecto" in words_of(as_owner.get(page_of(plan, link)))


def test_paying_all_the_rest_leads_to_its_summary(as_owner: Client, link: AccountLink, bills: list[Invoice]) -> None:
    plan = running_plan(link)
    asking = f"{page_of(plan, link)}pagar-todo/"
    assert "¿Pagar todo junto?" in words_of(as_owner.get(asking))
    answers = [as_owner.post(asking), as_owner.post(asking)]
    payoff = PlanPayoff.objects.get()
    assert {answer["Location"] for answer in answers} == {paying(link, payoff.invoice)}
    assert f"Pago anticipado de todo el plan {plan}" in words_of(as_owner.get(answers[0]["Location"]))
    assert "Vale hasta el 30/11/2026" in words_of(as_owner.get(page_of(plan, link)))
    paid_checkout(payoff.invoice, payer=link.user)
    page = words_of(as_owner.get(page_of(plan, link)))
    assert "Pagaste todo el plan el 24/11/2026" in page
    assert page.count("Pagada por anticipado") == 2
    assert "Pago anticipado Pagada" in page


def test_it_is_not_paid_off_before_it_began_nor_left_afterwards(
    as_owner: Client, link: AccountLink, bills: list[Invoice]
) -> None:
    plan = waiting_plan(link)
    assert as_owner.get(f"{page_of(plan, link)}pagar-todo/")["Location"] == page_of(plan, link)
    refused = as_owner.post(f"{page_of(plan, link)}pagar-todo/")
    assert said(refused) == [f"El plan {plan} no está vigente: no cambiamos nada."]
    pay(plan, 1)
    assert as_owner.post(f"{page_of(plan, link)}dejar/")["Location"] == page_of(plan, link)
    plan.refresh_from_db()
    assert plan.is_in_force


def test_bills_and_instalments_lead_to_their_plan(as_owner: Client, link: AccountLink, bills: list[Invoice]) -> None:
    plan = running_plan(link)
    for invoice in (bills[0], instalment(plan, 2)):
        way = f"/cuenta/{link.public_id}/planes/de/{invoice.public_id}/"
        assert as_owner.get(way)["Location"] == page_of(plan, link)
        shown = as_owner.get(f"/cuenta/{link.public_id}/facturas/{invoice.public_id}/").content.decode()
        assert f'href="{way}"' in shown
    free = overdue_bill(link)
    assert as_owner.get(f"/cuenta/{link.public_id}/planes/de/{free.public_id}/").status_code == 404


def test_others(
    link: AccountLink, as_teammate: Client, as_stranger: Client, anonymous: Client, bills: list[Invoice]
) -> None:
    plan = running_plan(link)
    own = page_of(plan, link)
    theirs = page_of(plan, AccountLink.objects.exclude(pk=link.pk).get(account=link.account))
    strangers = page_of(plan, AccountLink.objects.exclude(account=link.account).get())
    page = words_of(as_teammate.get(theirs))
    assert "Hecho por Ana Suárez" in page
    assert "30.123.456" not in page
    assert "Ver el pago y el recibo" not in page
    for path in ("", "dejar/", "pagar-todo/"):
        assert as_stranger.get(own + path).status_code == 404
        assert as_stranger.get(strangers + path).status_code == 404
        assert anonymous.get(own + path)["Location"].startswith("/ingresar/")
        assert as_teammate.put(theirs + path).status_code == 405
    assert as_stranger.post(f"{strangers}pagar-todo/").status_code == 404
    assert as_stranger.get(f"/cuenta/{link.public_id}/planes/").status_code == 404
    assert str(plan) in words_of(as_teammate.get(theirs.split(plan.public_id)[0]))


def test_queries_do_not_depend_on_instalments_or_bills(as_owner: Client, link: AccountLink) -> None:
    policy(rates={2: Decimal(18), 60: Decimal(24)}, plans_at_once=2)
    overdue_bill(link)
    short = running_plan(link, 2)
    for _ in range(9):
        overdue_bill(link)
    long = running_plan(link, 60)
    counts = []
    for plan in (short, long):
        as_owner.get(page_of(plan, link))
        with CaptureQueriesContext(connection) as queries:
            assert str(plan) in words_of(as_owner.get(page_of(plan, link)))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def again(client: Client, user: User) -> None:
    """Time went by: the session ended, and the person logs in again."""
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
