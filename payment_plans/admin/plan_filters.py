"""Which plans the office wants to see."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from billing.models import Invoice
from oficina.shared.dates import today
from payment_plans.models import PaymentPlan


class LateFilter(admin.SimpleListFilter):
    """Plans in force that somebody is behind with."""

    title = "atraso"
    parameter_name = "atraso"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return [("con", "Con cuotas vencidas"), ("sin", "Vigentes y al día")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[PaymentPlan]) -> QuerySet[PaymentPlan]:  # noqa: ARG002  Django's signature
        overdue = Exists(Invoice.objects.overdue(on=today()).filter(plan_instalment__plan=OuterRef("pk")))
        running = queryset.filter(pk__in=PaymentPlan.objects.in_force().values("pk"))
        match self.value():
            case "con":
                return running.filter(overdue)
            case "sin":
                return running.exclude(overdue)
        return queryset
