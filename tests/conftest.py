"""What every test may use."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.management.commands import flush
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate
from hypothesis import HealthCheck, settings
from pytest_django.plugin import DjangoDbBlocker

from tests.emptying import emptying_statements
from tests.jobs import forget_jobs

pytest_plugins = ["tests.cast"]

# How long an example takes is the machine's affair, and says nothing of what it shows.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

NOON = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
"""Tuesday 24/11/2026, noon in Mendoza."""


FIRST_TERMS_AT = datetime(2026, 3, 1, 13, 0, tzinfo=UTC)
"""When the first terms were published: before NOON, whatever the day on which the tests run."""


def publish_terms_long_ago(**told: Any) -> None:
    """Publishes the first terms at FIRST_TERMS_AT: in a new database, and in one that a test left empty."""
    from accounts.terms import publish_first_terms  # noqa: PLC0415  models can be imported once Django is set up

    with time_machine.travel(FIRST_TERMS_AT, tick=False):
        publish_first_terms(**told)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """A new database has its first terms since FIRST_TERMS_AT."""
    from accounts.terms import publish_first_terms  # noqa: PLC0415  models can be imported once Django is set up

    accounts = apps.get_app_config("accounts")
    assert post_migrate.disconnect(publish_first_terms, sender=accounts)
    post_migrate.connect(publish_terms_long_ago, sender=accounts, weak=False)


STAYS = frozenset({"auth_permission", "django_content_type", "auth_group", "auth_group_permissions"})
"""What migrations write of the models and of the office's roles. No test changes it, and a running portal remembers
its numbers."""


@pytest.fixture(scope="session", autouse=True)
def _models_keep_their_numbers() -> Iterator[None]:
    """A test that commits empties all tables but those; of all that follows migrations only the terms come anew."""

    def sql_flush(_style: object, connection: BaseDatabaseWrapper, **_about: bool) -> list[str]:
        return emptying_statements(connection, STAYS)

    def emit_post_migrate_signal(verbosity: int, interactive: bool, db: str) -> None:
        publish_terms_long_ago(using=db)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", sql_flush)
        patch.setattr(flush, "emit_post_migrate_signal", emit_post_migrate_signal)
        yield


@pytest.fixture
def at_noon() -> Iterator[time_machine.Traveller]:
    """Time stands still at NOON; `at_noon.move_to(…)` and `at_noon.shift(…)` move it."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def run_jobs() -> Callable[[], list[str]]:
    """`tests.jobs.run_jobs`, as a fixture."""
    from tests import jobs  # noqa: PLC0415  models can be imported once Django is set up

    return jobs.run_jobs


@pytest.fixture(autouse=True)
def _queue_is_forgotten(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """After a test that commits, the queue is empty again."""
    yield
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction", False)
    if commits or {"transactional_db", "live_server"} & set(request.fixturenames):
        with django_db_blocker.unblock():
            forget_jobs()
