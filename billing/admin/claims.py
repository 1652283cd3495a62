"""Claims on bills: those that wait for an answer on top, the oldest promise first."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Case, F, Q, QuerySet, When
from django.http import HttpRequest
from django.urls import URLPattern, path

from billing.admin import claim_answering
from billing.admin.search import claims_found_by
from billing.billed_periods import cubic_metres
from billing.enums import ClaimState
from billing.models import Claim
from oficina.shared.dates import short_date, today
from oficina.shared.office.columns import NOTHING, file_column, linked_column, state_column
from oficina.shared.office.records import ReadOnlyAdmin

_COLOURS = {
    ClaimState.OPEN: "info",
    ClaimState.UPHELD: "success",
    ClaimState.PARTLY_UPHELD: "success",
    ClaimState.DISMISSED: "warning",
    ClaimState.WITHDRAWN: "default",
}
_WAITING_FIRST = (
    Case(When(state=ClaimState.OPEN, then=F("answer_due_on"))).asc(nulls_last=True),
    "-pk",
)


class LateFilter(admin.SimpleListFilter):
    """Whether the promised answer is late."""

    title = "plazo"
    parameter_name = "plazo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return [("vencido", "Vencido")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:  # noqa: ARG002  Django's signature
        if self.value() != "vencido":
            return queryset
        return queryset.filter(state=ClaimState.OPEN, answer_due_on__lt=today())


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin[Claim]):
    """Customers make and withdraw claims; the office answers each once."""

    ordering = _WAITING_FIRST  # type: ignore[assignment]  # Django takes expressions too
    list_display = ("number_shown", "state_shown", "due_shown", "reason", "account_shown", "invoice_shown", "made_at")
    list_filter = (LateFilter, "state", "reason")
    list_select_related = ("invoice__account",)
    search_help_text = "Número de reclamo, de factura o de cuenta, o el mail de quien reclama"
    change_form_outer_before_template = "admin/claim_acts.html"
    fieldsets = (
        (
            "Reclamo",
            {
                "fields": (
                    "number_shown", "account_shown", "invoice_shown", "made_by_shown", "claimant_name", "made_at",
                    "reason", "text", "reading_shown", "attachment_shown", "presumed_shown",
                )
            },
        ),
        ("Respuesta", {"fields": ("due_shown", "state", "answer", "answered_by_shown", "ended_at")}),
    )  # fmt: skip
    readonly_fields = (
        "number_shown", "account_shown", "invoice_shown", "made_by_shown", "reading_shown", "attachment_shown",
        "presumed_shown", "due_shown", "answered_by_shown",
    )  # fmt: skip
    account_shown = linked_column("invoice.account", "cuenta")
    invoice_shown = linked_column("invoice", "factura")
    made_by_shown = linked_column("made_by", "quien reclama")
    answered_by_shown = linked_column("answered_by", "quien respondió")
    attachment_shown = file_column("attachment", "adjunto")
    state_shown = state_column("state", "estado", _COLOURS)

    @admin.display(description="número")
    def number_shown(self, claim: Claim) -> str:
        return claim.number

    @admin.display(description="responder hasta")
    def due_shown(self, claim: Claim) -> str:
        late = ", vencido" if claim.is_open and claim.answer_due_on < today() else ""
        return f"{short_date(claim.answer_due_on)}{late}"

    @admin.display(description="lectura del cliente")
    def reading_shown(self, claim: Claim) -> str:
        if claim.meter_reading is None or claim.meter_read_on is None:
            return NOTHING
        return f"{cubic_metres(claim.meter_reading)}, el {short_date(claim.meter_read_on)}"

    @admin.display(description="presunción de error (art. 31)")
    def presumed_shown(self, claim: Claim) -> str:
        if claim.presumed_average_m3 is None:
            return "No"
        return f"Sí: supera en más de 75 % el promedio de {cubic_metres(claim.presumed_average_m3)}"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        """Without what is large: the attached file and the outline of the parcel."""
        loaded = (
            super().get_queryset(request).select_related("invoice__account", "made_by", "answered_by", "attachment")
        )
        return loaded.defer("attachment__content", "invoice__account__parcel")

    def found_by(self, typed: str) -> Q:
        return claims_found_by(typed)

    def get_urls(self) -> list[URLPattern]:
        """With the page that answers a claim."""
        answer = self.admin_site.admin_view(partial(claim_answering.answer, self))
        return [path("<int:pk>/responder/", answer, name="billing_claim_answer"), *super().get_urls()]

    def about(self, request: HttpRequest, row: Claim) -> Mapping[str, object]:
        """Whether this person may answer the claim."""
        return {"may_answer": row.is_open and request.user.has_perm(claim_answering.PERMISSION)}
