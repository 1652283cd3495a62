"""The components of `docs/components.md` that only show values, each a tag over one partial of `templates/components/`.

Keyword arguments that a tag does not know become attributes of its element.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import heroicons
from django import template
from django.core.paginator import Page
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from oficina.shared.charts import Chart
from oficina.shared.maps import Map
from oficina.shared.money import figure, pesos
from oficina.shared.partials import attributes_html, known_tone, partial

register = template.Library()

BADGE_ICONS = {
    "": "x-mark",
    "info": "ellipsis-horizontal",
    "success": "check",
    "warning": "clock",
    "danger": "exclamation-triangle",
}


@lru_cache(maxsize=256)
def _icon_paths(name: str) -> SafeString:
    """The paths of a heroicon of the outline set, without the strokes, which come from the style sheet."""
    svg = heroicons._load_icon("outline", name)  # noqa: SLF001  its public tags carry sizes and strokes of their own
    return format_html_join("", '<path d="{}"/>', ((path.attrib["d"],) for path in svg.iter("path")))


@register.simple_tag
def icon(name: str, *, size: str = "", class_: str = "", label: str = "", **extra: Any) -> SafeString:
    """A heroicon. Decorative, unless `label` names what it says."""
    classes = " ".join(filter(None, ["icon", f"icon--{size}" if size else "", class_ or extra.pop("class", "")]))
    svg = format_html('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', classes, _icon_paths(name))
    return format_html('{}<span class="visually-hidden">{}</span>', svg, label) if label else svg


@register.simple_tag
def amount(value: Decimal, *, size: str = "", **extra: Any) -> SafeString:
    """Money that never breaks over two lines. Sizes: l, xl, hero (the sign small)."""
    classes = f"amount amount--{size}" if size else "amount"
    if size == "hero":
        sign = "-$" if value < 0 else "$"
        return format_html(
            '<span class="{}"{}><span class="amount__sign">{}\N{NO-BREAK SPACE}</span>{}</span>',
            classes,
            attributes_html(extra),
            sign,
            figure(abs(value)),
        )
    return format_html('<span class="{}"{}>{}</span>', classes, attributes_html(extra), pesos(value))


@register.simple_tag
def badge(words: object, *, tone: str = "", icon: str = "") -> SafeString:
    """A state in words, with its icon."""
    return partial("badge", words=words, tone=known_tone(tone), icon=icon or BADGE_ICONS[tone])


@register.simple_tag
def mark(name: str, *, on: bool, state: str, href: str = "") -> SafeString:
    """A green tick or a red cross in a list, always with its word. `href`: the page that asks whether to change it."""
    return partial("mark", name=name, on=on, state=state, href=href)


@register.simple_tag
def button(
    label: object,
    *,
    href: str = "",
    variant: str = "",
    icon: str = "",
    small: bool = False,
    square: bool = False,
    **extra: Any,
) -> SafeString:
    """A link when it has `href`, else a submit button. Variants: secondary, danger, quiet. Square: the icon alone."""
    if not href:
        extra.setdefault("type", "submit")
    return partial(
        "button",
        label=label,
        href=href,
        variant=variant,
        icon=icon,
        small=small,
        square=square,
        detail=extra.pop("detail", ""),
        attributes=attributes_html(extra),
    )


@register.simple_tag
def check(
    name: str, value: object, *, label: str, checked: bool = False, bare: bool = True, **extra: Any
) -> SafeString:
    """A checkbox outside a form class, as in the rows of a table. Bare: its label is only heard."""
    return partial(
        "check", name=name, value=str(value), label=label, checked=checked, bare=bare, attributes=attributes_html(extra)
    )


@register.simple_tag
def checklist(lines: Sequence[str]) -> SafeString:
    """What has to be brought, in the office's words (`prose`). On paper each line has a box to tick."""
    return partial("checklist", lines=lines)


@register.simple_tag
def fact(name: str, value: object, *, strong: bool = False) -> SafeString:
    """One name and its value, inside `facts`. An empty value is left out."""
    return partial("fact", name=name, value=value, strong=strong) if value not in {None, ""} else SafeString("")


@register.simple_tag
def empty(  # noqa: PLR0913  what is missing, why and the way on
    title: str,
    text: object = "",
    *,
    href: str = "",
    action: str = "",
    level: int = 2,
    art: str = "",
    main: bool = False,
) -> SafeString:
    """Nothing here yet, and what to do. `art` names a drawing; `main` makes the button the page's principal one."""
    return partial(
        "empty",
        title=title,
        text=text,
        href=href,
        action=action,
        heading=f"h{level}",
        art=f"components/art_{art}.html" if art else "",
        main=main,
    )


@register.simple_tag
def paybar(
    *, chosen: int, total: Decimal, label: str = "Pagar", noun: str = "factura", nouns: str = "facturas"
) -> SafeString:
    """What is selected, its total and the button; last in its form. The script keeps it in step with the boxes."""
    return partial("paybar", chosen=chosen, total=total, label=label, noun=noun, nouns=nouns)


@register.simple_tag
def progress(value: int, maximum: int, *, label: str, words: str = "") -> SafeString:
    """How much is done of a known whole."""
    return partial("progress", value=str(value), maximum=str(maximum), label=label, words=words)


@register.simple_tag
def total(name: str, value: Decimal, *, note: str = "") -> SafeString:
    """The line that sums, at the end of a panel."""
    return partial("total", name=name, value=value, note=note)


@register.simple_tag
def stepper(*names: str, current: int, label: str, back: str = "") -> SafeString:
    """Where one is in a task, from 1. `back` is the address of the step before."""
    steps = [(name, number < current, number == current) for number, name in enumerate(names, start=1)]
    return partial("stepper", steps=steps, label=label, back=back, previous=names[current - 2] if current > 1 else "")


@register.simple_tag
def receipt(  # noqa: PLR0913  the head of a payment says this much
    *,
    line: str,
    title: str,
    value: Decimal,
    note: str = "",
    state: str,
    tone: str,
    icon: str = "",
    heading_id: str,
    level: int = 1,
) -> SafeString:
    """Head of a payment: number and day, state, what happened, how much, of what."""
    return partial(
        "receipt",
        line=line,
        title=title,
        value=value,
        note=note,
        state=state,
        tone=known_tone(tone),
        icon=icon,
        heading_id=heading_id,
        heading=f"h{level}",
    )


@register.simple_tag
def chart(drawing: Chart) -> SafeString:
    """Bars by period (`oficina.shared.charts`). The page puts the same figures in a table behind a disclosure."""
    return partial("chart", chart=drawing)


@register.simple_tag
def map(drawing: Map) -> SafeString:  # noqa: A001  the tag's name
    """A map (`oficina.shared.maps`). Its page includes `map_styles` and, for one that moves, `map_scripts`."""
    return partial("map", map=drawing)


@register.simple_tag
def search(  # noqa: PLR0913  the words of its three parts
    *,
    action: str,
    label: str,
    field_label: str,
    placeholder: str = "",
    value: str = "",
    id: str = "q",  # noqa: A002  it is the HTML attribute
    compact: bool = False,
) -> SafeString:
    """A search box with its button; the words travel as `q`."""
    return partial(
        "search",
        action=action,
        label=label,
        field_label=field_label,
        placeholder=placeholder,
        value=value,
        id=id,
        compact=compact,
    )


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: template.Context, page: Page[Any], *, label: str = "Páginas") -> dict[str, object]:
    """The pages of a list. Keeps the filters of the address and changes only `pagina`."""
    pages = list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
    return {
        "request": context["request"],
        "page": page,
        "pages": pages,
        "label": label,
        "elided": page.paginator.ELLIPSIS,
    }


@register.simple_tag
def tab(label: str, *, href: str, current: bool = False) -> SafeString:
    """One entry of `tabs`."""
    return partial("tab", label=label, href=href, current=current)


@register.simple_tag
def table_head(*columns: str) -> SafeString:
    """The heads of a table. `Importe|end` aligns with the figures; `Elegir|select` and `PDF|action` are only heard."""
    heads = [(name, kind) for name, _, kind in (column.partition("|") for column in columns)]
    return partial("table_head", heads=heads)
