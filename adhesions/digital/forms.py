"""What a person fills in about the digital bill."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.html import format_html

from accounts.forms import TermsForm
from adhesions.digital.joining import Reminders
from adhesions.digital.planning import REMINDED_DAYS_BEFORE
from oficina.shared.dates import days_phrase


class JoinForm(TermsForm):
    """The terms of the digital bill and its reminders. The mail is the person's own, which they proved."""

    before_due = forms.BooleanField(
        label=f"Recordame {days_phrase(REMINDED_DAYS_BEFORE)} antes si no la pagué", required=False
    )
    when_overdue = forms.BooleanField(label="Avisame si queda vencida", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["terms"].label = format_html(
            'Leí y acepto los <a href="{}">términos de Factura digital</a>',
            reverse_lazy("terms", kwargs={"slug": "factura-digital"}),
        )

    def reminders(self) -> Reminders:
        """What was ticked."""
        given = self.cleaned_data
        return Reminders(before_due=given["before_due"], when_overdue=given["when_overdue"])
