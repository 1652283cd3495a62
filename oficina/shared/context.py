"""What every template knows."""

from django.conf import settings
from django.http import HttpRequest

from oficina.shared.theme import Theme, chosen_theme


def utility(request: HttpRequest) -> dict[str, object]:
    """The utility whose portal this is (name, phones, address), and the colours this person reads it in."""
    return {"utility": settings.UTILITY, "theme": chosen_theme(request), "themes": Theme}
