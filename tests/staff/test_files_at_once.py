"""Jobs of the office with real commits: two at once, one stopped in the middle, a long file in little memory."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import ServiceAccount, User
from oficina.shared.enums import ImportState
from oficina.shared.ids import public_id
from oficina.staff.files.enums import ImportStep, JobState
from oficina.staff.files.import_jobs import ask_for_import, run_import
from oficina.staff.files.jobs import cancel_job
from oficina.staff.files.models import ImportJob
from tests.imports import csv_files
from tests.imports.csv_files import account, account_number
from tests.imports.waiting import account_locked, wait_until, wait_until_it_waits_for_the_lock

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 50_000


def asked(by: User, *paths: Path, dry_run: bool = False) -> ImportJob:
    names = {path: path.name for path in paths}
    return ask_for_import(names, by=by, dry_run=dry_run, key=public_id(), now=timezone.now())


def run(job: ImportJob) -> None:
    """As a worker does, on a connection of its own."""
    try:
        run_import(job.pk, now=timezone.now())
    finally:
        connection.close()


def test_two_at_once_wait_for_each_other(administrator: User, tmp_path: Path) -> None:
    csv_files.run(csv_files.write(tmp_path / "known.csv", account()))
    first = asked(administrator, csv_files.write(tmp_path / "a.csv", account(tariff="R8")))
    second = asked(administrator, csv_files.write(tmp_path / "b.csv", account(tariff="R9")))

    with ThreadPoolExecutor(2) as workers:
        with account_locked(ServiceAccount.objects.get().number):
            running = [workers.submit(run, first)]
            wait_until_it_waits_for_the_lock()
            running.append(workers.submit(run, second))
            wait_until(lambda: ImportJob.objects.get(pk=second.pk).step == ImportStep.WAITING)
            assert ImportJob.objects.get(pk=first.pk).step == ImportStep.MERGING
        for each in running:
            each.result()

    assert set(ImportJob.objects.values_list("state", flat=True)) == {JobState.FINISHED}
    assert ServiceAccount.objects.get().tariff == "R9"


def test_cancelled_in_the_middle_it_leaves_nothing_half_done(administrator: User, tmp_path: Path) -> None:
    csv_files.run(csv_files.write(tmp_path / "known.csv", account()))
    new = [account(account_number=account_number(number)) for number in range(2, 50)]
    job = asked(
        administrator,
        csv_files.write(tmp_path / "a.csv", account(tariff="R8"), *new),
        csv_files.write(tmp_path / "b.csv", account(tariff="R9")),
    )

    with ThreadPoolExecutor(1) as worker:
        with account_locked(ServiceAccount.objects.get().number):
            running = worker.submit(run, job)
            wait_until_it_waits_for_the_lock()
            assert cancel_job(job, now=timezone.now())  # seen once the lock goes, at the same commit
        running.result()

    job.refresh_from_db()
    assert (job.state, job.rows_read) == (JobState.CANCELLED, 49)
    assert ServiceAccount.objects.get().tariff == "R2"
    assert [run.state for run in job.runs.all()] == [ImportState.CANCELLED]


def test_a_long_file_is_kept_and_imported_in_little_memory(administrator: User, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    row = csv_files.write(path, account()).read_text(encoding="utf-8").splitlines()[1]
    known = account_number()
    with path.open("a", encoding="utf-8") as stream:
        for number in range(2, ROWS + 1):
            stream.write(row.replace(known, account_number(number)) + "\n")
    assert path.stat().st_size > 9_000_000

    tracemalloc.start()
    job = asked(administrator, path, dry_run=True)
    run(job)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    job.refresh_from_db()
    assert (job.state, job.rows_read, job.bytes_read) == (JobState.FINISHED, ROWS, job.bytes_total)
    assert job.runs.get().inserted == ROWS
    assert not ServiceAccount.objects.exists()
    assert peak < 5_000_000
