"""What a person fills in about the digital bill."""

from typing import Any, Final, Self

from django import forms
from django.conf import settings
from django.urls import reverse_lazy
from django.utils.html import format_html

from accounts.fields import MailField
from accounts.forms import TermsForm
from adhesions.digital.reminding import Reminders
from adhesions.models import DigitalBilling
from oficina.shared.dates import days_phrase

CODE_COMES: Final = "Si no es el mail con el que ingresás, te mandamos un código para confirmarlo."


class RemindersForm(forms.Form):
    """What else one wants to be mailed about an unpaid bill."""

    before_due = forms.BooleanField(required=False)
    when_overdue = forms.BooleanField(label="Avisame si queda vencida", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ahead = days_phrase(settings.UTILITY.bill_reminder_days)
        self.fields["before_due"].label = f"Recordame {ahead} antes si no la pagué"

    @classmethod
    def of(cls, adhesion: DigitalBilling) -> Self:
        """As they are ticked now."""
        return cls(initial={"before_due": adhesion.reminds_before_due, "when_overdue": adhesion.reminds_when_overdue})

    def reminders(self) -> Reminders:
        """What was ticked."""
        given = self.cleaned_data
        return Reminders(before_due=given["before_due"], when_overdue=given["when_overdue"])


class DigitalTermsForm(TermsForm):
    """The terms of the digital bill."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["terms"].label = format_html(
            'Leí y acepto los <a href="{}">términos de Factura digital</a>',
            reverse_lazy("terms", kwargs={"slug": "factura-digital"}),
        )


class JoinForm(RemindersForm, DigitalTermsForm):
    """Another mail than the person's own, which they proved, its reminders, and the terms."""

    email = MailField(label="Otro mail", hint=CODE_COMES, autocomplete="off")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = False


class ChangeMailForm(DigitalTermsForm):
    """Where else the bills of an adhesion are to go."""

    email = MailField(label="Mail nuevo", hint=CODE_COMES, autocomplete="off")

    def __init__(self, *args: Any, adhesion: DigitalBilling, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._adhesion = adhesion
        self.fields["email"].error_messages["required"] = "Escribí el mail nuevo."

    def clean_email(self) -> str:
        """Raises ValidationError when they go there already."""
        email: str = self.cleaned_data["email"]
        if email == self._adhesion.email:
            raise forms.ValidationError("Las facturas ya van a ese mail. Escribí otro.", code="same")
        return email
