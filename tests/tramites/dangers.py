"""What somebody of the office might paste, and whether a page obeys it."""

from html.parser import HTMLParser

ATTACKS = (
    "<script>alert(1)</script>", "[acá](javascript:alert(1))", '<img src=x onerror="alert(1)">',
    '"><svg onload=alert(1)>',
)  # fmt: skip


class Dangers(HTMLParser):
    """Scripts without an address, handlers and script links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"svg", "img"} and ("onload" in given or "onerror" in given):
            self.found.append(tag)
        if tag == "script" and not given.get("src"):
            self.found.append("script")
        self.found += [f"{tag} {name}" for name, value in attrs if name.startswith("on")]
        self.found += [f"{tag} {value}" for _name, value in attrs if (value or "").strip().startswith("javascript:")]
