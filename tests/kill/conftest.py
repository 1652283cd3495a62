"""Fixtures of the tests that kill. They share one worker of pytest, with processes of their own."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.kill.customers import a_customer
from tests.kill.mortals import MortalProcesses, mortal_processes
from tests.kill.stage import Stage

pytest.register_assert_rewrite("tests.kill.aftermath")

HERE = Path(__file__).parent
ROUNDS = int(os.environ.get("KILL_ROUNDS", "2"))
"""How often a process dies at each point; more with `make kill`."""

_TOLD = "killed"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is slow, and runs on one worker."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("kill"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tells how often what died where."""
    rounds = [
        told
        for report in terminalreporter.getreports("passed")
        for name, told in report.user_properties
        if name == _TOLD
    ]
    if rounds:
        terminalreporter.section("killed with SIGKILL")
        for where, times, caught in rounds:
            terminalreporter.write_line(f"{times:5d} times, {caught:5d} in hand  {where}")


@pytest.fixture(scope="package")
def _processes(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[MortalProcesses]:
    with mortal_processes(tmp_path_factory.mktemp("kill")) as processes:
        yield processes


@pytest.fixture
def stages(_processes: MortalProcesses, transactional_db: None) -> Callable[[int], Stage]:
    """Sets the stage for a round, with so many new customers."""

    def new(customers: int) -> Stage:
        _processes.simulator.reset()
        _processes.start_missing()
        return Stage(_processes, [a_customer() for _ in range(customers)])

    return new


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str, Counter[str]], None]:
    """Keeps, for the summary, how often processes died and how much they had in hand."""

    def keep(where: str, counted: Counter[str]) -> None:
        record_property(_TOLD, (where, counted["rounds"], counted["in_hand"]))

    return keep
