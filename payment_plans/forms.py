"""What a person fills in to make a plan."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.html import format_html

from accounts.fields import DocumentField, MailField, PhoneField
from accounts.forms import TermsForm
from payment_plans.generating import PlanChoice


class PlanForm(TermsForm):
    """By which data they are found, the terms, and the choice as the page showed it: nobody accepts other amounts.

    `replaces` is the public id of the waiting plan that the page said would end.
    """

    document = DocumentField()
    phone = PhoneField()
    email = MailField()
    instalments = forms.IntegerField(widget=forms.HiddenInput)
    debt = forms.DecimalField(widget=forms.HiddenInput, max_digits=14, decimal_places=2)
    total = forms.DecimalField(widget=forms.HiddenInput, max_digits=14, decimal_places=2)
    replaces = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ["document", "phone", "email", "terms"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document"].label = "DNI, CUIT o CUIL de quien acepta"
        self.fields["terms"].label = format_html(
            'Reconozco la deuda y acepto las <a href="{}">condiciones de los planes de pago</a>',
            reverse_lazy("terms", kwargs={"slug": "plan-de-pago"}),
        )
        self.fields["terms"].error_messages["required"] = "Para hacer el plan tenés que aceptar las condiciones."

    @property
    def shows_a_choice(self) -> bool:
        """Whether it came from a page that showed one: what is wrong then is the person's to mend."""
        return not {"instalments", "debt", "total"} & self.errors.keys()

    def choice(self) -> PlanChoice:
        """What they were shown and chose."""
        given = self.cleaned_data
        return PlanChoice(instalments=given["instalments"], debt=given["debt"], total=given["total"])
