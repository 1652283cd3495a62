"""What an account was billed, and on which terms it pays."""

from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from accounts.models import ServiceAccount
from billing.admin import charge_cancelling
from billing.charges.presentation import charge_state
from billing.enums import ChargeStatus
from billing.models import Charge, DebtCertificate, Invoice, PaymentItem
from billing.presentation import IN_PROCESS, bill_name, invoice_state
from oficina.shared.dates import short_date, today
from oficina.staff.customers.sections import (
    Act,
    Cell,
    Part,
    Row,
    Section,
    list_found,
    moment_cell,
    money_cell,
    person_cell,
    record_cell,
    state_cell,
    text_cell,
)
from oficina.staff.customers.ways import May, anchor_of
from payment_plans.admin import plan_cancelling
from payment_plans.admin.plan_totals import with_money
from payment_plans.models import PaymentPlan
from payment_plans.presentation import instalments_phrase, plan_state

MOST_OPEN_BILLS = 24
LAST_BILLS = 12
FEW = 6


def bills(account: ServiceAccount, may: May) -> Section:  # noqa: ARG001  each part is told what may be seen
    """Those to be paid, the one due first on top, with what pays them today; then the last others."""
    on = today()
    of_account = Invoice.objects.filter(account=account)
    held = Prefetch("payment_items", PaymentItem.objects.filter(live=True), to_attr="live_items")
    owed = of_account.payable().with_amount_due(on=on).prefetch_related(held).order_by("due_on", "pk")
    others = of_account.exclude(pk__in=of_account.payable().values("pk")).order_by("-issued_on", "-pk")
    rows = [_owed_bill(bill) for bill in owed[:MOST_OPEN_BILLS]] + [_other_bill(bill) for bill in others[:LAST_BILLS]]
    return Section(
        slug="facturas",
        title="Facturas",
        headings=("Factura", "Emisión", "Vencimiento", "Importe", "Para pagarla hoy", "Estado"),
        rows=rows,
        empty="Esta cuenta no tiene facturas cargadas.",
        every=list_found(Invoice, account.number),
    )


def _owed_bill(bill: Any) -> Row:
    in_process = any(item.live for item in bill.live_items)
    state = IN_PROCESS if in_process else invoice_state(bill, today())
    note = "Oferta de un plan: todavía no se debe" if bill.offered else ""
    return Row(
        anchor=anchor_of(bill), cells=(*_bill_cells(bill), money_cell(bill.amount_due), state_cell(state, note=note))
    )


def _other_bill(bill: Invoice) -> Row:
    return Row(
        anchor=anchor_of(bill),
        cells=(*_bill_cells(bill), money_cell(None), state_cell(invoice_state(bill, today()))),
        is_over=True,
    )


def _bill_cells(bill: Invoice) -> tuple[Cell, ...]:
    return (
        record_cell(bill, note=bill_name(bill)),
        text_cell(short_date(bill.issued_on)),
        text_cell(short_date(bill.due_on)),
        money_cell(bill.amount),
    )


def plans(account: ServiceAccount, may: May) -> Section:
    """Its plans, with what of each is paid and owed."""
    last: Any = with_money(PaymentPlan.objects.filter(account=account), on=today()).order_by("-created_at", "-pk")
    return Section(
        slug="planes",
        title="Planes de pago",
        headings=("Plan", "Hecho", "Cuotas", "Total", "Pagado", "Falta pagar", "Estado"),
        rows=[_plan(plan, may) for plan in last[:FEW]],
        empty="Nunca hizo un plan de pago.",
        every=list_found(PaymentPlan, account.number),
    )


def _plan(plan: Any, may: May) -> Row:
    acts = [
        Act(
            words="Imprimir cuotas",
            address=reverse("admin:payment_plans_paymentplan_paper", args=[plan.pk]),
            about=str(plan),
        )
    ]
    if plan.is_live and may(plan_cancelling.PERMISSION):
        address = reverse("admin:payment_plans_paymentplan_cancel", args=[plan.pk])
        acts.append(Act(words="Cancelar", address=address, about=str(plan)))
    return Row(
        anchor=anchor_of(plan),
        cells=(
            record_cell(plan),
            moment_cell(plan.created_at),
            text_cell(instalments_phrase(plan.instalments)),
            money_cell(plan.total),
            money_cell(plan.paid),
            money_cell(plan.owed),
            state_cell(plan_state(plan, overdue=plan.late)),
        ),
        acts=acts,
        is_over=not plan.is_live,
    )


def charges(account: ServiceAccount, may: May) -> Section:
    """What it was charged for besides the service."""
    last = Charge.objects.filter(account=account).select_related("invoice").order_by("-raised_on", "-pk")
    return Section(
        slug="cargos",
        title="Cargos",
        headings=("Cargo", "Fecha", "Importe", "Estado"),
        rows=[_charge(charge, may) for charge in last[:FEW]],
        empty="Esta cuenta no tiene cargos.",
        every=list_found(Charge, account.number),
    )


def _charge(charge: Charge, may: May) -> Row:
    is_pending = charge.status == ChargeStatus.PENDING
    acts = []
    if is_pending and may(charge_cancelling.PERMISSION):
        address = reverse("admin:billing_charge_cancel", args=[charge.pk])
        acts.append(Act(words="Cancelar", address=address, about=str(charge)))
    return Row(
        anchor=anchor_of(charge),
        cells=(
            record_cell(charge, charge.charge_number, note=charge.concept),
            text_cell(short_date(charge.raised_on)),
            money_cell(charge.amount),
            state_cell(charge_state(charge, today()), note=str(charge.invoice) if charge.invoice else ""),
        ),
        acts=acts,
        is_over=charge.status == ChargeStatus.CANCELLED,
    )


def certificates(account: ServiceAccount, may: May) -> Section:
    """That it owed nothing at some time."""
    last = DebtCertificate.objects.filter(account=account).select_related("requested_by").defer("pdf")
    return Section(
        slug="libre-deuda",
        title="Certificados de libre deuda",
        headings=("Certificado", "Emitido", "Quién lo pidió"),
        rows=[
            Row(
                anchor=anchor_of(certificate),
                cells=(
                    record_cell(certificate, certificate.number),
                    moment_cell(certificate.issued_at),
                    person_cell(certificate.requested_by, may),
                ),
            )
            for certificate in last.order_by("-issued_at", "-pk")[:FEW]
        ],
        empty="Nunca se pidió un libre deuda.",
        every=list_found(DebtCertificate, account.number),
    )


BILLS = Part(shows=Invoice, build=bills)
PLANS = Part(shows=PaymentPlan, build=plans)
CHARGES = Part(shows=Charge, build=charges)
CERTIFICATES = Part(shows=DebtCertificate, build=certificates)
