"""Habits that every template keeps. The strict content security policy would refuse the first three in silence."""

import re
from pathlib import Path

import pytest

from oficina.configuration import ROOT

TEMPLATES = sorted(
    path
    for folder in ("templates", "oficina", "accounts", "billing", "adhesions", "payment_plans", "tramites")
    for path in (ROOT / folder).rglob("*.html")
    if "documents" not in path.parts and "mail" not in path.parts and "simulator" not in path.parts
)
FORBIDDEN = {
    "style attribute": re.compile(r"\sstyle=", re.IGNORECASE),
    "inline style": re.compile(r"<style", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "handler": re.compile(r"\son[a-z]+=", re.IGNORECASE),
    "htmx handler": re.compile(r"hx-on", re.IGNORECASE),
    "unescaped data": re.compile(r"\|\s*safe\b|autoescape off"),
    "address of another site": re.compile(r"""(src|action)=["'](https?:)?//"""),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_keeps_the_habits(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(text)] == []


OVERRULES_UNFOLD = "html[x-cloak] { display: block !important; }"
"""Unfold hides its pages with one of its own, which nothing else can overrule where no script takes it away."""


@pytest.mark.parametrize("path", sorted((ROOT / "static/css").glob("*.css")), ids=lambda path: path.name)
def test_important_is_for_utilities(path: Path) -> None:
    if path.name in {"utilities.css", "print.css"}:
        return
    text = path.read_text(encoding="utf-8")
    if path.name == "office.css":
        text = text.replace(OVERRULES_UNFOLD, "", 1)
    assert "!important" not in text


def test_every_component_is_used() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("templates", "oficina", "accounts", "billing", "adhesions", "payment_plans", "tramites")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".html", ".py"}
    )
    partials = [path.stem for path in (ROOT / "templates/components").glob("*.html")]
    unused = [name for name in partials if f'"{name}"' not in sources and f"components/{name}.html" not in sources]
    assert unused == []
