from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from time_machine import Traveller

from accounts.enums import LinkAttemptOutcome
from accounts.link_attempts import (
    PER_ADDRESS,
    PER_USER,
    WINDOW,
    begin_attempt,
    end_attempt,
    forget_old_attempts,
    is_over_the_limit,
)
from accounts.models import LinkAttempt, User
from tests.factories.accounts import UserFactory

HOME = "200.45.1.7"
ELSEWHERE = "190.220.8.1"


def attempt(user: User, outcome: LinkAttemptOutcome, *, ip_address: str = HOME, times: int = 1) -> None:
    for _ in range(times):
        end_attempt(begin_attempt(user, ip_address), outcome)


def is_next_blocked(user: User, *, ip_address: str = HOME) -> bool:
    return is_over_the_limit(begin_attempt(user, ip_address))


def test_the_tenth_failure_is_the_last_one_answered(owner: User) -> None:
    attempt(owner, LinkAttemptOutcome.NOT_FOUND, times=PER_USER.failures - 1)
    tenth = begin_attempt(owner, HOME)
    assert not is_over_the_limit(tenth)
    end_attempt(tenth, LinkAttemptOutcome.NOT_FOUND)

    assert is_next_blocked(owner)
    assert is_next_blocked(owner, ip_address=ELSEWHERE)


def test_another_person_at_another_address_is_not_blocked(owner: User, stranger: User) -> None:
    attempt(owner, LinkAttemptOutcome.NOT_FOUND, times=PER_USER.failures)

    assert not is_next_blocked(stranger, ip_address=ELSEWHERE)


def test_an_address_has_a_limit_of_its_own(stranger: User) -> None:
    for _ in range(PER_ADDRESS.failures // 5):
        attempt(UserFactory.create(), LinkAttemptOutcome.NOT_FOUND, times=5)

    assert is_next_blocked(stranger)
    assert not is_next_blocked(stranger, ip_address=ELSEWHERE)


def test_sixty_accounts_in_one_sitting_are_fine_and_a_harvest_is_not(owner: User) -> None:
    attempt(owner, LinkAttemptOutcome.FOUND, times=60)
    assert not is_next_blocked(owner)

    attempt(owner, LinkAttemptOutcome.FOUND, times=PER_USER.searches - 61)
    assert is_next_blocked(owner)


def test_pressing_while_blocked_does_not_prolong_it(owner: User, at_noon: Traveller) -> None:
    attempt(owner, LinkAttemptOutcome.NOT_FOUND, times=PER_USER.failures)
    at_noon.shift(WINDOW - timedelta(minutes=1))
    attempt(owner, LinkAttemptOutcome.BLOCKED, times=30)
    blocked = begin_attempt(owner, HOME)
    assert is_over_the_limit(blocked)
    end_attempt(blocked, LinkAttemptOutcome.BLOCKED)

    at_noon.shift(timedelta(minutes=1))
    assert not is_next_blocked(owner)


def test_forget_old_attempts_keeps_ninety_days(owner: User, at_noon: Traveller) -> None:
    attempt(owner, LinkAttemptOutcome.FOUND)
    at_noon.shift(timedelta(days=90))
    attempt(owner, LinkAttemptOutcome.NOT_FOUND)
    assert forget_old_attempts() == 0

    at_noon.shift(timedelta(seconds=1))
    assert forget_old_attempts() == 1
    assert LinkAttempt.objects.get().outcome == LinkAttemptOutcome.NOT_FOUND


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_never_pass_the_limit() -> None:
    user = UserFactory.create()
    guesses = PER_USER.failures + 6
    barrier = Barrier(guesses)

    def guess(_number: int) -> bool:
        try:
            barrier.wait(timeout=20)
            mine = begin_attempt(user, HOME)
            answered = not is_over_the_limit(mine)
            end_attempt(mine, LinkAttemptOutcome.NOT_FOUND if answered else LinkAttemptOutcome.BLOCKED)
            return answered
        finally:
            connection.close()

    with ThreadPoolExecutor(guesses) as threads:
        answered = sum(threads.map(guess, range(guesses)))

    assert answered <= PER_USER.failures
