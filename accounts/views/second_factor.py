"""allauth's pages of the second factor, where they do not do what the portal needs."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.views import ActivateTOTPView
from django.http import HttpResponse

from accounts.access import logged_in_user


class ActivateView(ActivateTOTPView):
    """The first code of the telephone. It proves the session too: the same code is not taken twice, and the next one
    would have to be waited for.
    """

    def form_valid(self, form: ActivateTOTPForm) -> HttpResponse:
        """Active from now on; then the recovery codes."""
        response: HttpResponse = super().form_valid(form)
        record_authentication(self.request, logged_in_user(self.request), "mfa", type=Authenticator.Type.TOTP.value)
        return response


class DownloadCodesView(DownloadRecoveryCodesView):
    """The codes that are left, as text."""

    def render_to_response(self, context: dict[str, Any], **response_kwargs: Any) -> HttpResponse:
        """A file to keep."""
        response: HttpResponse = super().render_to_response(  # type: ignore[no-untyped-call]  # it has no annotations
            context, **response_kwargs
        )
        response["Content-Disposition"] = 'attachment; filename="codigos-de-recuperacion.txt"'
        return response
