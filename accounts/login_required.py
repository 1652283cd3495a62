"""Every page is closed unless it says otherwise (Django), also to the panels that refresh themselves."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import middleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.http import HttpResponseClientRefresh


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """Django's own; but when the session ended while HTMX was asking, the page is loaded again and leads to the login,
    instead of the login appearing inside of a panel.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """The way to the login, or None when the page may be seen."""
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        return HttpResponseClientRefresh() if answer is not None and "HX-Request" in request.headers else answer
