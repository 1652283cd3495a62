"""What belongs to a plan: its bills, its instalments and what was paid of them, and what happened to it."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.html import format_html_join

from billing.enums import InvoiceStatus
from billing.models import Allocation
from billing.paid_parts import standing_allocations
from billing.presentation import bill_name, invoice_state
from oficina.shared.dates import today
from oficina.shared.office.columns import NOTHING, linked_column, pesos_column, record_link
from oficina.shared.office.records import ReadOnlyInline
from payment_plans.documents.coupons import state_in_words
from payment_plans.models import PaymentPlan, PlanBill, PlanInstalment, PlanPayoff, PlanStep


class BillInline(ReadOnlyInline[PlanBill, PaymentPlan]):
    """The bills whose debt the plan took up."""

    model = PlanBill
    fields = ("invoice_shown", "subject", "amount_shown", "surcharge_shown", "state")
    ordering = ("invoice__due_on", "pk")
    verbose_name_plural = "Facturas del plan"
    invoice_shown = linked_column("invoice", "factura")
    amount_shown = pesos_column("amount", "deuda al hacer el plan")
    surcharge_shown = pesos_column("surcharge_when_paid", "recargo, en eso")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with its bill."""
        return super().get_queryset(request).select_related("invoice")

    @admin.display(description="concepto")
    def subject(self, bill: PlanBill) -> str:
        return bill_name(bill.invoice)

    @admin.display(description="hoy")
    def state(self, bill: PlanBill) -> str:
        return invoice_state(bill.invoice, today()).words


class _DocumentInline[Part: (PlanInstalment, PlanPayoff)](ReadOnlyInline[Part, PaymentPlan]):
    """Documents that pay a plan, each with the money on it."""

    invoice_shown = linked_column("invoice", "documento")
    capital_shown = pesos_column("capital", "capital")
    interest_shown = pesos_column("interest", "interés")
    vat_shown = pesos_column("vat", "IVA")
    amount_shown = pesos_column("amount", "importe")
    paid_shown = pesos_column("invoice.applied", "pagado")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with its document and the payments of it, without the requests to the provider."""
        allocations = Allocation.objects.select_related("payment").defer("payment__request")
        money = Prefetch("invoice__allocations", allocations)
        return super().get_queryset(request).select_related("invoice", "plan").prefetch_related(money)

    @admin.display(description="pagos")
    def payments_shown(self, part: Part) -> str:
        payments = {one.payment_id: one.payment for one in standing_allocations(part.invoice)}
        return format_html_join(", ", "{}", ((record_link(payment),) for payment in payments.values())) or NOTHING


class InstalmentInline(_DocumentInline[PlanInstalment]):
    """The instalments as they were agreed, and how they stand."""

    model = PlanInstalment
    fields = (
        "name", "due_on", "capital_shown", "interest_shown", "vat_shown", "amount_shown", "invoice_shown", "state",
        "paid_shown", "payments_shown",
    )  # fmt: skip
    ordering = ("number",)
    verbose_name_plural = "Cuotas"

    @admin.display(description="cuota")
    def name(self, part: PlanInstalment) -> str:
        return str(part)

    @admin.display(description="estado")
    def state(self, part: PlanInstalment) -> str:
        return state_in_words(part, part.plan, on=today())


class PayoffInline(_DocumentInline[PlanPayoff]):
    """What was offered to pay all the rest at once."""

    model = PlanPayoff
    fields = (
        "created_at", "asked_by_shown", "good_until", "amount_shown", "saved_shown", "invoice_shown", "state",
        "paid_shown", "payments_shown",
    )  # fmt: skip
    ordering = ("pk",)
    verbose_name_plural = "Pagos anticipados"
    asked_by_shown = linked_column("asked_by", "quien lo pidió")
    saved_shown = pesos_column("saved", "interés que se ahorra")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with who asked for it."""
        return super().get_queryset(request).select_related("asked_by")

    @admin.display(description="estado")
    def state(self, payoff: PlanPayoff) -> str:
        if payoff.invoice.status == InvoiceStatus.OPEN and not payoff.invoice.is_paid:
            return "Ofrecido"
        return invoice_state(payoff.invoice, today()).words


class StepInline(ReadOnlyInline[PlanStep, PaymentPlan]):
    """How the plan went on."""

    model = PlanStep
    fields = ("at", "state", "reason", "by_shown")
    ordering = ("pk",)
    verbose_name_plural = "Movimientos"
    by_shown = linked_column("by", "quien")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with the person who did it."""
        return super().get_queryset(request).select_related("by")
