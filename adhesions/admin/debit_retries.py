"""On which days a card that was declined is tried again."""

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from adhesions.models import DebitRetry
from oficina.shared.office.records import OfficeAdmin

_LAST_DAY = 60


class RetryForm(forms.ModelForm[DebitRetry]):
    """A day of the schedule."""

    class Meta:
        model = DebitRetry
        fields = ("days_after",)
        labels = {"days_after": "Días después de la fecha avisada"}
        help_texts = {"days_after": "Por ejemplo, 3: el débito del día 10 que la tarjeta rechazó se intenta el 13."}
        error_messages = {"days_after": {"unique": "Ese reintento ya está."}}

    def clean_days_after(self) -> int:
        """Raises ValidationError, in words, for what the database refuses too."""
        days: int = self.cleaned_data["days_after"]
        if not 1 <= days <= _LAST_DAY:
            raise forms.ValidationError(f"Elegí entre 1 y {_LAST_DAY} días.", code="out_of_range")
        return days


@admin.register(DebitRetry)
class DebitRetryAdmin(OfficeAdmin[DebitRetry]):
    """The schedule that debits follow from the next refusal on; what waits for a day that was told keeps it."""

    form = RetryForm
    list_display = ("day_shown",)
    ordering = ("days_after",)
    search_fields = ()
    list_before_template = "admin/debit_retries.html"

    def found_by(self, typed: str) -> Q:  # noqa: ARG002  there is no box to type in
        return Q()

    def has_delete_permission(self, request: HttpRequest, obj: DebitRetry | None = None) -> bool:  # noqa: ARG002  Django's signature
        """Whoever was given it: no row points to one of these."""
        return request.user.has_perm("adhesions.delete_debitretry")

    @admin.display(description="cuándo se intenta de nuevo")
    def day_shown(self, retry: DebitRetry) -> str:
        return "Al día siguiente de la fecha avisada" if retry.days_after == 1 else f"{retry} de la fecha avisada"
