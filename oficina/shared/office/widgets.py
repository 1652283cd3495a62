"""The controls of the office's forms, where a field of the portal brings its own."""

from django import forms
from unfold.widgets import INPUT_CLASSES


def office_text(field: forms.Field) -> None:
    """Lets a text field of the portal look as the others of the office's forms."""
    field.widget.attrs["class"] = " ".join(INPUT_CLASSES)
