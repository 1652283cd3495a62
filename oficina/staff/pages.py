"""Pages of the office that are about no single table: each says which permission opens it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

type Page = Callable[..., HttpResponse]


def office_page(permission: str) -> Callable[[Page], Page]:
    """A page for whoever of the office has `permission`; to customers it does not exist, to others of the office it
    answers 403. The page carries `permission`, so that a test can walk what opens to whom.
    """

    def guard(page: Page) -> Page:
        @wraps(page)
        def allowed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return page(request, *args, **kwargs)

        guarded = admin.site.admin_view(allowed)
        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return guard


def office_answer(request: HttpRequest, template: str, **context: object) -> TemplateResponse:
    """The page, with the menu around it. `template` extends `office/page.html`; `title` names it."""
    return TemplateResponse(request, template, {**admin.site.each_context(request), **context})
