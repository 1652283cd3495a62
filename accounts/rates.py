"""Limits on how often something may be tried, over allauth's counters, which every web process shares.

How often is in the setting `ACCOUNT_RATE_LIMITS` and in allauth's defaults.
"""

from collections.abc import Callable

from allauth.decorators import rate_limit
from django.http import HttpResponseBase


def limited[View: Callable[..., HttpResponseBase]](action: str, *, reading: bool = False) -> Callable[[View], View]:
    """Answers 429, with the portal's page, to whoever posts `action` too often; with `reading`, or asks for it."""
    decorate: Callable[[View], View] = rate_limit(action=action, limit_get=reading)  # type: ignore[no-untyped-call]  # it has no annotations
    return decorate
