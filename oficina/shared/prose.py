"""Long texts that the office writes, in Markdown (CommonMark): paragraphs, subtitles, lists, emphasis and links.

Two defences, so that a mistake in one is none on the page: the parser takes no HTML and no dangerous address, and what
it gives is cleaned of everything that a text of the office has no use for.
"""

from typing import Final

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_TAGS: Final = {"p", "br", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "blockquote", "hr"}
_SCHEMES: Final = {"http", "https", "mailto", "tel"}
_PARSER: Final = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["code", "image", "html_inline"])


def prose_html(text: str) -> SafeString:
    """HTML of a text. A blank line separates paragraphs, a line end stays one; `## ` opens a subtitle; `- `, a list.

    Markup in the text is shown, never obeyed; a link to something else than a page, a mail or a telephone is no link.
    """
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(max(int(token.tag[1]), 2), 4)}"  # the page's own title is its only h1
    html: str = _PARSER.renderer.render(tokens, _PARSER.options, {})
    cleaned = nh3.clean(
        html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes=_SCHEMES, link_rel="noopener noreferrer"
    )
    return mark_safe(cleaned.strip())  # noqa: S308  cleaned in the line above


def links_in(text: str) -> list[str]:
    """The addresses that a text links to, each once, in their order."""
    children = [child for token in _PARSER.parse(text) for child in token.children or []]
    addresses = [str(child.attrGet("href")) for child in children if child.type == "link_open"]
    return list(dict.fromkeys(addresses))
