"""The office reads plans, finds them, adds them up, takes them away as tables, and cancels one for a reason."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.models import Invoice
from oficina.shared.ids import public_id
from payment_plans.closing import cancel_plan
from payment_plans.enums import PlanEnd, PlanState
from payment_plans.models import PaymentPlan
from tests.answers import said, text_of
from tests.factories.accounts import AccountLinkFactory
from tests.factories.plans import instalment, overdue_bill, policy, running_plan, waiting_plan
from tests.ledger_invariants import ledger_invariants
from tests.staff.conftest import logged_in, may

pytestmark = pytest.mark.django_db

LIST = "/admin/payment_plans/paymentplan/"


@pytest.fixture
def plan(at_noon: time_machine.Traveller, link: AccountLink) -> Iterator[PaymentPlan]:
    """A plan of 30,000 pesos in three instalments, of which Ana paid the first. The books hold afterwards."""
    policy()
    overdue_bill(link)
    yield running_plan(link)
    ledger_invariants()


def record(plan: PaymentPlan) -> str:
    return f"{LIST}{plan.pk}/change/"


def page(plan: PaymentPlan) -> str:
    return f"{LIST}{plan.pk}/cancelar/"


def form(reason: str = "Lo pidió en la oficina") -> dict[str, str]:
    return {"key": public_id(), "reason": reason}


def yes(reason: str = "Lo pidió en la oficina") -> dict[str, str]:
    return {**form(reason), "confirmado": "1"}


def another_plan() -> PaymentPlan:
    """Of somebody else, which nobody has begun to pay: 10,000 pesos in six instalments."""
    link = AccountLinkFactory.create()
    overdue_bill(link, "10000.00")
    return waiting_plan(link, 6)


def table(answer: Any) -> list[list[str]]:
    """The lines of a file for a spreadsheet, the headings first."""
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return [line.split(";") for line in text.splitlines()]


def test_list_finds_by_plan_account_document_bill_and_instalment(as_administrator: Client, plan: PaymentPlan) -> None:
    other = another_plan()
    first = instalment(plan, 1)
    for typed in (
        f"pp-{plan.pk:08d}", str(plan), plan.public_id, str(plan.account), first.invoice_number,
        str(first.payment_code), Invoice.objects.get(in_plans__plan=plan).invoice_number, plan.made_by.email,
    ):  # fmt: skip
        listed = text_of(as_administrator.get(LIST, {"q": typed}))
        assert (record(plan) in listed, record(other) in listed) == (True, False), typed
    both = text_of(as_administrator.get(LIST, {"q": "30.123.456"}))
    assert record(plan) in both
    assert record(plan) not in text_of(as_administrator.get(LIST, {"q": "nada"}))


def test_list_filters_by_state_policy_and_lateness(
    administrator: User, plan: PaymentPlan, at_noon: time_machine.Traveller
) -> None:
    other = another_plan()

    def listed(**filters: str) -> tuple[bool, bool]:
        text = text_of(logged_in(administrator).get(LIST, filters))
        return record(plan) in text, record(other) in text

    assert listed(state__exact="in_force") == (True, False)
    assert listed(state__exact="waiting") == (False, True)
    assert listed(policy__id__exact=str(plan.policy_id)) == (True, True)
    assert listed(atraso="con") == (False, False)
    assert listed(atraso="sin") == (True, False)
    at_noon.shift(timedelta(days=42))
    assert listed(atraso="con") == (True, False)
    assert listed(atraso="sin") == (False, False)


def test_list_adds_up_what_it_found(as_administrator: Client, plan: PaymentPlan) -> None:
    another_plan()
    answer = as_administrator.get(LIST)
    totals = {
        line.state: (line.count, line.debt, line.total, line.paid, line.owed) for line in answer.context["totals"]
    }
    assert totals == {
        PlanState.WAITING: (1, Decimal("10000.00"), Decimal("10692.74"), Decimal("0.00"), Decimal("0.00")),
        PlanState.IN_FORCE: (1, Decimal("30000.00"), Decimal("30725.98"), Decimal("10241.99"), Decimal("20483.99")),
    }
    assert "$ 20.483,99" in text_of(answer).replace("\xa0", " ")
    found = as_administrator.get(LIST, {"state__exact": "in_force"}).context["totals"]
    assert [line.state for line in found] == [PlanState.IN_FORCE]


def test_a_list_that_is_too_long_asks_for_a_filter_instead(
    as_administrator: Client, plan: PaymentPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oficina.shared.office.paging.REACH", 1)
    another_plan()
    text = text_of(as_administrator.get(LIST))
    assert "Hay demasiados planes para sumarlos." in text
    assert "Totales de lo que muestra la lista" in text_of(as_administrator.get(LIST, {"q": str(plan)}))


def test_its_page_tells_all_of_it_and_edits_nothing(as_administrator: Client, plan: PaymentPlan) -> None:
    text = " ".join(text_of(as_administrator.get(record(plan))).replace("\xa0", " ").split())
    paid = instalment(plan, 1)
    payment = paid.allocations.get().payment
    for told in (
        "18,00 %", "19,56 %", "23,84 %", "$ 30.725,98", "$ 10.241,99", "$ 20.483,99", plan.email, "2615550182",
        "Pagada el 24/11/2026", "Por pagar", "Pendiente de primera cuota", str(plan.acceptance),
        f'href="/admin/billing/payment/{payment.pk}/change/"', f'href="/admin/billing/invoice/{paid.pk}/change/"',
        f'href="/admin/accounts/termsacceptance/{plan.acceptance_id}/change/"', page(plan),
        f"{LIST}{plan.pk}/cuotas.pdf",
    ):  # fmt: skip
        assert told in text, told
    assert 'name="_save"' not in text


def test_the_office_prints_the_instalments(as_administrator: Client, as_clerk: Client, plan: PaymentPlan) -> None:
    answer = as_administrator.get(f"{LIST}{plan.pk}/cuotas.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert as_administrator.get(f"{LIST}{plan.pk + 1}/cuotas.pdf").status_code == 404
    assert as_clerk.get(f"{LIST}{plan.pk}/cuotas.pdf").status_code == 403


def test_what_the_list_found_is_taken_away_as_tables(
    as_administrator: Client, as_clerk: Client, plan: PaymentPlan
) -> None:
    another_plan()
    rows = table(as_administrator.get(f"{LIST}planes.csv", {"state__exact": "in_force"}))
    assert rows[0][:3] == ["Plan", "Estado", "Motivo del fin"]
    assert rows[1:] == [
        [
            str(plan), "Vigente", "", str(plan.account), "Planes 2026", "24/11/2026", "24/11/2026", "", "3", "18,00",
            "23,84", "30000,00", "30725,98", "10241,99", "20483,99", "0",
        ]
    ]  # fmt: skip
    rows = table(as_administrator.get(f"{LIST}cuotas.csv", {"q": str(plan)}))
    assert [row[3:5] + row[8:9] + row[11:] for row in rows[1:]] == [
        ["Cuota 1 de 3", "04/12/2026", "10241,99", "10241,99", "Pagada el 24/11/2026"],
        ["Cuota 2 de 3", "04/01/2027", "10241,99", "0,00", "Por pagar"],
        ["Cuota 3 de 3", "04/02/2027", "10242,00", "0,00", "Por pagar"],
    ]
    assert len(table(as_administrator.get(f"{LIST}cuotas.csv"))) == 1 + 3 + 6
    assert as_administrator.get(f"{LIST}cuotas.csv", {"created_at__gte": "x"}).status_code == 404
    assert as_clerk.get(f"{LIST}planes.csv").status_code == 403
    assert as_clerk.get(f"{LIST}cuotas.csv").status_code == 403


def test_cancelling_asks_first_and_then_hands_the_debt_back(
    as_administrator: Client, administrator: User, plan: PaymentPlan
) -> None:
    assert "de capital se pagaron $ 10.060,49" in text_of(as_administrator.get(page(plan))).replace("\xa0", " ")
    asked = text_of(as_administrator.post(page(plan), form())).replace("\xa0", " ")
    assert f"¿Cancelar el plan {plan}?" in asked
    assert "Los $ 10.060,49 de capital que se pagaron se descuentan de las facturas, y $ 19.939,51" in asked
    plan.refresh_from_db()
    assert plan.state == PlanState.IN_FORCE

    answer = as_administrator.post(page(plan), yes(), follow=True)
    assert said(answer) == ["Cancelamos el plan y le avisamos por mail a quien lo hizo."]
    plan.refresh_from_db()
    assert (plan.state, plan.end_reason, plan.end_note) == (
        PlanState.CANCELLED, PlanEnd.OFFICE, "Lo pidió en la oficina",
    )  # fmt: skip
    assert plan.steps.order_by("-pk")[0].by == administrator
    assert LogEntry.objects.get().change_message == "Cancelado: Lo pidió en la oficina"
    assert page(plan) not in text_of(as_administrator.get(record(plan)))
    assert "Este plan ya terminó: no hay nada que cancelar." in text_of(as_administrator.get(page(plan)))


def test_a_plan_that_waits_is_cancelled_too(
    as_administrator: Client, at_noon: time_machine.Traveller, link: AccountLink
) -> None:
    policy()
    overdue_bill(link)
    plan = waiting_plan(link)
    assert "Todavía no empezó" in text_of(as_administrator.get(page(plan)))
    assert "Sus cuotas ya no se van a poder pagar." in text_of(as_administrator.post(page(plan), form()))
    as_administrator.post(page(plan), yes())
    plan.refresh_from_db()
    assert (plan.state, plan.end_reason) == (PlanState.ENDED, PlanEnd.OFFICE)


def test_a_reason_is_asked_for_and_two_cancel_once(as_administrator: Client, plan: PaymentPlan, staff: User) -> None:
    assert "Escribí por qué se cancela." in text_of(as_administrator.post(page(plan), form("  ")))
    cancel_plan(plan, "Otra persona fue más rápida", by=staff, now=timezone.now())
    as_administrator.post(page(plan), yes())
    plan.refresh_from_db()
    assert plan.end_note == "Otra persona fue más rápida"


def test_cancelling_is_for_whoever_may(staff: User, plan: PaymentPlan, as_owner: Client, anonymous: Client) -> None:
    reader = may(staff, "view_paymentplan")
    assert page(plan) not in text_of(reader.get(record(plan)))
    assert reader.post(page(plan), yes()).status_code == 403
    canceller = may(staff, "view_paymentplan", "cancel_paymentplan")
    assert page(plan) in text_of(canceller.get(record(plan)))
    assert canceller.get(page(plan)).status_code == 200
    assert may(staff, "cancel_paymentplan").get(page(plan)).status_code == 403
    assert as_owner.get(page(plan)).status_code == 404
    assert anonymous.get(page(plan)).status_code == 302
