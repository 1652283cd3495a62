"""What holds for the import of any file: one transaction, a history that stays, and whoever looks on may stop it."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import ServiceAccount
from billing.models import Invoice, Payment
from oficina.shared.enums import ImportState
from oficina.shared.imports.files import TrustedFile
from oficina.shared.imports.refusals import ImportCancelledError, ImportFailedError
from oficina.shared.imports.runs import ImportRequest, import_files
from oficina.shared.imports.staging import BadRow
from oficina.shared.imports.watching import ImportStage, ImportWatcher
from oficina.shared.models import ImportRun
from oficina.staff.imports import IMPORT_KINDS
from tests.factories.accounts import UserFactory
from tests.imports import csv_files
from tests.imports.csv_files import account, invoice, payment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


class _Stops(ImportWatcher):
    """Somebody who cancels the import at a stage."""

    def __init__(self, at: ImportStage) -> None:
        self.at = at

    def advanced(self, file: TrustedFile | None, stage: ImportStage, bytes_read: int) -> None:  # noqa: ARG002  the watcher's signature
        if stage is self.at:
            raise ImportCancelledError


class _DiskFull(ImportWatcher):
    def refused(self, file: TrustedFile, row: BadRow) -> None:  # noqa: ARG002  the watcher's signature
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("stage", [ImportStage.READING, ImportStage.MERGING])
def test_cancelled_import_keeps_nothing(tmp_path: Path, stage: ImportStage) -> None:
    path = csv_files.write(tmp_path / "x.csv", account())

    with pytest.raises(ImportCancelledError):
        import_files(ImportRequest(paths=[path], kinds=IMPORT_KINDS), _Stops(stage))

    assert not ServiceAccount.objects.exists()
    assert ImportRun.objects.get().state == ImportState.CANCELLED
    outcomes, _ = csv_files.run(path)
    assert outcomes[0].inserted == 1


def test_import_that_fails_keeps_nothing_but_its_run(tmp_path: Path) -> None:
    path = csv_files.write(tmp_path / "x.csv", account(), account(status="?"))

    with pytest.raises(ImportFailedError):
        import_files(ImportRequest(paths=[path], kinds=IMPORT_KINDS), _DiskFull())

    assert not ServiceAccount.objects.exists()
    failed = ImportRun.objects.get()
    assert (failed.state, failed.reason) == (ImportState.FAILED, "[Errno 28] No space left on device")


def test_run_says_what_was_imported_by_whom_and_when(tmp_path: Path) -> None:
    path = csv_files.write(tmp_path / "padrón.csv", account(), account(status="?"))
    clerk = UserFactory.create(is_staff=True)

    import_files(ImportRequest(paths=[path], kinds=IMPORT_KINDS, started_by_id=clerk.pk), ImportWatcher())

    done = ImportRun.objects.get()
    assert (done.kind, done.file_name, done.size) == ("accounts", "padrón.csv", path.stat().st_size)
    assert (done.rows, done.inserted, done.updated, done.unchanged, done.refused) == (2, 1, 0, 0, 1)
    assert (done.state, done.started_by, done.dry_run) == (ImportState.FINISHED, clerk, False)
    assert len(done.sha256) == 64
    assert done.finished_at is not None


def test_files_go_in_the_order_in_which_they_depend_on_each_other(tmp_path: Path) -> None:
    files = [
        csv_files.write(tmp_path / "p.csv", payment()),
        csv_files.write(tmp_path / "l.csv", csv_files.line()),
        csv_files.write(tmp_path / "i.csv", invoice()),
        csv_files.write(tmp_path / "a.csv", account()),
    ]

    outcomes, bad_rows = csv_files.run(*files)

    assert [outcome.file_name for outcome in outcomes] == ["a.csv", "i.csv", "l.csv", "p.csv"]
    assert bad_rows == []
    assert Invoice.objects.get().is_paid


def test_file_with_nothing_but_its_header_changes_nothing(tmp_path: Path) -> None:
    path = csv_files.write(tmp_path / "x.csv", account())
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0], encoding="utf-8")

    outcomes, bad_rows = csv_files.run(path)

    assert csv_files.counts(outcomes[0]) == (0, 0, 0, 0)
    assert bad_rows == []


def test_runtime_role_may_import_everything(tmp_path: Path) -> None:
    files = [
        csv_files.write(tmp_path / "a.csv", account()),
        csv_files.write(tmp_path / "i.csv", invoice()),
        csv_files.write(tmp_path / "l.csv", csv_files.line()),
        csv_files.write(tmp_path / "p.csv", payment()),
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {settings.UTILITY.database_runtime_role}")
        try:
            csv_files.run(*files)
            outcomes, _ = csv_files.run(files[0], csv_files.write(tmp_path / "i.csv", invoice(authorization_code="7")))
        finally:
            cursor.execute("RESET ROLE")

    assert [csv_files.counts(outcome) for outcome in outcomes] == [(0, 0, 1, 0), (0, 1, 0, 0)]
    assert Payment.objects.count() == 1


class _Counts(ImportWatcher):
    """Remembers what began, and the last number of rows that it heard."""

    def __init__(self) -> None:
        self.began_runs: list[tuple[str, int]] = []
        self.rows = 0

    def began(self, file: TrustedFile, run_id: int) -> None:
        self.began_runs.append((file.name, run_id))

    def rows_read(self, file: TrustedFile, rows: int) -> None:  # noqa: ARG002  the watcher's signature
        self.rows = rows


def test_file_may_lie_under_another_name_than_people_call_it(tmp_path: Path) -> None:
    path = csv_files.write(tmp_path / "1.csv", account(), account(status="?"))
    watcher = _Counts()
    request = ImportRequest(paths=[path], kinds=IMPORT_KINDS, names={path: "padrón de noviembre.csv"})

    (outcome,) = import_files(request, watcher)

    done = ImportRun.objects.get()
    assert (done.file_name, outcome.file_name) == ("padrón de noviembre.csv", "padrón de noviembre.csv")
    assert watcher.began_runs == [("padrón de noviembre.csv", done.pk)]
    assert watcher.rows == 2
