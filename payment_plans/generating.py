"""Making a plan: the debt as it is now, the option that the person chose, and the documents that pay it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.enums import TermsPurpose
from accounts.models import AccountLink, ServiceAccount, TermsVersion
from accounts.terms import accept_terms
from billing.covering import CoverPart
from billing.instalments import InstalmentDraft, issue_instalments
from billing.locks import lock_account
from billing.models import Invoice
from oficina.shared.dates import local_day
from payment_plans.ending import end_waiting
from payment_plans.enums import PlanEnd
from payment_plans.financing import DOWN_PAYMENT, Instalment
from payment_plans.mails import tell_made
from payment_plans.models import PaymentPlan, PlanBill, PlanInstalment
from payment_plans.options import PlanOption, PlanOptions, plan_options
from payment_plans.refusals import AnotherPlanWaits, LinkEnded, OptionsChanged
from payment_plans.steps import begin_waiting, lock_waiting


@dataclass(frozen=True, kw_only=True)
class PlanChoice:
    """What the person was shown and chose: `instalments`, of a `debt` that came to `total`, both in pesos."""

    instalments: int
    debt: Decimal
    total: Decimal


@dataclass(frozen=True, kw_only=True)
class PlanConsent:
    """What the person gave with it: the version of the terms that they were shown and from which address they accepted
    it; document, digits only, phone and mail by which they are found.
    """

    terms: TermsVersion
    ip: str | None
    document: str
    phone: str
    email: str


def generate_plan(
    link: AccountLink, choice: PlanChoice, consent: PlanConsent, *, replaces_waiting: bool = False, now: datetime
) -> PaymentPlan:
    """Make the plan that waits for its first payment, its documents issued, and tell by mail.

    One debt has one plan: the same choice again, from another tab or by another person of the account, gives the plan
    that waits already. Another choice ends that one when the person says so by `replaces_waiting`.

    Raises LinkEnded, AnotherPlanWaits, MoneyUnderWay, OptionsChanged, and what `plan_options` raises.
    """
    with transaction.atomic():
        account = lock_account(link.account_id)
        _hold_link(link)
        waiting = lock_waiting(account)
        if waiting is not None and _is_of(choice, waiting):
            return waiting
        if waiting is not None and not replaces_waiting:
            raise AnotherPlanWaits(waiting)
        offered = plan_options(account.pk, on=local_day(now))
        chosen = offered.of(choice.instalments)
        if chosen is None or (offered.debt, chosen.schedule.total) != (choice.debt, choice.total):
            raise OptionsChanged
        if waiting is not None:
            end_waiting(waiting, PlanEnd.REPLACED, by=link.user, at=now)
        return _make(link, offered, chosen, consent, now)


def _hold_link(link: AccountLink) -> None:
    """Nobody ends the link until the transaction ends."""
    if not AccountLink.objects.select_for_update(no_key=True).active().proven().filter(pk=link.pk).exists():
        raise LinkEnded


def _is_of(choice: PlanChoice, plan: PaymentPlan) -> bool:
    return (plan.instalments, plan.debt, plan.total) == (choice.instalments, choice.debt, choice.total)


def _make(
    link: AccountLink, offered: PlanOptions, chosen: PlanOption, consent: PlanConsent, now: datetime
) -> PaymentPlan:
    schedule = chosen.schedule
    plan = PaymentPlan.objects.create(
        account=link.account,
        made_by=link.user,
        acceptance=accept_terms(link.user, TermsPurpose.PAYMENT_PLAN, consent.ip, terms=consent.terms, accepted_at=now),
        policy=offered.policy,
        instalments=chosen.instalments,
        annual_rate=chosen.option.annual_rate,
        total_financial_cost=schedule.total_financial_cost,
        debt=offered.debt,
        total=schedule.total,
        document=consent.document,
        phone=consent.phone,
        email=consent.email.lower(),
        created_at=now,
    )
    _take_up(plan, offered.bills)
    documents = _issue(plan, link.account, schedule.instalments, now)
    for agreed, document in zip(schedule.instalments, documents, strict=True):
        PlanInstalment.objects.create(
            plan=plan,
            number=agreed.number,
            due_on=agreed.due_on,
            capital=agreed.capital,
            interest=agreed.interest,
            vat=agreed.vat,
            invoice=document,
        )
    begin_waiting(plan, by=link.user)
    tell_made(plan)
    return plan


def _take_up(plan: PaymentPlan, bills: Sequence[Invoice]) -> None:
    for bill in bills:
        part = CoverPart.of(bill)
        PlanBill.objects.create(
            plan=plan, invoice=bill, amount=part.amount, surcharge_when_paid=part.surcharge_when_paid
        )


def _issue(
    plan: PaymentPlan, account: ServiceAccount, instalments: Sequence[Instalment], now: datetime
) -> list[Invoice]:
    drafts = [
        InstalmentDraft(
            concept=_concept(plan, one.number),
            due_on=one.due_on,
            capital=one.capital,
            interest=one.interest,
            vat=one.vat,
            vat_rate=plan.policy.vat_rate,
        )
        for one in instalments
    ]
    return issue_instalments(account, drafts, now=now)


def _concept(plan: PaymentPlan, number: int) -> str:
    name = "Anticipo" if number == DOWN_PAYMENT else f"Cuota {number} de {plan.instalments}"
    return f"{name} del plan {plan}"
