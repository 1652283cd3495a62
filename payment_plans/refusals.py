"""Why an act about payment plans is refused. Without words: those are the screens'."""
# ruff: noqa: N818  refusals are named by what is wrong

from dataclasses import dataclass
from decimal import Decimal

from payment_plans.models import PaymentPlan


class PlanRefusal(Exception):
    """Nothing was changed."""


class LinkEnded(PlanRefusal):
    """The person no longer acts for the account, or has to prove it again."""


class NoPolicy(PlanRefusal):
    """The utility finances no debt today."""


class NothingToFinance(PlanRefusal):
    """No bill of the account qualifies, or none in enough pesos for instalments to be made of it."""


@dataclass(eq=False)
class DebtBelowMinimum(PlanRefusal):
    """The bills that qualify are of less than the policy finances. Pesos."""

    debt: Decimal
    minimum: Decimal


@dataclass(eq=False)
class TooManyPlans(PlanRefusal):
    """The account has as many plans in force as it may have at once."""

    most: int


@dataclass(eq=False)
class AnotherPlanWaits(PlanRefusal):
    """A plan of another choice waits for its first payment. Whoever wants the new one says so: the old one ends."""

    plan: PaymentPlan


class OptionsChanged(PlanRefusal):
    """What the person chose is not offered any more: a bill, a price or the policy is another one. Show it anew."""


@dataclass(eq=False)
class MoneyUnderWay(PlanRefusal):
    """A payment of the plan's documents is on its way: until it is decided the plan stays."""

    plan: PaymentPlan


@dataclass(eq=False)
class PlanNotWaiting(PlanRefusal):
    """The plan does not wait for its first payment: it began, or ended."""

    plan: PaymentPlan


@dataclass(eq=False)
class PlanNotInForce(PlanRefusal):
    """The plan did not begin yet, was paid, or ended."""

    plan: PaymentPlan


class ReasonMissing(PlanRefusal):
    """Whoever cancels a plan says why, in words that its customer reads."""


class NothingToPayEarly(PlanRefusal):
    """All that is unpaid of the plan fell due: there is no interest to be saved."""
