"""The plans of an account as Inicio lists them, and whether it has debt of which one could be made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from django.db.models import FETCH_RAISE
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import AccountLink
from billing.pending_bills import AccountBills, PendingBill
from billing.presentation import IN_PROCESS, StateWords, days_left
from oficina.shared.money import ZERO
from payment_plans.enums import LIVE
from payment_plans.models import PaymentPlan, PlanInstalment, PlanPolicy
from payment_plans.presentation import instalment_name, instalments_phrase, plan_state


@dataclass(frozen=True, kw_only=True)
class PlanSummary:
    """A plan that waits for its first payment or is in force. `to_pay` is what `pay_address` pays, in pesos: its
    overdue instalments, or else the next one. `pay_words` is empty when nothing can be paid now. `shows` are the public
    ids of its documents.
    """

    number: str
    address: str
    what: str
    state: StateWords
    when: str
    to_pay: Decimal
    pay_words: str
    pay_address: str
    shows: frozenset[str]
    is_in_force: bool
    in_process: bool


def plan_summaries(link: AccountLink, bills: AccountBills, *, on: date) -> list[PlanSummary]:
    """The live plans of the account, oldest first, in one query; `bills` are the account's on that local date."""
    of_account = PlanInstalment.objects.filter(plan__account=link.account_id, plan__state__in=LIVE)
    parts = of_account.select_related("plan", "invoice").order_by("plan", "number").fetch_mode(FETCH_RAISE)
    payable = {bill.ref: bill for bill in (*bills.owed, *bills.offered)}
    return [_summary(plan, list(of_plan), payable, link, on) for plan, of_plan in groupby(parts, lambda one: one.plan)]


def could_be_financed(bills: Sequence[PendingBill], *, plans: int, on: date) -> bool:
    """Whether `plan_options` would offer a plan of these bills, when `plans` are in force, in one query.

    It may still find that every option has instalments too small for a checkout.
    """
    policy = PlanPolicy.objects.in_force(on=on).first()
    if policy is None or plans >= policy.plans_at_once:
        return False
    debt = sum((bill.amount for bill in bills if bill.selectable and _qualifies(policy, bill, on)), ZERO)
    return debt > ZERO and debt >= policy.minimum_debt


def _qualifies(policy: PlanPolicy, bill: PendingBill, on: date) -> bool:
    """As `payment_plans.options.qualifying_bills` asks the database."""
    days = policy.minimum_days_overdue
    return bill.of_kind in policy.kinds and (days is None or bill.due_on <= on - timedelta(days=days))


def _summary(
    plan: PaymentPlan, parts: list[PlanInstalment], payable: Mapping[str, PendingBill], link: AccountLink, on: date
) -> PlanSummary:
    own = [(part, payable[part.invoice.public_id]) for part in parts if part.invoice.public_id in payable]
    free = [(part, bill) for part, bill in own[: 1 if plan.is_waiting else None] if bill.selectable]
    overdue = [(part, bill) for part, bill in free if bill.is_overdue]
    chosen = overdue or free[:1]
    in_process = any(bill.in_process for _, bill in own)
    return PlanSummary(
        number=str(plan),
        address=reverse("payment_plan", args=[link.public_id, plan.public_id]),
        what=_what(plan, parts),
        state=IN_PROCESS if in_process and not chosen else plan_state(plan, overdue=len(overdue)),
        when=_when(chosen, on),
        to_pay=sum((bill.amount for _, bill in chosen), ZERO),
        pay_words=_pay_words(plan, chosen),
        pay_address=f"{reverse('pay', args=[link.public_id])}?{_query(chosen)}",
        shows=frozenset(part.invoice.public_id for part in parts),
        is_in_force=plan.is_in_force,
        in_process=in_process,
    )


def _what(plan: PaymentPlan, parts: Sequence[PlanInstalment]) -> str:
    """`6 cuotas`, or `2 de 6 cuotas pagadas` once it is in force."""
    if plan.is_waiting:
        return instalments_phrase(plan.instalments)
    paid = sum(part.invoice.is_paid for part in parts)
    return f"{paid} de {instalments_phrase(len(parts))} pagadas"


def _when(chosen: Sequence[tuple[PlanInstalment, PendingBill]], on: date) -> str:
    """`Cuota 3: vence en 6 días`; nothing when instalments are overdue, which the state says."""
    if not chosen or chosen[0][1].due_on < on:
        return ""
    part, bill = chosen[0]
    return f"{instalment_name(part.number)}: vence {days_left(bill.due_on, on)}"


def _pay_words(plan: PaymentPlan, chosen: Sequence[tuple[PlanInstalment, PendingBill]]) -> str:
    if not chosen:
        return ""
    if len(chosen) > 1:
        return f"Pagar {len(chosen)} cuotas"
    part = chosen[0][0]
    if part.is_down_payment:
        return "Pagar el anticipo"
    return "Pagar primera cuota" if plan.is_waiting else f"Pagar cuota {part.number}"


def _query(chosen: Sequence[tuple[PlanInstalment, PendingBill]]) -> str:
    return urlencode({"factura": [bill.ref for _, bill in chosen]}, doseq=True)
