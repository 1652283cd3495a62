"""What a customer reads before making a plan: the bills that it takes up, and the options to compare."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import AccountLink
from billing.models import Invoice
from billing.presentation import StateWords, bill_name, document_name, due_state, price_reason
from oficina.shared.money import ZERO
from payment_plans.financing import Instalment
from payment_plans.models import PaymentPlan
from payment_plans.options import PlanOption, PlanOptions
from payment_plans.presentation import equal_instalments, instalment_name, rate_words, unequal_instalments


@dataclass(frozen=True, kw_only=True)
class OfferedBill:
    """A bill that the plan takes up. `amount` is what pays it today, in pesos, and `reason` what of it is surcharge."""

    ref: str
    subject: str
    document: str
    state: StateWords
    reason: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class OfferedInstalment:
    """One payment of an option, in pesos, due on a local date."""

    name: str
    due_on: date
    capital: Decimal
    interest: Decimal
    vat: Decimal
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class OfferedOption:
    """A number of instalments. `cost` is what it costs in pesos against paying today. `address` asks for the plan, or
    shows it when it `is_made` already.
    """

    count: int
    title: str
    sentences: list[str]
    total_financial_cost: str
    effective_rate: str
    nominal_rate: str
    total: Decimal
    cost: Decimal
    first: OfferedInstalment
    instalments: list[OfferedInstalment]
    bears_vat: bool
    is_made: bool
    address: str


def offered_bills(bills: Sequence[Invoice], *, on: date) -> list[OfferedBill]:
    """The bills, loaded by `with_amount_due`, on a local date."""
    return [_bill(bill, on) for bill in bills]


def offered_options(offered: PlanOptions, link: AccountLink, waiting: PaymentPlan | None) -> list[OfferedOption]:
    """The options side by side; the one of the plan that waits leads to it."""
    return [_option(option, offered.debt, link, waiting) for option in offered.options]


def is_plan_of(option: PlanOption, debt: Decimal, plan: PaymentPlan | None) -> bool:
    """Whether this option of a debt, in pesos, is what that plan agreed."""
    if plan is None:
        return False
    return (plan.instalments, plan.debt, plan.total) == (option.instalments, debt, option.schedule.total)


def _bill(bill: Invoice, on: date) -> OfferedBill:
    extra = bill.surcharge_when_paid(bill.amount_due) - bill.surcharge
    return OfferedBill(
        ref=bill.public_id,
        subject=bill_name(bill),
        document=document_name(bill),
        state=due_state(bill.due_on, on),
        reason=price_reason(bill, extra=extra, on=on),
        amount=bill.amount_due,
    )


def _option(option: PlanOption, debt: Decimal, link: AccountLink, waiting: PaymentPlan | None) -> OfferedOption:
    schedule = option.schedule
    instalments = [_instalment(one) for one in schedule.instalments]
    is_made = is_plan_of(option, debt, waiting)
    return OfferedOption(
        count=option.instalments,
        title=equal_instalments(schedule.instalments),
        sentences=unequal_instalments(schedule.instalments),
        total_financial_cost=rate_words(schedule.total_financial_cost),
        effective_rate=rate_words(schedule.terms.effective_annual_rate),
        nominal_rate=rate_words(schedule.terms.annual_rate),
        total=schedule.total,
        cost=schedule.cost,
        first=instalments[0],
        instalments=instalments,
        bears_vat=any(one.vat > ZERO for one in instalments),
        is_made=is_made,
        address=_plan_address(link, waiting) if is_made and waiting else _asking_address(link, option.instalments),
    )


def _instalment(one: Instalment) -> OfferedInstalment:
    return OfferedInstalment(
        name=instalment_name(one.number),
        due_on=one.due_on,
        capital=one.capital,
        interest=one.interest,
        vat=one.vat,
        amount=one.amount,
    )


def _asking_address(link: AccountLink, instalments: int) -> str:
    return f"{reverse('generate_plan', args=[link.public_id])}?{urlencode({'cuotas': instalments})}"


def _plan_address(link: AccountLink, plan: PaymentPlan) -> str:
    return reverse("payment_plan", args=[link.public_id, plan.public_id])
