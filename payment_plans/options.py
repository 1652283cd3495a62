"""On what an account's debt would be financed today: the bills that qualify, and the options side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Exists, OuterRef

from billing.enums import PaymentState
from billing.models import Invoice, PaymentItem
from billing.models.invoice import InvoiceQuerySet
from oficina.shared.money import ZERO
from payment_plans.financing import DebtTooSmallError, Schedule, finance
from payment_plans.models import PaymentPlan, PlanPolicy, PolicyOption
from payment_plans.refusals import DebtBelowMinimum, NoPolicy, NothingToFinance, TooManyPlans


@dataclass(frozen=True, kw_only=True)
class PlanOption:
    """A number of instalments and all that it means: `schedule` has each of them, the total and the cost, and its terms
    the TNA and the TEA. The CFT is `schedule.total_financial_cost`.
    """

    option: PolicyOption
    schedule: Schedule

    @property
    def instalments(self) -> int:
        """How many, without the down payment."""
        return self.option.instalments


@dataclass(frozen=True, kw_only=True)
class PlanOptions:
    """The bills that a plan takes up, loaded by `with_amount_due`, and the options, fewest instalments first."""

    policy: PlanPolicy
    bills: Sequence[Invoice]
    options: Sequence[PlanOption]

    @property
    def debt(self) -> Decimal:
        """What the bills cost on that date, in pesos."""
        return sum((bill.amount_due for bill in self.bills), ZERO)

    def of(self, instalments: int) -> PlanOption | None:
        """The option of that many instalments; None when it is not offered."""
        return next((option for option in self.options if option.instalments == instalments), None)


def plan_options(account_id: int, *, on: date) -> PlanOptions:
    """What a plan made on a local date would be. All bills of the account that qualify are in it, but those whose money
    is on its way and those of a plan in force; the bills of a plan that waits are, since another may replace it.

    Rates above the cap of Ley 24.240, art. 31, as it is today, are not offered, nor instalments so small that no
    checkout takes one alone. Raises NoPolicy, TooManyPlans,
    NothingToFinance, DebtBelowMinimum.
    """
    policy = PlanPolicy.objects.in_force(on=on).prefetch_related("options__policy").first()
    if policy is None:
        raise NoPolicy
    if PaymentPlan.objects.in_force().filter(account=account_id).count() >= policy.plans_at_once:
        raise TooManyPlans(policy.plans_at_once)
    bills = list(qualifying_bills(policy, account_id, on=on).with_amount_due(on=on).order_by("due_on", "pk"))
    debt = sum((bill.amount_due for bill in bills), ZERO)
    if not debt:
        raise NothingToFinance
    if debt < policy.minimum_debt:
        raise DebtBelowMinimum(debt, policy.minimum_debt)
    options = [made for option in policy.options.all() if (made := _option(option, debt, on)) is not None]
    if not options:
        raise NothingToFinance
    return PlanOptions(policy=policy, bills=bills, options=options)


def qualifying_bills(policy: PlanPolicy, account_id: int, *, on: date) -> InvoiceQuerySet:
    """The bills of an account that a policy finances on a local date."""
    coming = PaymentItem.objects.filter(invoice=OuterRef("pk"), live=True, payment__state=PaymentState.PROCESSING)
    bills = Invoice.objects.owed().filter(account=account_id, kind__in=policy.kinds).exclude(Exists(coming))
    if policy.minimum_days_overdue is None:
        return bills
    return bills.filter(due_on__lte=on - timedelta(days=policy.minimum_days_overdue))


def _option(option: PolicyOption, debt: Decimal, on: date) -> PlanOption | None:
    if option.annual_rate > settings.UTILITY.payment_plan_rate_cap:
        return None
    try:
        schedule = finance(debt, option.terms, begins_on=on)
    except DebtTooSmallError:
        return None
    if min(one.amount for one in schedule.instalments) < settings.UTILITY.payment_minimum:
        return None
    return PlanOption(option=option, schedule=schedule)
