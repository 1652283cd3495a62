"""What a customer writes about a map that is wrong."""

from django import forms

from tramites.models import LocationReport

_TEXT_LENGTH = LocationReport._meta.get_field("text").max_length


class LocationReportForm(forms.Form):
    """Where the property is, in their own words."""

    text = forms.CharField(
        label="¿Dónde está tu inmueble?",
        max_length=_TEXT_LENGTH,
        widget=forms.Textarea({"rows": 5}),
        help_text="Por ejemplo: la calle y el número, entre qué calles está, o qué hay al lado.",
        error_messages={
            "required": "Contanos con tus palabras dónde está.",
            "max_length": "Es demasiado largo: escribí hasta %(limit_value)d letras.",
        },
    )
