"""The log of what the office opened. A page that cannot be written down is not shown."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from allauth.account.adapter import get_adapter
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.db.models import Model, TextField
from django.db.models.expressions import RawSQL
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts.access import logged_in_user
from accounts.models import User
from oficina.staff.audit.models import Visit

LONGEST: Final = 2_000
"""Characters that are kept of an address and of what was asked with it."""

_ROLES = """(
    SELECT COALESCE(string_agg(role.name, ', ' ORDER BY role.name), '')
    FROM auth_group role JOIN accounts_user_groups has ON has.group_id = role.id WHERE has.user_id = %s
)"""

_ABOUT = "_office_page_is_about"

type _Page = Callable[..., HttpResponse]


def is_about(request: HttpRequest, record: Model) -> None:
    """Says which record the page shows, for pages whose address does not tell: those of `office_page`."""
    setattr(request, _ABOUT, record)


def with_visit(view: _Page) -> _Page:
    """The view, which then writes down that it was opened, also when it refused or failed."""

    def visited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        visitor = logged_in_user(request)  # who they were when they came
        try:
            answer = view(request, *args, **kwargs)
        except (PermissionDenied, Http404) as refused:
            _write(request, 403 if isinstance(refused, PermissionDenied) else 404, visitor)
            raise
        except Exception:
            with suppress(DatabaseError):  # then it is this that has to be heard of
                _write(request, 500, visitor)
            raise
        _write(request, answer.status_code, visitor)
        return answer

    return visited


def record_visit(
    request: HttpRequest, answer: HttpResponseBase, *, seen_as: User | None = None, by: User | None = None
) -> Visit:
    """Writes down that somebody of the office saw this answer; `seen_as` names the customer as whom. They are `by`,
    where the person of the request is not.
    """
    return _write(request, answer.status_code, by or logged_in_user(request), seen_as)


def _write(request: HttpRequest, status: int, visitor: User, seen_as: User | None = None) -> Visit:
    table, record = _subject(request)
    return Visit.objects.create(
        at=timezone.now(),
        who=visitor,
        who_name=visitor.full_name,
        roles=RawSQL(_ROLES, [visitor.pk], output_field=TextField()),  # noqa: S611  fixed text; asked in one statement
        ip=get_adapter().get_client_ip(request),
        method=request.method or "",
        path=_printable(request.path),
        query=_printable(request.META.get("QUERY_STRING", "")),
        status=status,
        table=table,
        record=record,
        seen_as=seen_as,
    )


def _printable(text: str) -> str:
    """As much as is kept; the database takes no NUL."""
    return text.replace("\x00", "")[:LONGEST]


def _subject(request: HttpRequest) -> tuple[ContentType | None, int | None]:
    """The table, and the record's key, that the page is about."""
    record = getattr(request, _ABOUT, None)
    if record is not None:
        return _content_type(type(record)), record.pk
    match = request.resolver_match
    if match is None or match.namespace != admin.site.name:
        return None, None
    model = _model_of(match.url_name or "")
    key = str(match.kwargs.get("object_id", match.kwargs.get("pk", "")))
    return _content_type(model), int(key) if model and key.isdecimal() and len(key) < 19 else None


def _model_of(address: str) -> type[Model] | None:
    """The table whose page has this name, `billing_payment_change`."""
    for model in admin.site._registry:  # noqa: SLF001  each_context reads it so too
        if address.startswith(f"{model._meta.app_label}_{model._meta.model_name}_"):
            return model
    return None


def _content_type(model: type[Model] | None) -> ContentType | None:
    return None if model is None else ContentType.objects.get_for_model(model, for_concrete_model=False)
