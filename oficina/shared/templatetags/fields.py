"""The fields of a form and the summary of its errors, as `docs/components.md` lists them."""

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, Field, RadioSelect
from django.forms.forms import BaseForm
from django.utils.safestring import SafeString

from oficina.shared.partials import partial

register = template.Library()


@register.simple_tag
def control(field: BoundField, *, size: str = "", **extra: Any) -> SafeString:
    """The bare control of a field with the classes of the system. Sizes: s, m."""
    box = isinstance(field.field.widget, CheckboxInput)
    base = "check__input" if box else f"input input--{size}" if size else "input"
    own = field.field.widget.attrs.get("class", "")
    attributes = {name.rstrip("_").replace("_", "-"): value for name, value in extra.items()}
    return field.as_widget(attrs={"class": f"{base} {own}".strip(), **attributes})


@register.simple_tag
def field(
    bound: BoundField, *, size: str = "", optional: bool = True, layout: str = "", grow: bool = False
) -> SafeString:
    """Label, hint, error and control of a form field, joined for a screen reader. Layout `choices`: radios as cards."""
    return bound.render(
        "components/field.html", field_context(bound, size=size, optional=optional, layout=layout, grow=grow)
    )


@register.simple_tag
def field_parts(bound: BoundField, size: str = "", layout: str = "") -> dict[str, object]:
    """What `components/field.html` asks of a field that came by `as_field_group`."""
    return field_context(bound, size=size, optional=True, layout=layout, grow=False)


def field_context(bound: BoundField, *, size: str, optional: bool, layout: str, grow: bool) -> dict[str, object]:
    """The context of `components/field.html`."""
    widget = bound.field.widget
    grouped = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    if grouped:
        widget.attrs["class"] = "check__input"
    kind = "group" if grouped else "check" if isinstance(widget, CheckboxInput) else "control"
    return {
        "field": bound,
        "kind": kind,
        "size": size,
        "optional": optional and not bound.field.required,
        "layout": layout,
        "grow": grow,
    }


@register.simple_tag
def form_summary(form: BaseForm) -> SafeString:
    """Every error of a form with a link to its field. It takes the focus when the page opens."""
    if not form.is_bound or not form.errors:
        return SafeString("")
    wrong = [(_first_control(bound), _error_by_itself(bound)) for bound in form if bound.errors and not bound.is_hidden]
    hidden = [error for bound in form.hidden_fields() for error in bound.errors]
    return partial("summary", wrong=wrong, general=[*form.non_field_errors(), *hidden], count=len(wrong))


def _error_by_itself(bound: BoundField) -> str:
    """The first error of a field as it reads far from the field: the general ones do not say which datum is missing."""
    error = str(bound.errors[0])
    general = {str(message) for message in Field.default_error_messages.values()}
    return f"{bound.label}: {error[0].lower()}{error[1:]}" if error in general else error


def _first_control(bound: BoundField) -> str:
    """The id of the control that an error leads to; of a group, its first one."""
    return bound.id_for_label or f"{bound.auto_id}_0"
