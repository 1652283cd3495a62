"""The tables of payment plans."""

from payment_plans.models import watched  # noqa: F401  what the log of changes tells of these tables
from payment_plans.models.plan import (
    PaymentPlan,
    PaymentPlanQuerySet,
    PlanBill,
    PlanInstalment,
    PlanNotice,
    PlanPart,
    PlanPayoff,
    PlanStep,
)
from payment_plans.models.policy import PlanPolicy, PlanPolicyQuerySet, PolicyOption

__all__ = [
    "PaymentPlan",
    "PaymentPlanQuerySet",
    "PlanBill",
    "PlanInstalment",
    "PlanNotice",
    "PlanPart",
    "PlanPayoff",
    "PlanPolicy",
    "PlanPolicyQuerySet",
    "PlanStep",
    "PolicyOption",
]
