"""Each day of the provider's books beside ours: what came, what it cost, what reached the bank, what is explained."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Count, DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import reverse

from billing.admin.search import day_typed
from billing.models import Discrepancy, ProviderDay, ProviderMovement, ProviderPayout
from billing.reconciliation.days import bounds
from oficina.shared.dates import short_date
from oficina.shared.money import pesos
from oficina.shared.office.columns import NOTHING, pesos_column
from oficina.shared.office.records import ReadOnlyAdmin

_COLOURS = {"agrees": "success", "explained": "info", "open": "danger"}
_SITUATIONS = {"agrees": "Coincide", "explained": "Explicada", "open": "Sin explicar"}


class DifferingFilter(admin.SimpleListFilter):
    """Days that somebody has to look at."""

    title = "situación"
    parameter_name = "situacion"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return [("sin-explicar", "Sin explicar"), ("no-coincide", "No coincide")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ProviderDay]) -> QuerySet[ProviderDay]:  # noqa: ARG002  Django's signature
        match self.value():
            case "sin-explicar":
                return queryset.filter(pk__in=ProviderDay.objects.unexplained().values("pk"))
            case "no-coincide":
                return queryset.filter(pk__in=ProviderDay.objects.differing().values("pk"))
        return queryset


@dataclass(frozen=True, kw_only=True)
class Side:
    """One amount of a day as each side tells it, in pesos."""

    name: str
    theirs: Decimal
    ours: Decimal

    @property
    def difference(self) -> Decimal:
        """What the provider tells beyond the ledger."""
        return self.theirs - self.ours


def sides_of(day: ProviderDay) -> list[Side]:
    """The amounts that both sides know."""
    return [
        Side(name="Cobrado", theirs=day.gross, ours=day.our_received),
        Side(name="Devuelto", theirs=day.refunds, ours=day.our_refunds),
        Side(name="Devoluciones que volvieron", theirs=day.refunds_returned, ours=day.our_refunds_returned),
        Side(name="Reclamado al banco", theirs=day.disputes, ours=day.our_disputes),
        Side(name="Reclamos ganados", theirs=day.disputes_reinstated, ours=day.our_disputes_reinstated),
    ]


@admin.register(ProviderDay)
class ProviderDayAdmin(ReadOnlyAdmin[ProviderDay]):
    """Each day as it was when both sides were last compared."""

    list_display = (
        "day_shown", "gross_shown", "fees_shown", "net_shown", "payouts_shown", "bank_shown", "theirs_shown",
        "ours_shown", "situation_shown",
    )  # fmt: skip
    list_filter = (DifferingFilter,)
    ordering = ("-day",)
    search_help_text = "Una fecha, por ejemplo 24/11/2026"
    fields = readonly_fields = ("day_shown", "source", "checked_at")
    change_form_outer_before_template = "admin/provider_day.html"
    gross_shown = pesos_column("gross", "cobrado")
    fees_shown = pesos_column("fees", "comisiones")
    net_shown = pesos_column("net", "neto")
    payouts_shown = pesos_column("payouts", "transferido")
    theirs_shown = pesos_column("theirs", "total del proveedor")
    ours_shown = pesos_column("ours", "total nuestro")

    def found_by(self, typed: str) -> Q:
        return day_typed(typed)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProviderDay]:
        """Each with whether it is explained, and with what the bank showed of its payouts."""
        findings = Discrepancy.objects.filter(provider_days=OuterRef("pk"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                has_findings=Exists(findings),
                has_open=Exists(findings.filter(resolved_at=None)),
                bank_total=_of_payouts(Sum("bank_amount")),
                bank_missing=_of_payouts(Count("pk", filter=Q(bank_amount=None))),
            )
        )

    @admin.display(description="día")
    def day_shown(self, row: ProviderDay) -> str:
        return short_date(row.day)

    @admin.display(description="acreditado")
    def bank_shown(self, row: Any) -> str:
        return bank_words(row.bank_total, row.bank_missing)

    bank_shown.formatting = "price"  # type: ignore[attr-defined]  # what Unfold reads to set it to the right

    @admin.display(description="situación")
    def situation_shown(self, row: Any) -> tuple[str, str]:
        situation = situation_of(row)
        return situation, _SITUATIONS[situation]

    situation_shown.label = _COLOURS  # type: ignore[attr-defined]  # what Unfold reads to colour it

    def about(self, request: HttpRequest, row: Any) -> Mapping[str, object]:  # noqa: ARG002  whoever reads may read all
        """Both sides, the movements, the payouts and the findings of the day."""
        listed = reverse("admin:billing_providermovement_changelist")
        return {
            "situation": _SITUATIONS[situation_of(row)],
            "sides": sides_of(row),
            "movements": ProviderMovement.objects.filter(source=row.source, day=row.day).count(),
            "movements_address": f"{listed}?q={short_date(row.day)}",
            "payouts": payouts_of(row.source, row.day),
            "findings": row.findings.select_related("payment", "resolved_by").defer("payment__request").order_by("pk"),
        }


def situation_of(row: Any) -> str:
    """`agrees`, `explained` or `open`, of a day as this page lists it: `ProviderDayQuerySet.unexplained` row by row."""
    if row.has_open or (row.differs and not row.has_findings):
        return "open"
    return "explained" if row.differs else "agrees"


def bank_words(total: Decimal | None, missing: int | None) -> str:
    """What the bank showed of a day's payouts, and of how many nobody has written it down."""
    if not missing:
        return NOTHING if total is None else pesos(total)
    return "Sin anotar" if total is None else f"{pesos(total)}, falta {missing}"


def payouts_of(source: str, day: date) -> QuerySet[ProviderPayout]:
    """What the provider sent to the bank on a local day."""
    since, until = bounds(day)
    sent = ProviderPayout.objects.filter(source=source, sent_at__gte=since, sent_at__lt=until)
    return sent.select_related("bank_seen_by").order_by("sent_at")


def _of_payouts(total: Sum | Count) -> Subquery:
    """A total over the payouts sent on the local day of the row. The rough bounds let the database use its index."""
    midnight = Cast(OuterRef("day"), DateTimeField())
    sent = ProviderPayout.objects.filter(
        source=OuterRef("source"),
        sent_at__gte=midnight,
        sent_at__lt=midnight + timedelta(days=2),
        sent_at__date=OuterRef("day"),
    )
    return Subquery(sent.order_by().values("source").annotate(total=total).values("total"))
