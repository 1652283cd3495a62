"""What the pages of the guidance share."""

from django.http import HttpRequest


def base_of(request: HttpRequest) -> str:
    """The frame of a page that anyone may read: with the menus for somebody who is logged in."""
    return "base_account.html" if request.user.is_authenticated else "base_public.html"
