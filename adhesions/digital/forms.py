"""What a person fills in about the digital bill."""

from typing import Any

from django.urls import reverse_lazy
from django.utils.html import format_html

from accounts.forms import TermsForm


class JoinForm(TermsForm):
    """The acceptance of the terms of the digital bill. The mail is the person's own, which they proved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["terms"].label = format_html(
            'Leí y acepto los <a href="{}">términos de Factura digital</a>',
            reverse_lazy("terms", kwargs={"slug": "factura-digital"}),
        )
