"""The one entrance of imports: the command and the office's job call `import_files`.

Each file is one transaction, so that a crash leaves nothing half done; its ImportRun is written outside of it and stays
whatever happens. Imports wait for each other: the lock belongs to the session, is held from before the first run is
noted, and PostgreSQL drops it when the process dies. So whoever holds it knows that every other run is over.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from oficina.shared.enums import ImportState
from oficina.shared.imports.files import TrustedFile, inspect_file
from oficina.shared.imports.kinds import ImportKind
from oficina.shared.imports.plans import by_index
from oficina.shared.imports.refusals import (
    FileRefusedError,
    FilesRefusedError,
    ImportCancelledError,
    ImportFailedError,
)
from oficina.shared.imports.staging import stage
from oficina.shared.imports.watching import ImportOutcome, ImportStage, ImportWatcher
from oficina.shared.models import ImportRun

_LOCK = 7_206_913_185_201_104  # any number that nothing else locks
_ASK_AGAIN_SECONDS = 0.5
_WORK_MEMORY = "128MB"  # sorts and joins of whole files, in PostgreSQL, for the transaction of the import only


@dataclass(frozen=True, kw_only=True)
class ImportRequest:
    """What to import. `names` are what people call the files whose path says something else. `started_by_id` is the
    user of the office who asked, None for the console.
    """

    paths: Sequence[Path]
    kinds: Sequence[ImportKind]
    names: Mapping[Path, str] = field(default_factory=dict)
    dry_run: bool = False
    started_by_id: int | None = None


def import_files(request: ImportRequest, watcher: ImportWatcher) -> list[ImportOutcome]:
    """Imports the files, those that others depend on first (the order of `request.kinds`); tells what became of each.

    When one file cannot be trusted as a whole, no file is imported. A dry run does everything, over all files, and
    takes it back. Otherwise the files before one that fails stay imported.

    Raises FilesRefusedError, ImportFailedError, and the ImportCancelledError of the watcher.
    """
    files = inspect_files(request)
    with _alone(watcher):
        _close(ImportRun.objects.filter(state=ImportState.RUNNING), ImportState.INTERRUPTED, "El proceso se cortó.")
        if request.dry_run:
            return _try_out(request, files, watcher)
        return [_import_for_good(request, file, watcher) for file in files]


def inspect_files(request: ImportRequest) -> list[TrustedFile]:
    """The files in the order of their kinds. Notes the refused ones in the history and raises FilesRefusedError."""
    files, refused = [], []
    for path in request.paths:
        try:
            files.append(inspect_file(path, request.kinds, name=request.names.get(path, "")))
        except FileRefusedError as refusal:
            refused.append((path, refusal))
            ImportRun.objects.create(
                file_name=request.names.get(path, path.name)[-255:],
                dry_run=request.dry_run,
                state=ImportState.REFUSED,
                reason=refusal.reason,
                started_by_id=request.started_by_id,
                finished_at=timezone.now(),
            )
    if refused:
        raise FilesRefusedError(tuple(refused))
    return sorted(files, key=lambda file: request.kinds.index(file.kind))


@contextmanager
def _alone(watcher: ImportWatcher) -> Iterator[None]:
    """Waits until no other import is in hand, and keeps others waiting."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
            if cursor.fetchone() == (True,):
                break
            watcher.advanced(None, ImportStage.WAITING, 0)
            time.sleep(_ASK_AGAIN_SECONDS)
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:  # a lost connection has lost its locks too
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _note(request: ImportRequest, file: TrustedFile, watcher: ImportWatcher) -> ImportRun:
    run = ImportRun.objects.create(
        kind=file.kind.name,
        file_name=file.name[-255:],
        size=file.size,
        sha256=file.sha256,
        dry_run=request.dry_run,
        started_by_id=request.started_by_id,
    )
    watcher.began(file, run.pk)
    return run


@contextmanager
def _ends_noted(runs: Sequence[ImportRun]) -> Iterator[None]:
    """Notes it on the runs when something goes wrong, and says it in the import's own errors."""
    noted = ImportRun.objects.filter(pk__in=[run.pk for run in runs])
    try:
        yield
    except (ImportCancelledError, KeyboardInterrupt):
        _close(noted, ImportState.CANCELLED, "Se canceló antes de terminar.")
        raise
    except (DatabaseError, OSError, FileRefusedError) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        with suppress(DatabaseError):  # the database may be gone; the next import closes the runs then
            _close(noted, ImportState.FAILED, reason)
        raise ImportFailedError(reason) from error


def _close(runs: QuerySet[ImportRun], state: ImportState, reason: str) -> None:
    runs.update(state=state, finished_at=timezone.now(), reason=reason)


def _import_for_good(request: ImportRequest, file: TrustedFile, watcher: ImportWatcher) -> ImportOutcome:
    run = _note(request, file, watcher)
    with _ends_noted([run]):
        with transaction.atomic():
            outcome = _import(file, run, watcher)
        _finish(run, outcome)
    watcher.ended(outcome)
    return outcome


def _try_out(request: ImportRequest, files: Sequence[TrustedFile], watcher: ImportWatcher) -> list[ImportOutcome]:
    """All files in one transaction, since the later ones speak of the earlier ones, which is then taken back."""
    runs = [_note(request, file, watcher) for file in files]
    with _ends_noted(runs):
        with transaction.atomic():
            outcomes = [_import(file, run, watcher) for file, run in zip(files, runs, strict=True)]
            transaction.set_rollback(True)
        for run, outcome in zip(runs, outcomes, strict=True):
            _finish(run, outcome)
    for outcome in outcomes:
        watcher.ended(outcome)
    return outcomes


def _import(file: TrustedFile, run: ImportRun, watcher: ImportWatcher) -> ImportOutcome:
    """Reads, checks and merges one file in the open transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, true)", [_WORK_MEMORY])

    def on_read(bytes_read: int, rows: int) -> None:
        watcher.rows_read(file, rows)
        watcher.advanced(file, ImportStage.READING, bytes_read)

    staged = stage(file, run.pk, on_read)
    watcher.advanced(file, ImportStage.MERGING, file.size)
    counts = file.kind.merge(staged, lambda: watcher.advanced(file, ImportStage.MERGING, file.size))
    with by_index(), connection.cursor() as cursor:
        # What is only checked at commit is checked in a dry run too; the next file of it may wait for its own end.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    watcher.advanced(file, ImportStage.MERGING, file.size)
    for row in staged.bad_rows():
        watcher.refused(file, row)
    return ImportOutcome(
        run_id=run.pk,
        file_name=file.name,
        label=file.kind.label,
        rows=staged.rows,
        inserted=counts.inserted,
        updated=counts.updated,
        unchanged=counts.unchanged,
        refused=staged.refused(),
    )


def _finish(run: ImportRun, outcome: ImportOutcome) -> None:
    run.rows = outcome.rows
    run.inserted = outcome.inserted
    run.updated = outcome.updated
    run.unchanged = outcome.unchanged
    run.refused = outcome.refused
    run.state = ImportState.FINISHED
    run.finished_at = timezone.now()
    run.save()
