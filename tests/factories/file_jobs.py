"""Jobs with files, as they are once they ended."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from oficina.shared.models import ImportRun
from oficina.staff.files.enums import ExportKind, JobState
from oficina.staff.files.models import ExportJob, ImportFile, ImportJob


def a_row_of_each_table(by: User, run: ImportRun) -> None:
    """An import of one file and an export of one day, both done; their files are forgotten by now."""
    ended = {"state": JobState.FINISHED, "started_at": timezone.now(), "finished_at": timezone.now()}
    job = ImportJob.objects.create(requested_by=by, bytes_total=120, bytes_read=120, rows_read=1, **ended)
    job.files.add(ImportFile.objects.create(name="accounts.csv", kind="accounts", size=120, sha256="x"))
    job.runs.add(run)
    ExportJob.objects.create(
        requested_by=by, kind=ExportKind.PAYMENTS, since=date(2026, 11, 1), until=date(2026, 11, 24), lines=2,
        total=Decimal("1200.00"), sha256="x", **ended,
    )  # fmt: skip
