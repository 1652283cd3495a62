"""The policy by which the demo finances debt, and a plan in each state that a person wants to see, made and paid by the
portal's own acts in buildings of the administrator.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.enums import TermsPurpose
from accounts.models import AccountLink
from accounts.terms import current_terms
from billing.enums import PaymentChannel
from billing.external_payments import ReceivedLine, ReceivedOperation, record_external_payment
from oficina.demo.cast import ADMINISTRATOR
from oficina.shared.dates import local_day
from payment_plans.generating import PlanChoice, PlanConsent, generate_plan
from payment_plans.models import PaymentPlan, PlanPolicy, PolicyOption
from payment_plans.options import plan_options
from payment_plans.refusals import PlanRefusal

_INSTALMENTS = 3
_RATES = {3: Decimal(18), 6: Decimal(24), 9: Decimal(27), 12: Decimal(30)}
_AGED = ((timedelta(days=100), 3), (timedelta(days=45), 1), (timedelta(0), 0))
"""How long ago each plan was made, and how many of its instalments were paid: completed, one overdue, waiting."""


def arrange_plans(*, now: datetime) -> None:
    """The policy, and one plan of each kind while there are accounts whose debt is old enough."""
    _open_policy(local_day(now))
    links = AccountLink.objects.active().with_account().select_related("user").filter(user__email=ADMINISTRATOR.email)
    free = list(links.exclude(account__invoices__payment_reports__isnull=False).order_by("account__number"))
    for ago, paid in _AGED:
        plan = next((made for link in free if (made := _make(link, now - ago)) is not None), None)
        if plan is not None:
            free = [link for link in free if link.account_id != plan.account_id]
            _pay(plan, paid)


def _open_policy(today: date) -> None:
    fields = {"valid_from": date(today.year - 1, 1, 1), "minimum_debt": Decimal(5000), "vat_rate": Decimal(21)}
    policy = PlanPolicy.objects.create(name="Plan general", **fields)
    PolicyOption.objects.bulk_create(
        PolicyOption(policy=policy, instalments=instalments, annual_rate=rate) for instalments, rate in _RATES.items()
    )


def _make(link: AccountLink, made_at: datetime) -> PaymentPlan | None:
    """A plan of what the account owed at an instant (UTC); None when there was too little."""
    try:
        offered = plan_options(link.account_id, on=local_day(made_at))
    except PlanRefusal:
        return None
    option = offered.of(_INSTALMENTS)
    if option is None:
        return None
    choice = PlanChoice(instalments=_INSTALMENTS, debt=offered.debt, total=option.schedule.total)
    consent = PlanConsent(
        terms=current_terms(TermsPurpose.PAYMENT_PLAN),
        ip=None,
        document=ADMINISTRATOR.document,
        phone=ADMINISTRATOR.phone,
        email=ADMINISTRATOR.email,
    )
    return generate_plan(link, choice, consent, now=made_at)


def _pay(plan: PaymentPlan, count: int) -> None:
    """The first instalments, each at a place of payment on the day before it fell due."""
    for part in plan.parts.select_related("invoice").order_by("number")[:count]:
        line = ReceivedLine(invoice_id=part.invoice_id, amount=part.amount)
        paid_at = plan.created_at + (part.due_on - plan.begins_on) - timedelta(days=1)
        operation = ReceivedOperation(
            channel=PaymentChannel.RAPIPAGO,
            operation_number=f"{plan.pk:04d}{part.number:04d}",
            account=plan.account,
            lines=[line],
            amount=part.amount,
            paid_at=paid_at,
        )
        record_external_payment(operation, cause="demo")
