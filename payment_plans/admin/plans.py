"""Plans in the office: what was agreed, what is paid of it, who accepted which terms; and cancelling one."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path

from accounts.account_numbers import digits_typed
from accounts.admin.search import accounts_numbered, people_found_by
from billing.admin.search import invoice_keys, record_numbers
from billing.document_download import pdf_download
from oficina.shared.dates import today
from oficina.shared.office.columns import NOTHING, linked_column, pesos_column, state_column
from oficina.shared.office.records import ReadOnlyAdmin
from oficina.shared.spreadsheets import MEDIA_TYPE, Cell, spreadsheet
from payment_plans.admin import plan_cancelling
from payment_plans.admin.plan_export import INSTALMENT_HEADINGS, PLAN_HEADINGS, instalment_rows, plan_rows
from payment_plans.admin.plan_filters import LateFilter
from payment_plans.admin.plan_inlines import BillInline, InstalmentInline, PayoffInline, StepInline
from payment_plans.admin.plan_totals import totals_by_state, with_money
from payment_plans.documents.instalments_document import instalments_file_name, instalments_pdf
from payment_plans.enums import PlanState
from payment_plans.models import PaymentPlan, PlanInstalment
from payment_plans.presentation import rate_words

_COLOURS = {
    PlanState.WAITING: "warning",
    PlanState.IN_FORCE: "info",
    PlanState.COMPLETED: "success",
    PlanState.LAPSED: "danger",
    PlanState.CANCELLED: "default",
    PlanState.ENDED: "default",
}


@admin.register(PaymentPlan)
class PaymentPlanAdmin(ReadOnlyAdmin[PaymentPlan]):
    """Customers make plans; the office reads them, prints their instalments, and may cancel one."""

    list_display = (
        "number", "state_shown", "late_shown", "account_shown", "created_at", "instalments", "debt_shown",
        "total_shown", "paid_shown", "owed_shown",
    )  # fmt: skip
    list_filter = ("state", LateFilter, "policy", "created_at")
    list_select_related = ("account",)
    list_before_template = "admin/payment_plans.html"
    change_form_outer_before_template = "admin/payment_plan.html"
    search_help_text = (
        "Número de plan (PP-…), de cuenta, de una de sus facturas o cuotas, código de pago, o mail, nombre o documento "
        "de quien lo hizo"
    )
    inlines = (InstalmentInline, BillInline, PayoffInline, StepInline)
    fieldsets = (
        (
            "Plan",
            {
                "fields": (
                    "account_shown", "state", "late_shown", "debt_shown", "instalments", "nominal_rate",
                    "effective_rate", "financial_cost", "total_shown", "paid_shown", "owed_shown", "policy_shown",
                )
            },
        ),
        ("Quien lo hizo", {"fields": ("made_by_shown", "document", "phone", "email", "acceptance_shown")}),
        ("Fechas", {"fields": ("created_at", "began_at", "closed_at", "end_reason", "end_note")}),
        ("Registro", {"fields": ("public_id", "verification_code")}),
    )  # fmt: skip
    readonly_fields = (
        "account_shown", "late_shown", "debt_shown", "nominal_rate", "effective_rate", "financial_cost", "total_shown",
        "paid_shown", "owed_shown", "policy_shown", "made_by_shown", "acceptance_shown",
    )  # fmt: skip
    account_shown = linked_column("account", "cuenta")
    made_by_shown = linked_column("made_by", "usuario")
    policy_shown = linked_column("policy", "política")
    acceptance_shown = linked_column("acceptance", "términos que aceptó")
    debt_shown = pesos_column("debt", "deuda")
    total_shown = pesos_column("total", "total")
    paid_shown = pesos_column("paid", "pagado")
    owed_shown = pesos_column("owed", "falta pagar")
    state_shown = state_column("state", "estado", _COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PaymentPlan]:
        """Each with what is paid and owed of it."""
        loaded = super().get_queryset(request).select_related("account", "policy").defer("account__parcel")
        return with_money(loaded, on=today())

    def found_by(self, typed: str) -> Q:
        found = (
            Q(pk__in=record_numbers(typed, "PP")) | Q(public_id=typed.lower()) | Q(account__in=accounts_numbered(typed))
        )
        found |= Q(document=digits_typed(typed)) | Q(made_by__in=people_found_by(typed))
        bills = invoice_keys(typed)
        return found | Q(pk__in=_plans_of(bills)) if bills else found

    def get_urls(self) -> list[URLPattern]:
        """With the page that cancels a plan, its paper, and the tables of what the list found."""
        guarded = self.admin_site.admin_view
        return [
            path("planes.csv", guarded(self._export_plans), name="payment_plans_paymentplan_export"),
            path("cuotas.csv", guarded(self._export_instalments), name="payment_plans_planinstalment_export"),
            path(
                "<int:pk>/cancelar/",
                guarded(partial(plan_cancelling.cancel, self)),
                name="payment_plans_paymentplan_cancel",
            ),
            path("<int:pk>/cuotas.pdf", guarded(self._paper), name="payment_plans_paymentplan_paper"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With the totals of what was found, unless that is too much to add up at once."""
        answer: Any = super().changelist_view(request, extra_context)
        listed = (getattr(answer, "context_data", None) or {}).get("cl")
        if listed is not None and not listed.paginator.has_more:
            answer.context_data["totals"] = totals_by_state(listed.queryset)
        result: HttpResponse = answer
        return result

    def about(self, request: HttpRequest, row: PaymentPlan) -> Mapping[str, object]:
        """Whether this person may cancel the plan."""
        return {"may_cancel": row.is_live and request.user.has_perm(plan_cancelling.PERMISSION)}

    @admin.display(description="plan")
    def number(self, plan: PaymentPlan) -> str:
        return str(plan)

    @admin.display(description="cuotas vencidas")
    def late_shown(self, plan: Any) -> str:
        return str(plan.late) if plan.late else NOTHING

    @admin.display(description="TNA")
    def nominal_rate(self, plan: PaymentPlan) -> str:
        return rate_words(plan.annual_rate)

    @admin.display(description="TEA")
    def effective_rate(self, plan: PaymentPlan) -> str:
        return rate_words(plan.terms.effective_annual_rate)

    @admin.display(description="CFT")
    def financial_cost(self, plan: PaymentPlan) -> str:
        return rate_words(plan.total_financial_cost)

    def _export_plans(self, request: HttpRequest) -> HttpResponseBase:
        return self._export(request, "planes", PLAN_HEADINGS, plan_rows)

    def _export_instalments(self, request: HttpRequest) -> HttpResponseBase:
        return self._export(request, "cuotas", INSTALMENT_HEADINGS, instalment_rows)

    def _export(
        self,
        request: HttpRequest,
        name: str,
        headings: tuple[str, ...],
        rows_of: Callable[[QuerySet[PaymentPlan]], Iterator[tuple[Cell, ...]]],
    ) -> HttpResponseBase:
        """All that the list finds with the filters and the search of this address, however long."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            found = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            raise Http404 from None
        return StreamingHttpResponse(
            spreadsheet(headings, rows_of(found)),
            content_type=MEDIA_TYPE,
            headers={"Content-Disposition": f'attachment; filename="{name}-{today():%Y-%m-%d}.csv"'},
        )

    def _paper(self, request: HttpRequest, pk: int) -> HttpResponse:
        plan = get_object_or_404(PaymentPlan, pk=pk)
        if not self.has_view_permission(request, plan):
            raise PermissionDenied
        return pdf_download(instalments_pdf(plan.pk, on=today()), instalments_file_name(plan))


def _plans_of(invoice_ids: list[int]) -> list[int]:
    """The plans that these bills are in, or whose instalments they are."""
    taken_up = Q(bills__invoice__in=invoice_ids)
    paid_by = PlanInstalment.objects.filter(invoice__in=invoice_ids).values("plan")
    found = PaymentPlan.objects.filter(taken_up | Q(pk__in=paid_by) | Q(payoffs__invoice__in=invoice_ids))
    return list(found.order_by("pk").values_list("pk", flat=True).distinct())
