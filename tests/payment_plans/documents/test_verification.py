"""Whoever holds the paper of a plan is told that it is genuine, and whether it still holds; nothing of who made it."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.verification import Standing, verify_code
from oficina.shared.ids import grouped_code
from payment_plans.closing import cancel_plan
from tests.billing.views.page_text import words_of
from tests.factories.plans import overdue_bill, policy, waiting_plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def test_whoever_has_the_code_is_told_day_total_and_masked_account(link: AccountLink, staff: User) -> None:
    policy()
    overdue_bill(link)
    plan = waiting_plan(link)
    page = words_of(Client().get(f"/verificar/{plan.verification_code}/"))

    facts = "Documento Cuotas de un plan de pago Fecha del plan 24/11/2026 Importe $ 30.725,98"
    assert facts in page
    assert "Dice qué cuotas se acordaron. Que una está pagada lo prueba su recibo." in page
    for private in (link.account.number, "Ferreyra", "San Martín", str(plan), plan.email, plan.document):
        assert private not in page, private

    cancel_plan(plan, "Se cargó dos veces", by=staff, now=timezone.now())
    told = verify_code(grouped_code(plan.verification_code))
    assert told is not None
    assert (told.standing, told.standing_words) == (Standing.NO_LONGER, "Ya no vale")
    assert told.note == "El plan terminó: no hay que pagar sus cuotas."
    assert verify_code(plan.public_id[:12]) is None
