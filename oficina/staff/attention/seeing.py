"""The portal as a customer sees it, for somebody of the office: what they may see of it, and that nothing changes.

The session stays that of whoever looks. Outside of the office's own pages a request is answered as if the customer had
made it, with three differences: nothing but reading is answered, what it asks of the database runs in a transaction
that cannot write, and what proves who the customer is stays theirs.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from accounts.customer_views import due_end, end_view, view_of
from accounts.enums import ViewEnd
from accounts.models import CustomerView
from oficina.shared.reading_only import is_refused_write, reading_only
from oficina.staff.audit.visits import record_visit

SESSION_KEY: Final = "customer_view"
OVER = "La vista como cliente terminó. Para seguir mirando, abrila de nuevo."
ONLY_READING = "Estás viendo el portal como cliente: acá no se puede cambiar nada."
NOT_SHOWN: Final = frozenset(
    {
        "account_change_password",
        "account_email",
        "account_email_verification_sent",
        "account_reauthenticate",
        "account_set_password",
        "close_user",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_download_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_view_recovery_codes",
        "my_data_download",
        "usersessions_list",
    }
)
"""Names of the addresses with which somebody proves who they are, or takes all their data away."""


class CustomerViewMiddleware:
    """Answers the office as it would answer the customer whom it looks at. Comes after the middleware that notes a
    session's use, so that the session is the office's, and before those that lead a customer somewhere.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The page as the customer sees it; the way back to the office once the view is over."""
        if SESSION_KEY not in request.session:
            return self._get_response(request)
        if request.path in {reverse("account_logout"), reverse("admin:logout")}:
            if request.method == "POST":
                leave(request, ViewEnd.LOGGED_OUT)
            return self._get_response(request)
        if request.path.startswith(reverse("admin:index")):
            return self._get_response(request)
        view = view_in_hand(request)
        over = ViewEnd.NOT_ALLOWED if view is None else due_end(view, now=timezone.now())
        if view is None or over is not None:
            leave(request, over)
            return _back_to_the_office(request)
        return self._as_customer(request, view)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., HttpResponse], _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """The page that says why, for what stays the customer's own; None for the rest."""
        match = request.resolver_match
        if view_of(request) is None or match is None or match.url_name not in NOT_SHOWN:
            return None
        return render(request, "attention/not_shown.html", status=403)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """When a page had to write something to be shown, so that the database refused: None for other failures."""
        if view_of(request) is None or not is_refused_write(exception):
            return None
        request.needs_writing = True  # type: ignore[attr-defined]  # Django leaves requests open for such marks
        return HttpResponse(status=409)

    def _as_customer(self, request: HttpRequest, view: CustomerView) -> HttpResponseBase:
        request.customer_view = view  # type: ignore[attr-defined]
        request.user = view.seen
        answer = self._read(request) if request.method in {"GET", "HEAD"} else _refused(request)
        patch_cache_control(answer, private=True, no_store=True)  # the way back of the browser shows nothing either
        record_visit(request, answer, seen_as=view.seen, by=view.by)
        return answer

    def _read(self, request: HttpRequest) -> HttpResponseBase:
        with reading_only():
            answer = self._get_response(request)
            if isinstance(answer, StreamingHttpResponse):
                # What it is made of is read while it is sent: here, and not when the transaction is over.
                answer.streaming_content = [bytes(part) for part in answer]
        if getattr(request, "needs_writing", False):
            with reading_only():
                return render(request, "attention/needs_writing.html", status=409)
        return answer


def view_in_hand(request: HttpRequest) -> CustomerView | None:
    """The view that this session began and that nobody ended; its time may be over."""
    views = CustomerView.objects.open().select_related("by", "seen")
    return views.filter(pk=request.session.get(SESSION_KEY, 0), by=request.user.pk).first()


def keep_in_hand(request: HttpRequest, view: CustomerView) -> None:
    """From now on this session sees the portal so."""
    request.session[SESSION_KEY] = view.pk


def leave(request: HttpRequest, end: ViewEnd | None, *, now: datetime | None = None) -> CustomerView | None:
    """The session sees the portal as its own person again. Returns the view that ended so, if there was one."""
    view = view_in_hand(request)
    request.session.pop(SESSION_KEY, None)
    if view is not None and end is not None:
        end_view(view, end, now=now or timezone.now())
    return view


def _refused(request: HttpRequest) -> HttpResponse:
    if "HX-Request" in request.headers:
        messages.warning(request, ONLY_READING)
        return HttpResponseClientRefresh()
    with reading_only():
        return render(request, "attention/only_reading.html", status=403)


def _back_to_the_office(request: HttpRequest) -> HttpResponse:
    messages.warning(request, OVER)
    office = reverse("admin:index")
    return HttpResponseClientRedirect(office) if "HX-Request" in request.headers else HttpResponseRedirect(office)
