"""Payments that customers report as made elsewhere: the queue, and each with what the office may do."""

from collections.abc import Mapping
from functools import partial

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from billing.admin import payment_report_deciding
from billing.admin.search import payment_reports_found_by
from billing.enums import PaymentReportState
from billing.models import PaymentReport
from billing.payment_reports.channels import channel_in_words, with_channel_name
from billing.payment_reports.presentation import answer_expected_on
from oficina.shared.dates import short_date, today
from oficina.shared.office.columns import NOTHING, file_column, linked_column, pesos_column, state_column
from oficina.shared.office.records import ReadOnlyAdmin

_COLOURS = {
    PaymentReportState.SUBMITTED: "warning",
    PaymentReportState.ACCEPTED: "success",
    PaymentReportState.REJECTED: "danger",
    PaymentReportState.WITHDRAWN: "default",
}


@admin.register(PaymentReport)
class PaymentReportAdmin(ReadOnlyAdmin[PaymentReport]):
    """Those that wait come first, the one that waits longest on top."""

    list_display = (
        "number", "state_shown", "due_shown", "account_shown", "invoice_shown", "channel_shown", "operation_number",
        "amount_shown",
    )  # fmt: skip
    list_filter = ("state",)
    list_select_related = ("invoice__account", "reported_by", "payment")
    ordering = (F("decided_at").desc(nulls_first=True), "reported_at", "pk")  # type: ignore[assignment]  # OfficeAdmin has names only
    search_help_text = "Número de aviso, de factura, de cuenta, de operación, o el mail de quien avisó"
    change_form_outer_before_template = "admin/payment_report_acts.html"
    fieldsets = (
        ("Aviso", {"fields": ("number", "state", "due_shown", "account_shown", "invoice_shown", "reported_by_shown")}),
        (
            "Lo que dijo el cliente",
            {
                "fields": (
                    "channel_shown", "paid_on", "amount_shown", "operation_number", "proof_shown", "note",
                    "reported_at",
                )
            },
        ),
        ("Respuesta", {"fields": ("decided_by_shown", "decided_at", "payment_shown", "answer")}),
    )  # fmt: skip
    readonly_fields = (
        "number", "due_shown", "account_shown", "invoice_shown", "reported_by_shown", "channel_shown", "amount_shown",
        "proof_shown", "decided_by_shown", "payment_shown",
    )  # fmt: skip
    account_shown = linked_column("invoice.account", "cuenta")
    invoice_shown = linked_column("invoice", "factura")
    reported_by_shown = linked_column("reported_by", "quien avisó")
    decided_by_shown = linked_column("decided_by", "quien lo resolvió")
    payment_shown = linked_column("payment", "pago")
    amount_shown = pesos_column("amount", "importe")
    proof_shown = file_column("proof", "comprobante")
    state_shown = state_column("state", "estado", _COLOURS)

    @admin.display(description="número")
    def number(self, report: PaymentReport) -> str:
        return report.number

    @admin.display(description="responder antes del")
    def due_shown(self, report: PaymentReport) -> str:
        if report.state != PaymentReportState.SUBMITTED:
            return NOTHING
        due_on = answer_expected_on(report)
        return f"{short_date(due_on)}, atrasado" if due_on < today() else short_date(due_on)

    @admin.display(description="dónde pagó")
    def channel_shown(self, report: PaymentReport) -> str:
        return channel_in_words(report)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PaymentReport]:
        """Without the outline of the parcel and the content of the proof."""
        named = with_channel_name(super().get_queryset(request))
        loaded = named.select_related("invoice__account", "reported_by", "payment", "proof")
        return loaded.defer("invoice__account__parcel", "proof__content", "payment__request")

    def found_by(self, typed: str) -> Q:
        return payment_reports_found_by(typed)

    def get_urls(self) -> list[URLPattern]:
        """With the pages that accept and reject a report."""
        accept = self.admin_site.admin_view(partial(payment_report_deciding.accept, self))
        reject = self.admin_site.admin_view(partial(payment_report_deciding.reject, self))
        return [
            path("<int:pk>/aceptar/", accept, name="billing_paymentreport_accept"),
            path("<int:pk>/rechazar/", reject, name="billing_paymentreport_reject"),
            *super().get_urls(),
        ]

    def about(self, request: HttpRequest, row: PaymentReport) -> Mapping[str, object]:
        """Whether this person may decide the report."""
        waits = row.state == PaymentReportState.SUBMITTED
        return {"may_decide": waits and request.user.has_perm(payment_report_deciding.PERMISSION)}
