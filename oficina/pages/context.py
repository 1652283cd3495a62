"""What every page shows around its content: the account in hand and the menus."""

from functools import cached_property

from django.http import HttpRequest
from django.urls import reverse

from accounts.access import last_managed_link
from accounts.models import AccountLink, User
from oficina.pages import navigation as places
from oficina.pages.switcher import OtherAccount, other_accounts
from oficina.shared.dates import today
from tramites.help.screens import screen_of


def navigation(request: HttpRequest) -> dict[str, object]:
    """The switcher and the menus of the person who is logged in. Nothing is looked up until a template asks."""
    return {"navigation": Navigation(request)}


class Navigation:
    """The ways from a page to the others."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def current_name(self) -> str:
        """The URL name of this page, empty when no page answered."""
        match = self._request.resolver_match
        return match.url_name or "" if match else ""

    @cached_property
    def link(self) -> AccountLink | None:
        """The account in hand: the page's own, or the one managed last."""
        user = getattr(self._request, "user", None)
        if not isinstance(user, User):
            return None
        managed: AccountLink | None = getattr(self._request, "managed_link", None)
        if managed is not None:
            return managed
        return last_managed_link(user)

    @cached_property
    def menu(self) -> list[places.Entry]:
        """The left menu."""
        return self._entries(places.MENU)

    @cached_property
    def functions(self) -> list[places.Entry]:
        """The extra functions of the right column."""
        return self._entries(places.FUNCTIONS)

    @cached_property
    def tabbar(self) -> list[places.Entry]:
        """The bottom bar of a phone."""
        return self._entries(places.TABBAR)

    @cached_property
    def about(self) -> list[places.Entry]:
        """The footer. It never needs an account, so that a public page costs no query."""
        return places.entries(places.ABOUT, reference=None, current_name=self.current_name)

    @cached_property
    def withdrawal(self) -> list[places.Entry]:
        """The footer's button: where what was begun is ended without logging in."""
        return places.entries((places.WITHDRAWAL,), reference=None, current_name=self.current_name)

    @cached_property
    def help_address(self) -> str:
        """What explains this screen; empty on a page that explains itself. Which topic that is, is looked up there."""
        screen = screen_of(self.current_name)
        return reverse("help_of_screen", args=[screen.name.replace("_", "-")]) if screen else ""

    @cached_property
    def others(self) -> list[OtherAccount]:
        """Up to five other accounts of this person, with their debt today."""
        user = self._request.user
        return other_accounts(user, self.link, today()) if self.link and isinstance(user, User) else []

    @cached_property
    def accounts_address(self) -> str:
        """Mis cuentas."""
        return places.address_of("my_accounts")

    @cached_property
    def linking_address(self) -> str:
        """Vincular número de cuenta."""
        return places.address_of("link_account")

    def _entries(self, listed: tuple[places.Place, ...]) -> list[places.Entry]:
        if not listed:
            return []
        reference = self.link.public_id if self.link else None
        return places.entries(listed, reference=reference, current_name=self.current_name)
