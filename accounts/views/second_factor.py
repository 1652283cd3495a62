"""allauth's page that hands out the recovery codes as a file, with a name that says what it is."""

from typing import Any

from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView
from django.http import HttpResponse


class DownloadCodesView(DownloadRecoveryCodesView):
    """The codes that are left, as text."""

    def render_to_response(self, context: dict[str, Any], **response_kwargs: Any) -> HttpResponse:
        """A file to keep."""
        response: HttpResponse = super().render_to_response(  # type: ignore[no-untyped-call]  # it has no annotations
            context, **response_kwargs
        )
        response["Content-Disposition"] = 'attachment; filename="codigos-de-recuperacion.txt"'
        return response
