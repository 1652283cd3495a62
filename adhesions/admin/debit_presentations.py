"""Presentations to the bank in the office: what was presented, and what the bank answered of it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from adhesions.admin import debit_presenting
from adhesions.admin.debits import TryOfPresentationInline
from adhesions.models import BankPresentation
from billing.enums import PaymentState
from oficina.shared.dates import short_date
from oficina.shared.office.columns import linked_column, pesos_column
from oficina.shared.office.records import ReadOnlyAdmin

_WAITS = Q(tries__payment__state=PaymentState.PROCESSING)
_PAID = Q(tries__payment__state=PaymentState.SUCCEEDED)


class AnswerFilter(admin.SimpleListFilter):
    """Whether the bank has still to answer."""

    title = "respuesta"
    parameter_name = "respuesta"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return [("falta", "Falta"), ("completa", "Completa")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BankPresentation]) -> QuerySet[BankPresentation]:  # noqa: ARG002  Django's signature
        unanswered = BankPresentation.objects.unanswered().values("pk")
        match self.value():
            case "falta":
                return queryset.filter(pk__in=unanswered)
            case "completa":
                return queryset.exclude(pk__in=unanswered)
        return queryset


@admin.register(BankPresentation)
class BankPresentationAdmin(ReadOnlyAdmin[BankPresentation]):
    """A presentation is made once and stays. Its file has account numbers: few may have it, and each time is noted."""

    list_display = (
        "number_shown", "debits_on_shown", "count", "total_shown", "paid_shown", "waiting_shown", "made_at",
        "made_by_shown",
    )  # fmt: skip
    list_filter = (AnswerFilter,)
    list_select_related = ("made_by",)
    search_help_text = "Número de presentación"
    fields = (
        "number_shown", "debits_on_shown", "count", "total_shown", "paid_shown", "waiting_shown", "made_at",
        "made_by_shown", "sha256",
    )  # fmt: skip
    readonly_fields = (
        "number_shown", "debits_on_shown", "total_shown", "paid_shown", "waiting_shown", "made_by_shown",
    )  # fmt: skip
    inlines = (TryOfPresentationInline,)
    list_before_template = "admin/bank_presentations.html"
    change_form_outer_before_template = "admin/bank_presentation.html"
    total_shown = pesos_column("total", "total")
    made_by_shown = linked_column("made_by", "quien la generó")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BankPresentation]:
        """Each with how many of its debits were collected and of how many the bank has said nothing."""
        told = super().get_queryset(request).select_related("made_by")
        return told.annotate(waiting=Count("tries", filter=_WAITS), paid=Count("tries", filter=_PAID))

    def found_by(self, typed: str) -> Q:
        return Q(number=int(typed)) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else Q(pk__in=[])

    def get_urls(self) -> list[URLPattern]:
        """With the page that makes one, and the file of each."""
        guarded = self.admin_site.admin_view
        present = guarded(partial(debit_presenting.present, self))
        download = guarded(partial(debit_presenting.download, self))
        return [
            path("generar/", present, name="adhesions_bankpresentation_present"),
            path("<int:pk>/archivo/", download, name="adhesions_bankpresentation_file"),
            *super().get_urls(),
        ]

    def about(self, request: HttpRequest, row: BankPresentation) -> Mapping[str, object]:
        """Whether this person may have the file, and what the bank answered."""
        return {
            "may_present": request.user.has_perm(debit_presenting.PERMISSION),
            "answers": row.answer_files.select_related("loaded_by").defer("content").order_by("pk"),
        }

    @admin.display(description="presentación")
    def number_shown(self, presentation: BankPresentation) -> str:
        return str(presentation)

    @admin.display(description="débitos del")
    def debits_on_shown(self, presentation: BankPresentation) -> str:
        return short_date(presentation.debits_on)

    @admin.display(description="cobrados")
    def paid_shown(self, presentation: Any) -> int:
        count: int = presentation.paid
        return count

    @admin.display(description="sin respuesta")
    def waiting_shown(self, presentation: Any) -> int:
        count: int = presentation.waiting
        return count
