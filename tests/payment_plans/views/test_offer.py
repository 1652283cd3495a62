"""Plan de pago: the options to compare, and why there are none."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AccountLink
from billing.models import Invoice
from payment_plans.models import PlanPolicy
from tests.answers import text_of
from tests.billing.views.page_text import words_of
from tests.factories.billing import InvoiceFactory
from tests.factories.plans import overdue_bill, policy, running_plan, waiting_plan

pytestmark = pytest.mark.usefixtures("at_noon")


def screen(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/plan-de-pago/"


def test_options_side_by_side(as_owner: Client, link: AccountLink, bills: list[Invoice]) -> None:
    answer = as_owner.get(screen(link))

    page = words_of(answer)
    assert "Pagá en cuotas tu deuda de $ 50.000,00 . El plan empieza a regir cuando pagás la primera cuota." in page
    assert (
        "3 cuotas de $ 17.069,99 Cuota 1: vence el 04/12/2026 23,84 % TEA 19,56 % TNA 18,00 % "
        "$ 51.209,97 $ 1.209,97 más que si pagás hoy Generar plan 3 cuotas de $ 17.069,99"
    ) in page
    assert "6 cuotas de $ 8.910,62 La última es de $ 8.910,60. Cuota 1: vence el 04/12/2026 33,35 %" in page
    assert "Cuota 3 04/02/2027" in page
    assert "La deuda que entra en el plan Entran las facturas de servicio que estén vencidas." in page
    assert "Vencida hace 20 días Venció hace 20 días, sin recargo $ 30.000,00" in page
    assert "Deuda de hoy $ 50.000,00" in page
    assert f'href="{screen(link)}generar/?cuotas=6"' in answer.content.decode()


def test_instalments_open_without_scripts_and_add_up(as_owner: Client, link: AccountLink, bills: list[Invoice]) -> None:
    html = text_of(as_owner.get(screen(link)))
    three = html.split('<details class="disclosure')[1].split("</details>")[0]
    assert three.count('<th scope="row"') == 3
    assert "3 cuotas de" in three
    assert three.count("17.069,99") == 5  # twice in its title, and each instalment


def test_a_down_payment_and_a_rate_of_zero(as_owner: Client, link: AccountLink) -> None:
    policy(rates={2: Decimal(0)}, down_payment=Decimal(20), vat_rate=Decimal(0), minimum_days_overdue=30)
    october = date(2026, 10, 1)
    InvoiceFactory.create(account=link.account, amount=Decimal(10000), issued_on=date(2026, 9, 1), due_on=october)

    page = words_of(as_owner.get(screen(link)))

    assert "2 cuotas de $ 4.000,00 Antes, un anticipo de $ 2.000,00. Anticipo: vence el 04/12/2026 0,00 %" in page
    assert "$ 10.000,00 Lo mismo que si pagás hoy" in page
    assert "Anticipo 04/12/2026" in page
    assert "Entran las facturas de servicio que vencieron hace 30 días o más." in page
    assert "IVA" not in page


@pytest.mark.parametrize(
    ("changes", "amount", "words"),
    [
        ({"minimum_debt": Decimal(50000)}, "30000.00", "La deuda no llega a la mínima Se pagan en cuotas deudas desde"),
        ({"minimum_days_overdue": 90}, "30000.00", "Ninguna factura entra en un plan Entran las facturas de servicio"),
        ({"valid_until": date(2026, 11, 23)}, "30000.00", "Por ahora no hay planes de pago Mientras tanto podés"),
        ({}, "", "No hay deuda para pagar en cuotas La cuenta no tiene facturas pendientes. Volver a Inicio"),
    ],
)
def test_why_there_are_none(
    as_owner: Client, link: AccountLink, changes: dict[str, Any], amount: str, words: str
) -> None:
    policy(**changes)
    if amount:
        overdue_bill(link, amount)

    page = words_of(as_owner.get(screen(link)))

    assert words in page
    assert "Generar plan" not in page


def test_without_any_policy(as_owner: Client, link: AccountLink) -> None:
    overdue_bill(link)
    assert "Por ahora no hay planes de pago" in words_of(as_owner.get(screen(link)))


def test_a_plan_that_waits_is_named_and_its_option_leads_to_it(
    as_owner: Client, link: AccountLink, bills: list[Invoice]
) -> None:
    plan = waiting_plan(link)

    answer = as_owner.get(screen(link))

    assert f"Hay un plan pendiente de primera cuota Es el plan {plan} . Ver el plan" in words_of(answer)
    assert "Si generás otro, ese queda sin efecto. No cuesta nada." in words_of(answer)
    html = answer.content.decode()
    assert f'href="{screen(link)}generar/?cuotas=3"' not in html
    assert f'href="{screen(link)}generar/?cuotas=6"' in html
    assert html.count(f'href="/cuenta/{link.public_id}/planes/{plan.public_id}/"') == 2


def test_plans_at_once_are_bounded(as_owner: Client, link: AccountLink, bills: list[Invoice]) -> None:
    running_plan(link)
    overdue_bill(link, "9000.00")
    assert "Ya hay un plan vigente Por cuenta hay un plan a la vez." in words_of(as_owner.get(screen(link)))
    assert "Ver los planes de la cuenta" in words_of(as_owner.get(screen(link)))


def test_others(
    link: AccountLink, as_teammate: Client, as_stranger: Client, anonymous: Client, bills: list[Invoice]
) -> None:
    teammates = AccountLink.objects.exclude(pk=link.pk).get(account=link.account)
    assert "3 cuotas de $ 17.069,99" in words_of(as_teammate.get(screen(teammates)))
    assert as_stranger.get(screen(link)).status_code == 404
    assert anonymous.get(screen(link))["Location"].startswith("/ingresar/")
    assert as_teammate.post(screen(teammates)).status_code == 405


def test_the_short_path_leads_to_the_account_managed_last(as_owner: Client, link: AccountLink) -> None:
    assert as_owner.get("/plan-de-pago/")["Location"] == screen(link)


def test_queries_do_not_depend_on_bills_or_instalments(as_owner: Client, link: AccountLink) -> None:
    used = policy(rates={1: Decimal(20)})
    overdue_bill(link, "90000.00")
    as_owner.get(screen(link))
    with CaptureQueriesContext(connection) as few:
        as_owner.get(screen(link))
    PlanPolicy.objects.get(pk=used.pk).options.create(instalments=60, annual_rate=Decimal(30))
    for _ in range(9):
        overdue_bill(link)
    InvoiceFactory.create(account=link.account)
    with CaptureQueriesContext(connection) as many:
        assert "60 cuotas de" in words_of(as_owner.get(screen(link)))
    assert len(many) == len(few)
