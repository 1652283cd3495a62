"""The components of `docs/components.md` that wrap markup, each a block tag over one partial."""

from decimal import Decimal
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from oficina.shared.partials import ALERT_ICONS, attributes_html, known_tone, partial

register = template.Library()

STEP_ICONS = {"": "", "done": "check", "now": "ellipsis-horizontal", "failed": "x-mark"}


@register.simple_block_tag
def alert(content: str, title: str = "", *, tone: str = "info", icon: str = "", **extra: Any) -> SafeString:
    """What happened and what comes next. `role="status"` or `"alert"` when it answers an act."""
    return partial(
        "alert",
        content=content,
        title=title,
        tone=known_tone(tone),
        icon=icon or ALERT_ICONS[tone],
        attributes=attributes_html(extra),
    )


@register.simple_block_tag
def panel(  # noqa: PLR0913  the parts of a panel's head
    content: str,
    title: str = "",
    *,
    id: str = "",  # noqa: A002  it is the HTML attribute
    level: int = 2,
    aside: object = "",
    edge: str = "",
    hidden_title: bool = False,
    tag: str = "section",
    **extra: Any,
) -> SafeString:
    """One subject. The content brings its own `panel__body`, table, `panel__foot`; `id` is the heading's."""
    return partial(
        "panel",
        content=content,
        title=title,
        id=id,
        heading=f"h{level}",
        aside=aside,
        edge=known_tone(edge),
        hidden_title=hidden_title,
        tag=tag,
        attributes=attributes_html(extra),
    )


@register.simple_block_tag
def disclosure(content: str, title: str, *, row: bool = False, open: bool = False) -> SafeString:  # noqa: A002
    """Details that open, without a script."""
    return partial("disclosure", content=content, title=title, row=row, open=open)


@register.simple_block_tag
def due(content: str, label: str, value: Decimal, *, tone: str, icon: str = "") -> SafeString:
    """The amount that matters, the largest thing on Inicio."""
    return partial(
        "due", content=content, label=label, value=value, tone=known_tone(tone), icon=icon or ALERT_ICONS[tone]
    )


@register.simple_block_tag
def facts(content: str, *, pairs: bool = False) -> SafeString:
    """Names and values, in columns or in pairs."""
    return partial("facts", content=content, pairs=pairs)


@register.simple_block_tag
def filters(content: str, *, action: str, label: str, search: bool = False, clear: str = "") -> SafeString:
    """What a list shows: a GET form whose fields stay in the address. `clear` is the address without filters."""
    return partial("filters", content=content, action=action, label=label, search=search, clear=clear)


@register.simple_block_tag
def tabs(content: str, *, label: str) -> SafeString:
    """Entries of one section, as links."""
    return partial("tabs", content=content, label=label)


@register.simple_block_tag
def table(
    content: str,
    *,
    labelledby: str = "",
    select: bool = False,
    dense: bool = False,
    wide: bool = False,
    caption: str = "",
) -> SafeString:
    """Rows on a wide screen, cards on a narrow one. Rows and cells bring roles, since cards lose the native ones."""
    return partial(
        "table", content=content, labelledby=labelledby, select=select, dense=dense, wide=wide, caption=caption
    )


@register.simple_block_tag
def timeline(content: str) -> SafeString:
    """What happened, what is happening, what is left."""
    return partial("timeline", content=content)


@register.simple_block_tag
def step(
    content: str, name: str, *, state: str = "", detail: object = "", icon: str = "", number: int | None = None
) -> SafeString:
    """One step of a timeline. States: done, now, failed, or none while it is to come. A `number` replaces the icon."""
    return partial(
        "step",
        content=content,
        name=name,
        state=state,
        detail=detail,
        icon=icon or STEP_ICONS[state],
        number="" if number is None else str(number),
    )


@register.simple_block_tag(takes_context=True)
def confirm(  # noqa: PLR0913  a question, its two answers and where they lead
    context: template.Context,
    content: str,
    title: str,
    *,
    yes: str,
    no: str = "No, volver",
    back: str,
    action: str = "",
    danger: bool = False,
) -> SafeString:
    """A question before an act: a page of its own, shown in a window when a link with `data-dialog` leads to it."""
    request = context.get("request")
    return render_to_string(
        "components/confirm.html",
        {
            "content": content,
            "title": title,
            "yes": yes,
            "no": no,
            "back": back,
            "action": action,
            "danger": danger,
        },
        request=request,
    )
