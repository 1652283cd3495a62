"""What late bills cost."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from billing.models import LateInterestPolicy
from oficina.shared.dates import today
from oficina.shared.office.records import OfficeAdmin
from oficina.shared.office.widgets import office_figure


class PolicyForm(forms.ModelForm[LateInterestPolicy]):
    """The rates as fractions, as the law's formula has them."""

    class Meta:
        model = LateInterestPolicy
        fields = ("valid_from", "daily_rate", "monthly_cap")
        localized_fields = ("daily_rate", "monthly_cap")  # with a comma, as people here write
        widgets: ClassVar = {name: office_figure() for name in localized_fields}
        help_texts = {
            "daily_rate": "Fracción por día: 0,0007 es 0,07 %.",
            "monthly_cap": "Fracción por 30 días: una vez y media la tasa pasiva del Banco Nación.",
        }

    def clean_valid_from(self) -> date:
        """Raises ValidationError for a day that already has its price."""
        begins: date = self.cleaned_data["valid_from"]
        if begins <= today() and LateInterestPolicy.objects.exists():
            raise forms.ValidationError("Elegí una fecha desde mañana: hoy ya tiene su precio.", code="past")
        return begins

    def clean(self) -> dict[str, Any]:
        """Says the legal cap in words; the database holds it too."""
        given = super().clean() or self.cleaned_data
        rate, cap = given.get("daily_rate"), given.get("monthly_cap")
        if rate is not None and rate < 0:
            self.add_error("daily_rate", "La tasa no puede ser negativa.")
        if rate is not None and cap is not None and rate * 30 > cap:
            self.add_error("daily_rate", "Por 30 días supera el tope mensual.")
        return given


@admin.register(LateInterestPolicy)
class LateInterestPolicyAdmin(OfficeAdmin[LateInterestPolicy]):
    """A policy that has begun priced bills that people have seen: a change of rate is a new policy."""

    form = PolicyForm
    list_display = ("valid_from", "daily_shown", "cap_shown")
    ordering = ("-valid_from",)
    search_fields = ()

    def found_by(self, typed: str) -> Q:  # noqa: ARG002  there is no box to type in
        return Q()

    def has_change_permission(self, request: HttpRequest, obj: LateInterestPolicy | None = None) -> bool:
        """One that has not begun."""
        return (obj is None or obj.valid_from > today()) and request.user.has_perm("billing.change_lateinterestpolicy")

    def has_delete_permission(self, request: HttpRequest, obj: LateInterestPolicy | None = None) -> bool:
        """One that has not begun."""
        return (
            obj is not None and obj.valid_from > today() and request.user.has_perm("billing.delete_lateinterestpolicy")
        )

    @admin.display(description="tasa diaria")
    def daily_shown(self, policy: LateInterestPolicy) -> str:
        return _per_cent(policy.daily_rate * 100)

    @admin.display(description="tope mensual")
    def cap_shown(self, policy: LateInterestPolicy) -> str:
        return _per_cent(policy.monthly_cap * 100)


def _per_cent(value: Any) -> str:
    return f"{value.normalize():f} %".replace(".", ",")
