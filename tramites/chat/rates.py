"""How often somebody may write: over allauth's counters, as `accounts.rates`. How often is in `ACCOUNT_RATE_LIMITS`."""

from allauth.core import ratelimit
from django.http import HttpRequest

from tramites.chat.people import Talker


def may_write(request: HttpRequest, talker: Talker) -> bool:
    """Whether this person and this address may write another message now; counts it when they may."""
    allowed: bool = ratelimit.consume(request, action="chat", key=talker.counted_as, user=talker.user)
    return allowed
