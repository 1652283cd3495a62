"""Fixtures of the running portal. Tests here are marked `browser`, and share two workers of pytest and their processes.

`portal` is the running portal with an empty database; `visits` opens its pages. When a test ends, web, worker and
browser must not have complained, unless it says `visits.complaints.clear()` or is marked `expects_complaints`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Browser
from pytest_django.plugin import DjangoDbBlocker

from tests.live.browsing import Visits, running_chromium
from tests.live.portal import Portal
from tests.live.processes import LiveProcesses, live_processes

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test. Looking at screens and walking journeys are a worker's each."""
    for item in items:
        if HERE in item.path.parents:
            looks = HERE / "screens" in item.path.parents or item.path.name == "test_office_screens.py"
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("screens" if looks else "live"))


@pytest.fixture(scope="package")
def _processes(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[LiveProcesses]:
    with live_processes(tmp_path_factory.mktemp("live"), LiveProcesses) as processes:
        yield processes


@pytest.fixture(scope="module")
def _chromium() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as environment:
        # Playwright's loop runs in this thread, which Django takes for asynchronous code.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with running_chromium() as chromium:
            yield chromium
            connections.close_all()  # for the same reason they are others than those of the rest of the tests


@pytest.fixture
def portal(request: pytest.FixtureRequest, _processes: LiveProcesses, transactional_db: None) -> Iterator[Portal]:
    """The running portal, its database empty but for what migrations put there."""
    running = Portal(_processes)
    for name in ("worker", "web"):
        if not _processes.is_running(name):
            _processes.start(name)
    before = running.complaints()
    yield running
    _processes.simulator.clear_faults()
    _processes.simulator.reset()
    if _processes.is_running("worker"):
        running.wait_for_jobs()
    if request.node.get_closest_marker("expects_complaints") is None:
        assert running.complaints()[len(before) :] == []


@pytest.fixture
def visits(_chromium: Browser, portal: Portal) -> Iterator[Visits]:
    """Opens pages of the portal in Chromium; fails when a browser complained."""
    people = Visits(_chromium, portal)
    yield people
    people.close()
    assert people.complaints == []
