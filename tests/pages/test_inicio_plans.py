"""Inicio of an account that pays in instalments: the panel of plans, the bills in them, and the way to make one."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AccountLink
from billing.models import Invoice
from billing.settlement import settle_payment
from oficina.shared.dates import today
from tests.answers import text_of
from tests.billing.views.page_text import words_of
from tests.factories.billing import InvoiceFactory, begin_checkout, on_its_way, paid
from tests.factories.plans import instalment, overdue_bill, pay, policy, running_plan, waiting_plan

pytestmark = pytest.mark.usefixtures("at_noon")

HTMX = {"HX-Request": "true"}


@pytest.fixture
def bills(at_noon: time_machine.Traveller, link: AccountLink) -> list[Invoice]:
    """Two overdue bills of 30,000 and 20,000 pesos, and a policy by which they can be financed."""
    policy(minimum_debt=Decimal(40000), rates={3: Decimal(18), 60: Decimal(24)})
    return [overdue_bill(link), overdue_bill(link, "20000.00")]


def inicio(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/inicio/"


def plans_panel(as_owner: Client, link: AccountLink) -> str:
    return words_of(as_owner.get(inicio(link), {"panel": "planes"}, headers=HTMX))


def test_debt_that_qualifies_can_be_paid_in_instalments(
    as_owner: Client, link: AccountLink, bills: list[Invoice]
) -> None:
    way = f'href="/cuenta/{link.public_id}/plan-de-pago/">Plan de pago</a>'
    assert way in as_owner.get(inicio(link)).content.decode()
    payment = begin_checkout(bills[1])
    settle_payment(payment.pk, on_its_way(payment), cause="test")
    assert way not in as_owner.get(inicio(link)).content.decode()


def test_a_waiting_plan_is_paid_from_here_and_its_instalments_are_not_debts(
    as_owner: Client, link: AccountLink, bills: list[Invoice]
) -> None:
    plan = waiting_plan(link)

    answer = as_owner.get(inicio(link))

    page = words_of(answer)
    assert (
        f"{plan} 3 cuotas Pendiente de primera cuota Cuota 1: vence en 10 días $ 17.069,99 Pagar primera cuota {plan}"
    ) in page
    assert "Deuda vencida $ 50.000,00 2 facturas." in page
    first = instalment(plan, 1)
    assert f'href="/cuenta/{link.public_id}/pagar/?factura={first.public_id}"' in answer.content.decode()
    assert 'value="' + first.public_id not in answer.content.decode()


def test_a_plan_in_force_takes_the_place_of_its_bills(
    as_owner: Client, link: AccountLink, bills: list[Invoice]
) -> None:
    plan = running_plan(link)

    answer = as_owner.get(inicio(link))

    page = words_of(answer)
    assert "Próximo vencimiento $ 17.069,99 Vence en 41 días, el 04/01/2027 . No hay deuda vencida." in page
    assert "No hay facturas pendientes Cuando salga la próxima" in page
    assert f"{plan} 1 de 3 cuotas pagadas Vigente Cuota 2: vence en 41 días $ 17.069,99" in page
    assert "Ver las facturas en plan (2) Septiembre y octubre 2026 En plan Factura de servicio B" in page
    html = text_of(answer)
    for bill in bills:
        assert f'href="/cuenta/{link.public_id}/facturas/{bill.public_id}/"' in html
        assert f'href="/cuenta/{link.public_id}/planes/de/{bill.public_id}/"' in html


def test_overdue_instalments_are_paid_together(
    at_noon: time_machine.Traveller, as_owner: Client, link: AccountLink, bills: list[Invoice]
) -> None:
    plan = running_plan(link)
    at_noon.shift(timedelta(days=73))
    as_owner.force_login(link.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert f"{plan} 1 de 3 cuotas pagadas 2 cuotas vencidas $ 34.139,98 Pagar 2 cuotas" in (plans_panel(as_owner, link))
    overdue_bill(link)
    answer = as_owner.get(inicio(link))
    assert "1 factura y 2 cuotas. La más antigua venció" in words_of(answer)
    html = answer.content.decode()
    refs = "&amp;".join(f"factura={instalment(plan, number).public_id}" for number in (2, 3))
    assert f"pagar/?{refs}" in html


def test_the_panel_looks_again_while_an_instalment_is_paid(
    as_owner: Client, link: AccountLink, bills: list[Invoice]
) -> None:
    plan = waiting_plan(link)
    assert "panel=planes&version=" not in as_owner.get(inicio(link)).content.decode()
    payment = begin_checkout(instalment(plan, 1), payer=link.user)
    settle_payment(payment.pk, on_its_way(payment), cause="test")
    page = as_owner.get(inicio(link)).content.decode()
    version = page.split("panel=planes&version=")[1].split('"', maxsplit=1)[0]
    asked = {"panel": "planes", "version": version}

    same = as_owner.get(inicio(link), asked, headers=HTMX)
    settle_payment(payment.pk, paid(payment), cause="test")
    changed = as_owner.get(inicio(link), asked, headers=HTMX)

    assert f"{plan} 3 cuotas Pago en proceso Ver el plan" in plans_panel_of(page)
    assert (same.status_code, same.content) == (204, b"")
    assert changed["HX-Trigger"] == "billsChanged, plansChanged"
    assert changed.content.decode().strip().startswith('<section class="panel" id="panel-planes"')
    assert "1 de 3 cuotas pagadas Vigente" in words_of(changed)


def plans_panel_of(page: str) -> str:
    """The words of the panel in a whole page."""
    section = page.split('id="panel-planes"')[1].split("</section>", maxsplit=1)[0]
    return words_of(Shown(f"<main {section}</main>".encode()))


class Shown:
    """A piece of a page, as an answer."""

    def __init__(self, content: bytes) -> None:
        self.content = content


def test_a_completed_plan_leaves_the_panel(as_owner: Client, link: AccountLink, bills: list[Invoice]) -> None:
    plan = running_plan(link)
    pay(plan, 2, 3)
    page = words_of(as_owner.get(inicio(link)))
    assert str(plan) not in page
    assert "Estás al día $ 0,00" in page


def test_queries_do_not_depend_on_instalments(as_owner: Client, link: AccountLink, bills: list[Invoice]) -> None:
    running_plan(link, 3)
    as_owner.get(inicio(link))
    with CaptureQueriesContext(connection) as few:
        as_owner.get(inicio(link))
    other = AccountLink.objects.get(pk=link.pk)
    other.pk, other.public_id = None, "another-link-to-it"
    other.account = InvoiceFactory.create(amount=Decimal(90000), due_on=today() - timedelta(days=20)).account
    other.save()
    running_plan(other, 60)
    as_owner.get(inicio(other))
    with CaptureQueriesContext(connection) as many:
        assert "1 de 60 cuotas pagadas" in words_of(as_owner.get(inicio(other)))
    assert len(many) == len(few) <= 12
