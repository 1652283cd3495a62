"""A walk through screens that are each looked at: accessible, within the width, one heading, a title of their own."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.live.axe import violations
from tests.live.browsing import DESKTOP, PHONE

NARROWEST = 320
HEIGHT = 900

SAME_SCREEN = {"confirm_link": "link_account"}
"""An address that only takes a form, and shows the other's page again when the form is wrong."""

# What was changed just before is drawn after two frames.
_DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"

_TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > width + 0.5)
        .map((element) => element.outerHTML.slice(0, 120)).slice(0, 3);
}"""


@dataclass
class Tour:
    """Looks at what its page shows. `faults` says what was wrong, screen by screen."""

    page: Page
    faults: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    _titles: dict[str, str] = field(default_factory=dict)

    def see(self, path: str, url_name: str, state: str = "") -> None:
        """Go there and look."""
        self.page.goto(path)
        self.look(url_name, state)

    def look(self, url_name: str, state: str = "") -> None:
        """Look at the page that is open, which must be the one of that name. `state` tells its states apart."""
        screen = f"{url_name} ({state})" if state else url_name
        found = _name_of(self.page)
        if found != url_name:
            self.faults.append(f"{screen}: {self.page.url} is {found}")
            return
        self.seen.add(url_name)
        self.faults += [f"{screen}: {fault}" for fault in [*self._outline(url_name), *self._looks()]]

    def _outline(self, url_name: str) -> list[str]:
        faults = []
        title = self.page.title()
        screen = SAME_SCREEN.get(url_name, url_name)
        if self._titles.setdefault(title, screen) != screen:
            faults.append(f"has the title of {self._titles[title]}: {title}")
        if title.startswith(" ") or not title.endswith(" · Oficina Virtual · Aguas del Piedemonte"):
            faults.append(f"has the title {title!r}")
        headings = self.page.locator("h1").count()
        if headings != 1:
            faults.append(f"has {headings} h1")
        if self.page.locator("html").get_attribute("lang") != "es-AR":
            faults.append("does not say its language")
        return faults

    def _looks(self) -> list[str]:
        faults = []
        for width in (NARROWEST, PHONE, DESKTOP):
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            self.page.evaluate(_DRAWN)
            if wide := self.page.evaluate(_TOO_WIDE):
                faults.append(f"is wider than {width}: {wide}")
            if width != NARROWEST:
                for scheme in ("dark", "light"):
                    self.page.emulate_media(color_scheme=scheme)
                    self.page.evaluate(_DRAWN)
                    faults += [f"at {width}, {scheme}: {found}" for found in violations(self.page)]
        return faults


def _name_of(page: Page) -> str:
    try:
        return resolve(urlsplit(page.url).path).url_name or ""
    except Resolver404:
        return "404"
