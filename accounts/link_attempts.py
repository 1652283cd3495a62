"""Stops guessing of account numbers and bill data: so many failures an hour, per person and per address.

Counted in a table and not in the cache: the cache may forget, and reads and writes it in two steps, so that guesses
made at the same moment would count as one. Each attempt is committed before the failures are counted, itself
included, so any number of simultaneous guesses never passes the limit. The office can read the table.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from accounts.enums import LinkAttemptOutcome
from accounts.models import LinkAttempt, User

WINDOW = timedelta(hours=1)
KEEP_ATTEMPTS = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class AttemptLimit:
    """How many searches within the window are answered: `failures` that found nothing, `searches` of any outcome."""

    failures: int
    searches: int


# An administrator may link sixty accounts in one sitting; nobody mistypes ten times in an hour. Behind one address
# there may be an office or a whole building.
PER_USER = AttemptLimit(failures=10, searches=150)
PER_ADDRESS = AttemptLimit(failures=40, searches=600)


def begin_attempt(user: User, ip_address: str) -> LinkAttempt:
    """Write down that a search begins. To be called outside a transaction, so that others see it at once."""
    return LinkAttempt.objects.create(user=user, ip_address=ip_address)


def is_over_the_limit(attempt: LinkAttempt) -> bool:
    """Whether this attempt comes after too many others of the same person or the same address.

    Attempts that were blocked do not count: who waits an hour may try again, however often they pressed meanwhile.
    """
    failed = Q(outcome__in=[LinkAttemptOutcome.UNDER_WAY, LinkAttemptOutcome.NOT_FOUND])
    by_user, by_address = Q(user=attempt.user_id), Q(ip_address=attempt.ip_address)
    counts = (
        LinkAttempt.objects.filter(by_user | by_address, attempted_at__gt=timezone.now() - WINDOW)
        .exclude(outcome=LinkAttemptOutcome.BLOCKED)
        .aggregate(
            user_failures=Count("pk", filter=by_user & failed),
            user_searches=Count("pk", filter=by_user),
            address_failures=Count("pk", filter=by_address & failed),
            address_searches=Count("pk", filter=by_address),
        )
    )
    return bool(
        counts["user_failures"] > PER_USER.failures
        or counts["user_searches"] > PER_USER.searches
        or counts["address_failures"] > PER_ADDRESS.failures
        or counts["address_searches"] > PER_ADDRESS.searches
    )


def end_attempt(attempt: LinkAttempt, outcome: LinkAttemptOutcome) -> None:
    """Write down what came of it."""
    attempt.outcome = outcome
    attempt.save(update_fields=["outcome"])


def forget_old_attempts() -> int:
    """Delete attempts older than ninety days: an address is personal data. Returns how many."""
    deleted, _by_model = LinkAttempt.objects.filter(attempted_at__lt=timezone.now() - KEEP_ATTEMPTS).delete()
    return deleted
