"""The instalments of a plan as its paper shows them: a line of the table each, and a coupon to cut off and pay with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch

from billing.documents.bill_facts import payment_code_words
from billing.documents.counter_slip import CounterSlip, counter_slips
from billing.enums import InvoiceStatus
from billing.models import Allocation
from billing.paid_parts import paid_on
from oficina.shared.dates import short_date
from payment_plans.enums import PlanState
from payment_plans.models import PaymentPlan, PlanInstalment


@dataclass(frozen=True, kw_only=True)
class Coupon:
    """An instalment that was paid, or is to be. `amount` in pesos is what pays it until the local date `due_on`.

    `slip` has what a place of payment reads, or why it has nothing to read; None once the instalment is paid, on
    `paid_on` when that is known.
    """

    name: str
    due_on: date
    amount: Decimal
    payment_code: str
    slip: CounterSlip | None
    paid_on: date | None


@dataclass(frozen=True, kw_only=True)
class PrintedInstalment:
    """An instalment and how it stands, in words; no coupon when its document is void."""

    part: PlanInstalment
    name: str
    state: str
    coupon: Coupon | None


def printed_instalments(plan: PaymentPlan, *, on: date) -> list[PrintedInstalment]:
    """The instalments of a plan in order, as they stand on a local date. Three queries, however many there are."""
    money = Prefetch("invoice__allocations", Allocation.objects.select_related("payment"))
    loaded = plan.parts.select_related("invoice__account").defer("invoice__account__parcel").prefetch_related(money)
    parts = list(loaded.order_by("number"))
    slips = counter_slips([part.invoice for part in parts], on=on)
    return [_printed(part, plan, slips[part.invoice_id], on) for part in parts]


def coupons_of(instalments: Sequence[PrintedInstalment]) -> list[Coupon]:
    """Those of the instalments that have one."""
    return [printed.coupon for printed in instalments if printed.coupon is not None]


def instalment_name(part: PlanInstalment, plan: PaymentPlan) -> str:
    """`Cuota 3 de 12`, or `Anticipo`."""
    return str(part) if part.is_down_payment else f"{part} de {plan.instalments}"


def state_in_words(part: PlanInstalment, plan: PaymentPlan, *, on: date) -> str:
    """How an instalment, loaded with the money on its document, stands on a local date: `Pagada el 04/12/2026`.

    Of a plan that was paid, the instalments in whose place all the rest was paid at once are void.
    """
    invoice = part.invoice
    if invoice.status == InvoiceStatus.VOID:
        return "Pagada por anticipado" if plan.state == PlanState.COMPLETED else "Anulada"
    if invoice.is_paid:
        day = paid_on(invoice)
        return f"Pagada el {short_date(day)}" if day else "Pagada"
    if invoice.applied:
        return "Pagada en parte"
    return "Vencida" if part.due_on < on else "Por pagar"


def _printed(part: PlanInstalment, plan: PaymentPlan, slip: CounterSlip | None, on: date) -> PrintedInstalment:
    name = instalment_name(part, plan)
    is_void = part.invoice.status == InvoiceStatus.VOID
    return PrintedInstalment(
        part=part,
        name=name,
        state=state_in_words(part, plan, on=on),
        coupon=None if is_void else _coupon(part, name, slip),
    )


def _coupon(part: PlanInstalment, name: str, slip: CounterSlip | None) -> Coupon:
    return Coupon(
        name=name,
        due_on=part.due_on,
        amount=part.amount,
        payment_code=payment_code_words(part.invoice),
        slip=slip,
        paid_on=paid_on(part.invoice) if part.invoice.is_paid else None,
    )
