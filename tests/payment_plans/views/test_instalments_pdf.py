"""The paper of a plan is for whoever has its account."""

import pytest
from django.test import Client

from accounts.models import AccountLink, User
from payment_plans.models import PaymentPlan
from tests.factories.plans import overdue_bill, policy, waiting_plan
from tests.printed import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def plan(link: AccountLink) -> PaymentPlan:
    """A plan that Ana made and nobody has begun to pay."""
    policy()
    overdue_bill(link)
    return waiting_plan(link)


def address(link: AccountLink, plan: PaymentPlan) -> str:
    return f"/cuenta/{link.public_id}/planes/{plan.public_id}/cuotas.pdf"


def test_it_is_a_file_to_keep(as_owner: Client, link: AccountLink, plan: PaymentPlan) -> None:
    answer = as_owner.get(address(link, plan))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'attachment; filename="cuotas-{plan}.pdf"'
    assert "no-store" in answer["Cache-Control"]
    assert f"Cuotas del plan de pago N.º {plan}" in words_of(answer.content)


def test_everybody_who_has_the_account_gets_it_and_nobody_else(
    as_teammate: Client, as_stranger: Client, teammate: User, link: AccountLink, plan: PaymentPlan
) -> None:
    own = teammate.links.get()
    assert as_teammate.get(address(own, plan)).status_code == 200
    assert as_teammate.get(address(link, plan)).status_code == 404
    assert as_stranger.get(address(link, plan)).status_code == 404
    assert as_teammate.get(f"/cuenta/{own.public_id}/planes/{'0' * 20}/cuotas.pdf").status_code == 404


def test_anonymous_and_other_methods(as_owner: Client, anonymous: Client, link: AccountLink, plan: PaymentPlan) -> None:
    assert anonymous.get(address(link, plan))["Location"] == f"/ingresar/?next={address(link, plan)}"
    assert as_owner.post(address(link, plan)).status_code == 405
