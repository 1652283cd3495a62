"""Light, dark, or as the device says: the choice of the footer, kept in a cookie of this browser."""

from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse

COOKIE = "tema"
ONE_YEAR = 60 * 60 * 24 * 365


class Theme(TextChoices):
    """The value is what `<html data-theme>` says; automatic leaves it to the device."""

    AUTO = "auto", "Automático"
    LIGHT = "light", "Claro"
    DARK = "dark", "Oscuro"


def chosen_theme(request: HttpRequest) -> Theme:
    """What this browser asked for; automatic when it asked for nothing that exists."""
    asked = request.COOKIES.get(COOKIE, "")
    return Theme(asked) if asked in Theme.values else Theme.AUTO


def keep_theme(response: HttpResponse, theme: Theme, *, secure: bool) -> None:
    """Writes the choice to the browser, for a year. Automatic forgets it."""
    if theme is Theme.AUTO:
        response.delete_cookie(COOKIE, samesite="Lax")
    else:
        response.set_cookie(COOKIE, theme.value, max_age=ONE_YEAR, samesite="Lax", secure=secure, httponly=True)
