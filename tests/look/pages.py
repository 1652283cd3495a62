"""What tests look for in the HTML of a page."""

import re

_HREF = re.compile(r'<a [^>]*href="([^"#?]+)[^"]*"')


def links_of(html: str) -> set[str]:
    """The addresses of this site that a page links to, without their parameters."""
    return {href for href in _HREF.findall(html) if href.startswith("/")}
