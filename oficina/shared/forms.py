"""How every form of the portal is rendered, and the controls that Django does not bring."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.forms import MultiWidget, TextInput
from django.forms.renderers import TemplatesSetting
from django.utils.datastructures import MultiValueDict

SEPARATOR = "-"


class PortalRenderer(TemplatesSetting):
    """Django's renderer with the portal's field and form partials, so that a form of any app looks like ours."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


class BoxesWidget(MultiWidget):
    """A long number in one box per segment (`boxes`), as bills print it.

    Its value is one text: the segments joined by dashes, or whatever was pasted whole into the first box. The first
    box takes the whole number because without a script a paste stays where it was made.
    """

    template_name = "components/boxes.html"
    use_fieldset = True

    def __init__(self, segments: Sequence[int], attrs: dict[str, Any] | None = None) -> None:
        self.segments = tuple(segments)
        whole = sum(self.segments) + len(self.segments) - 1
        widgets = [
            TextInput(
                {
                    "class": f"boxes__box boxes__box--{digits}",
                    "aria-label": label,
                    "inputmode": "numeric",
                    "autocomplete": "off",
                    "maxlength": str(whole + 4 if index == 0 else digits),
                    "data-digits": str(digits),
                }
            )
            for index, (digits, label) in enumerate(zip(self.segments, self._labels(), strict=True))
        ]
        super().__init__(widgets, attrs)

    def _labels(self) -> list[str]:
        last = len(self.segments) - 1
        return [_segment_label(digits, first=i == 0, last=i == last) for i, digits in enumerate(self.segments)]

    def use_required_attribute(self, initial: Any) -> bool:  # noqa: ARG002  Django's signature
        """Never: a whole number in the first box leaves the others empty, and the browser would refuse it."""
        return False

    def decompress(self, value: str | None) -> list[str]:
        """The value back in its boxes: by its dashes when they match, else by counting digits."""
        if not value:
            return ["" for _ in self.segments]
        parts = value.split(SEPARATOR)
        if len(parts) == len(self.segments):
            return parts
        digits = "".join(character for character in value if character.isdigit())
        if len(digits) != sum(self.segments):
            return [value, *("" for _ in self.segments[1:])]
        boxes = []
        for length in self.segments:
            boxes.append(digits[:length])
            digits = digits[length:]
        return boxes

    def value_from_datadict(  # type: ignore[override]  # one text: what CharField and the act read
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> str:
        """The boxes as one text, empty when all of them are."""
        parts = [str(part or "").strip() for part in super().value_from_datadict(data, files, name)]
        if not any(parts):
            return ""
        if not any(parts[1:]):
            return parts[0]
        return SEPARATOR.join(parts)


def _segment_label(digits: int, *, first: bool, last: bool) -> str:
    """What a screen reader says of one box: `Primeros 3 números`, `Los 7 números siguientes`, `Último número`."""
    if first:
        return "Primer número" if digits == 1 else f"Primeros {digits} números"
    if last:
        return "Último número" if digits == 1 else f"Últimos {digits} números"
    return "El número siguiente" if digits == 1 else f"Los {digits} números siguientes"
