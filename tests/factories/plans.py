"""Payment plans and the policies by which they are made."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.enums import TermsPurpose
from accounts.models import AccountLink
from accounts.terms import current_terms
from billing.models import Invoice
from oficina.shared.dates import today
from payment_plans.generating import PlanChoice, PlanConsent, generate_plan
from payment_plans.models import PaymentPlan, PlanPolicy, PolicyOption
from payment_plans.options import plan_options
from tests.factories.billing import InvoiceFactory, paid_checkout

RATES = {3: Decimal("18.00"), 6: Decimal("24.00")}
"""The options of the policy of most tests: instalments and their TNA, in per cent."""


def policy(*, rates: dict[int, Decimal] | None = None, **changes: Any) -> PlanPolicy:
    """What holds since 2026 began, with VAT of 21 % on interest and no down payment, unless the test says otherwise."""
    usual = {"name": "Planes 2026", "valid_from": date(2026, 1, 1), "vat_rate": Decimal("21.00")}
    made = PlanPolicy.objects.create(**(usual | changes))
    for instalments, annual_rate in (rates or RATES).items():
        PolicyOption.objects.create(policy=made, instalments=instalments, annual_rate=annual_rate)
    return made


def overdue_bill(link: AccountLink, amount: str = "30000.00", **fields: Any) -> Invoice:
    """A bill of the account that fell due twenty days ago. It costs what it did: no policy of late interest is made."""
    due_on = today() - timedelta(days=20)
    return InvoiceFactory.create(
        account=link.account, amount=Decimal(amount), issued_on=due_on - timedelta(days=20), due_on=due_on, **fields
    )


def choice_of(link: AccountLink, instalments: int = 3) -> PlanChoice:
    """What a person who looks at the options now sees and chooses."""
    offered = plan_options(link.account_id, on=today())
    chosen = offered.of(instalments)
    assert chosen is not None
    return PlanChoice(instalments=instalments, debt=offered.debt, total=chosen.schedule.total)


def consent() -> PlanConsent:
    """What the form asks for."""
    terms = current_terms(TermsPurpose.PAYMENT_PLAN)
    return PlanConsent(terms=terms, ip="10.0.0.7", document="30123456", phone="2615550182", email="Ana@Correo.example")


def waiting_plan(link: AccountLink, instalments: int = 3) -> PaymentPlan:
    """A plan of all that qualifies, which waits for its first payment."""
    return generate_plan(link, choice_of(link, instalments), consent(), now=timezone.now())


def running_plan(link: AccountLink, instalments: int = 3) -> PaymentPlan:
    """One whose first payment was made."""
    plan = waiting_plan(link, instalments)
    pay(plan, 1)
    return plan


def instalment(plan: PaymentPlan, number: int) -> Invoice:
    """The document of an instalment."""
    return Invoice.objects.get(plan_instalment__plan=plan, plan_instalment__number=number)


def pay(plan: PaymentPlan, *numbers: int) -> None:
    """Pays these instalments by card, each for itself, at the prices of today."""
    for number in numbers:
        paid_checkout(instalment(plan, number), payer=plan.made_by)
    plan.refresh_from_db()
