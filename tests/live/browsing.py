"""A real Chromium, and pages that tell when something broke in them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.live.portal import Portal

SCHEMES: Final[tuple[Literal["dark"], Literal["light"]]] = ("dark", "light")
PHONE = 390
DESKTOP = 1280
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """The system's Chromium. While it runs, nothing else in this process may run an event loop."""
    path = next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)
    if path is None:
        raise RuntimeError("There is no Chromium: `make test` brings it.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield chromium
        chromium.close()


@dataclass
class Visits:
    """Opens the portal as different people see it, and keeps what their browsers complained about."""

    chromium: Browser
    portal: Portal
    complaints: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self, path: str = "/", *, width: int = DESKTOP, dark: bool = False, javascript: bool = True, axe: bool = False
    ) -> Page:
        """A page of a new person, without cookies. `axe` lets the test bring that script past the policy."""
        context = self.chromium.new_context(
            base_url=self.portal.base_url,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            locale="es-AR",
            timezone_id="America/Argentina/Mendoza",
            reduced_motion="reduce",
            bypass_csp=axe,
        )
        self._contexts.append(context)
        context.set_default_timeout(15_000)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        page = context.new_page()
        page.goto(path)
        return page

    def close(self) -> None:
        """Close every page, so that nothing is asked of the portal any more."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")


def office_in_colours(page: Page, scheme: Literal["dark", "light"]) -> None:
    """The office's page for whoever chose these colours: Unfold asks what the system prefers only while it loads."""
    page.evaluate("scheme => Alpine.$data(document.documentElement).switchTheme(scheme)", scheme)
    page.wait_for_function("scheme => document.documentElement.classList.contains(scheme)", arg=scheme)
