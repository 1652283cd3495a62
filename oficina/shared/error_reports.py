"""What a report of an error tells, in a mail or on a page of somebody who develops."""

from collections.abc import ItemsView
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class CarefulReports(SafeExceptionReporterFilter):
    """Hides what Django's own filter hides, while developing too; and of a request with sensitive parameters it tells
    no variable of any frame, since what was typed goes through many that have other names for it.
    """

    def is_active(self, request: HttpRequest | None) -> bool:  # noqa: ARG002  Django's signature
        """Always."""
        return True

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> ItemsView[str, Any]:
        """The variables of a frame that may be told, each with its value."""
        if getattr(request, "sensitive_post_parameters", None):
            return ItemsView({})
        return super().get_traceback_frame_variables(request, tb_frame)
