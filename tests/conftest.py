"""What every test may use."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from pytest_django.plugin import DjangoDbBlocker

from tests.jobs import forget_jobs

pytest_plugins = ["tests.cast"]

NOON = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
"""Tuesday 24/11/2026, noon in Mendoza."""


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
