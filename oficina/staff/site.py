"""The office's site: Django's admin, entered through the portal's own login."""

from collections.abc import Callable, Mapping
from functools import update_wrapper
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.decorators import method_decorator
from django.views.decorators.csp import csp_override

from accounts.access import logged_in_user
from accounts.second_factor_proof import second_factor_asked
from oficina.staff.audit.visits import with_visit

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite
else:  # Unfold has no annotations; its site is Django's, drawn its way
    from unfold.sites import UnfoldAdminSite as AdminSite

OFFICE_CSP: Mapping[str, Any] = {
    **settings.SECURE_CSP,
    # Alpine evaluates the expressions in Unfold's templates, and sets styles on elements. Only on these pages.
    "script-src": [CSP.SELF, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "form-action": [CSP.SELF],
}


class OfficeSite(AdminSite):
    """For the people of the office. To everybody else who is logged in it does not exist."""

    index_title = "Oficina"

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:  # type: ignore[override]  # noqa: FBT001, FBT002  Django's signature
        """The view, for the office only and with its second factor, with the policy that Unfold needs. Who opens it is
        written down.
        """
        drawn = csp_override(OFFICE_CSP)(super().admin_view(view, cacheable))
        if not cacheable:  # what may be cached is the same for everybody: the words of a script
            drawn = with_visit(drawn)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
            if not self.has_permission(request):
                raise Http404
            asked = second_factor_asked(request, logged_in_user(request))
            return asked or drawn(request, *args, **kwargs)

        return update_wrapper(guarded, view)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002  Django's signature
        """The portal's login, and back to where one was going."""
        index = reverse("admin:index")
        if self.has_permission(request):
            return HttpResponseRedirect(index)
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.GET.get("next") or index, resolve_url(settings.LOGIN_URL))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]  # noqa: ARG002  Django's signature
        """Out of the portal too: it is one session."""
        answer: HttpResponse = LogoutView.as_view(next_page=resolve_url(settings.LOGOUT_REDIRECT_URL))(request)
        return answer

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]  # noqa: ARG002  Django's signature
        """The portal's page, which asks who one is and checks the new password."""
        return HttpResponseRedirect(reverse("account_change_password"))
