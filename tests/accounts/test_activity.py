from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import Traveller

from accounts.models import AccountLink, User
from tests.conftest import NOON


def session_of(client: Client, user: User, *, key: str = "") -> UserSession:
    session: UserSession = UserSession.objects.create(
        user=user,
        session_key=key or client.session.session_key,
        ip="10.0.0.1",
        user_agent="Firefox",
        last_seen_at=timezone.now(),
    )
    return session


def test_use_is_kept_to_within_five_minutes(
    at_noon: Traveller, as_owner: Client, owner: User, link: AccountLink
) -> None:
    session = session_of(as_owner, owner)
    other = session_of(as_owner, owner, key="another-browser")

    at_noon.shift(timedelta(minutes=5))
    as_owner.get("/mis-cuentas/")
    session.refresh_from_db()
    assert session.last_seen_at == NOON

    at_noon.shift(timedelta(seconds=1))
    as_owner.get("/mis-cuentas/")
    session.refresh_from_db()
    other.refresh_from_db()
    assert session.last_seen_at == NOON + timedelta(minutes=5, seconds=1)
    assert session.ip == "127.0.0.1"
    assert other.last_seen_at == NOON


def test_it_costs_one_statement_and_nothing_without_a_session(
    at_noon: Traveller, as_owner: Client, anonymous: Client, link: AccountLink
) -> None:
    for client, statements in ((as_owner, 1), (anonymous, 0)):
        with CaptureQueriesContext(connection) as queries:
            client.get("/mis-cuentas/")
        assert len([query for query in queries if "usersessions" in query["sql"]]) == statements
