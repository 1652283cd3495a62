"""What the tags of the components share: rendering a partial, attributes, tones."""

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

TONES = ("", "info", "success", "warning", "danger")
"""What a colour means; none for what is only said."""

ALERT_ICONS = {
    "info": "information-circle",
    "success": "check-circle",
    "warning": "clock",
    "danger": "exclamation-circle",
}


def partial(component: str, /, **context: object) -> SafeString:
    """The partial of a component, without the line end of its file."""
    html = render_to_string(f"components/{component}.html", context)
    return mark_safe(html.strip())  # noqa: S308  a rendered template


def attributes_html(extra: dict[str, object]) -> SafeString:
    """Attributes as HTML, dashes for underscores. True is a bare attribute; False and None leave it out.

    Raises TemplateSyntaxError for styles and handlers, which the content security policy would refuse in silence.
    """
    kept = [(attribute_name(name), value) for name, value in extra.items() if value is not False and value is not None]
    for name, _value in kept:
        if name == "style" or name.startswith(("on", "hx-on")):
            raise template.TemplateSyntaxError(f"{name} would need a looser content security policy")
    return format_html_join("", "{}", ((_attribute(name, value),) for name, value in kept))


def _attribute(name: str, value: object) -> SafeString:
    return format_html(" {}", name) if value is True else format_html(' {}="{}"', name, str(value))


def attribute_name(keyword: str) -> str:
    """The attribute that a keyword argument of a tag means: `hx_get` is `hx-get`, `class_` is `class`."""
    return keyword.rstrip("_").replace("_", "-")


def known_tone(tone: str) -> str:
    """The tone. Raises TemplateSyntaxError when there is none of that name."""
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"There is no tone {tone!r}: one of {', '.join(TONES[1:])}")
    return tone
