"""Limits on how often something may be tried, over allauth's counters, which every web process shares.

How often is in the setting `ACCOUNT_RATE_LIMITS` and in allauth's defaults.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.decorators import rate_limit
from django.http import HttpResponseBase

from oficina.shared.reading_only import reads_only


def limited[View: Callable[..., HttpResponseBase]](action: str, *, reading: bool = False) -> Callable[[View], View]:
    """Answers 429, with the portal's page, to whoever posts `action` too often; with `reading`, or asks for it. What
    the office reads as a customer sees it is not counted, since counting writes.
    """

    def decorate(view: View) -> View:
        limit = rate_limit(action=action, limit_get=reading)  # type: ignore[no-untyped-call]  # it has no annotations
        counted: View = limit(view)

        @wraps(counted)
        def answer(*args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(*args, **kwargs) if reads_only() else counted(*args, **kwargs)

        return cast("View", answer)

    return decorate
