"""What leaves the portal about plans: for the billing system, by day, and for the person who made them."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.account_numbers import format_account_number
from accounts.models import AccountLink, User
from billing.models import Invoice
from payment_plans.data_export import exported_plans
from payment_plans.ending import give_up_plan
from payment_plans.export import ExportedStep
from payment_plans.paying_early import offer_payoff
from tests.factories.plans import instalment, pay, waiting_plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def exported(command: str, since: str, until: str) -> list[str]:
    out = StringIO()
    call_command(command, since=since, until=until, stdout=out, stderr=StringIO())
    return out.getvalue().splitlines()


def test_each_state_is_told_by_day(link: AccountLink, bills: list[Invoice], at_noon: time_machine.Traveller) -> None:
    account = format_account_number(link.account.number)
    identities = " ".join(f"18:{bill.invoice_number}" for bill in bills)
    left = waiting_plan(link, 6)
    at_noon.shift(timedelta(hours=1))
    give_up_plan(link, left, now=timezone.now())
    plan = waiting_plan(link)
    at_noon.shift(timedelta(days=1))
    pay(plan, 1)
    header = ",".join(ExportedStep._fields)
    agreed = f"{account},50000.00,51209.97,3,18.00,23.84,{identities},"
    others = f"{account},50000.00,53463.70,6,24.00,33.35,{identities},"
    assert exported("export_plans", "2026-11-24", "2026-11-24") == [
        header,
        f"waiting,2026-11-24T12:00:00-03:00,{left},{others}",
        f"ended,2026-11-24T13:00:00-03:00,{left},{others}given_up",
        f"waiting,2026-11-24T13:00:00-03:00,{plan},{agreed}",
    ]
    assert exported("export_plans", "2026-11-25", "2026-11-26") == [
        header,
        f"in_force,2026-11-25T13:00:00-03:00,{plan},{agreed}",
    ]


def test_each_document_is_told_by_day(link: AccountLink, bills: list[Invoice], at_noon: time_machine.Traveller) -> None:
    account = format_account_number(link.account.number)
    plan = waiting_plan(link)
    pay(plan, 1)
    at_noon.shift(timedelta(days=1))
    payoff = offer_payoff(link, plan, now=timezone.now()).invoice
    first, second, third = (instalment(plan, number) for number in (1, 2, 3))

    def known(document: Invoice) -> str:
        return f"{document.document_code},{document.invoice_number},{document.payment_code}"

    header, *lines = exported("export_plan_documents", "2026-11-24", "2026-11-24")
    assert header == (
        "kind,issued_at,plan_number,account_number,number,due_on,capital,interest,vat,document_code,invoice_number,"
        "payment_code"
    )
    made = f"instalment,2026-11-24T12:00:00-03:00,{plan},{account}"
    assert lines == [
        f"{made},1,2026-12-04,16767.49,250.00,52.50,{known(first)}",
        f"{made},2,2027-01-04,16466.82,498.49,104.68,{known(second)}",
        f"{made},3,2027-02-04,16765.69,251.49,52.81,{known(third)}",
    ]
    assert exported("export_plan_documents", "2026-11-25", "2026-11-25")[1:] == [
        f"payoff,2026-11-25T12:00:00-03:00,{plan},{account},,2026-11-30,33232.51,0.00,0.00,{known(payoff)}"
    ]


def test_a_person_takes_their_plans_away(link: AccountLink, bills: list[Invoice], owner: User, stranger: User) -> None:
    plan = waiting_plan(link)
    (told,) = exported_plans(owner)
    assert told["plan"] == str(plan)
    assert (told["estado"], told["deuda_en_pesos"], told["cft"]) == ("Pendiente de primera cuota", "50000.00", "23.84")
    assert (told["documento"], told["telefono"], told["mail"]) == ("30123456", "2615550182", "ana@correo.example")
    assert told["cuotas"] == [
        {"cuota": "Cuota 1", "vence": "2026-12-04", "importe_en_pesos": "17069.99"},
        {"cuota": "Cuota 2", "vence": "2027-01-04", "importe_en_pesos": "17069.99"},
        {"cuota": "Cuota 3", "vence": "2027-02-04", "importe_en_pesos": "17069.99"},
    ]
    assert exported_plans(stranger) == []
