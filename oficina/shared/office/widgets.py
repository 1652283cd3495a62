"""The controls of the office's forms, where a field of the portal brings its own."""

from django import forms
from unfold.widgets import INPUT_CLASSES


def office_text(field: forms.Field) -> None:
    """Lets a text field of the portal look as the others of the office's forms."""
    field.widget.attrs["class"] = " ".join(INPUT_CLASSES)


def office_figure() -> forms.TextInput:
    """A control for a localized number: a browser empties one of type `number` that holds a comma."""
    return forms.TextInput({"class": " ".join(INPUT_CLASSES), "inputmode": "decimal", "autocomplete": "off"})
