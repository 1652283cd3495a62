"""What every page shows around its content: the account in hand and the menus."""

from django.http import HttpRequest


def navigation(_request: HttpRequest) -> dict[str, object]:
    """The switcher and the menus of the person who is logged in."""
    return {}
