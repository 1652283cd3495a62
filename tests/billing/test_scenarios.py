"""The page of the scenarios names each with the tests that show it, and they exist."""

import re
from collections import defaultdict
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGE = ROOT / "docs" / "payment-scenarios.md"

type Tests = dict[int, set[str]]


def named() -> Tests:
    """`file::test` of each scenario, as the page says."""
    found: Tests = {}
    number = 0
    for line in PAGE.read_text().splitlines():
        if heading := re.match(r"(\d+)\. \*\*", line):
            number = int(heading[1])
            found[number] = set()
        elif listed := re.match(r" +- `(tests/[\w/]+\.py)`: (.+)", line):
            found[number] |= {f"{listed[1]}::{name}" for name in re.findall(r"`(\w+)`", listed[2])}
    return found


def written() -> set[str]:
    """`file::test` of every test."""
    return {
        f"{path.relative_to(ROOT)}::{name}"
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }


def test_each_scenario_is_shown_by_tests_that_exist() -> None:
    page = named()
    assert list(page) == list(range(1, 26))
    assert [number for number, tests in page.items() if not tests] == []
    assert sorted(set[str]().union(*page.values()) - written()) == []


def test_each_test_of_a_scenario_is_under_its_number() -> None:
    expected: Tests = defaultdict(set)
    for test in written():
        if number := re.search(r"::test_scenario_(\d+)_", test):
            expected[int(number[1])].add(test)
    page = named()
    assert {number: sorted(tests - page[number]) for number, tests in expected.items() if tests - page[number]} == {}
