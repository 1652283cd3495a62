"""Whatever fails while somebody adheres by CBU, the number shows up nowhere."""

import logging
from collections.abc import Iterator

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils.log import AdminEmailHandler
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from accounts.models import AccountLink
from adhesions.models import DirectDebit
from oficina.shared.audit.changes import RecordedChange
from oficina.staff.models import Visit
from tests.adhesions.debit.test_bank_accounts import CBU
from tests.adhesions.debit.test_screen import GIVEN, inicio, screen
from tests.jobs import run_jobs

pytestmark = pytest.mark.usefixtures("at_noon")

HIDDEN = (CBU, GIVEN["cbu"], CBU[4:18])
FAULTS = {
    "before the form": (
        "ALTER TABLE accounts_termsversion DISABLE TRIGGER USER",
        "DELETE FROM accounts_termsversion WHERE purpose = 'direct_debit'",
    ),
    "in the act": ("ALTER TABLE adhesions_directdebit ADD CONSTRAINT no_mandate CHECK (false) NOT VALID",),
    "after it was kept": ("ALTER TABLE shared_outgoingmail ADD CONSTRAINT no_mail CHECK (false) NOT VALID",),
}


@pytest.fixture
def reports(settings: Settings) -> Iterator[None]:
    """Errors are mailed with all that Django would tell of them, and everything is logged."""
    settings.ADMINS = ["guardia@aguas.example"]
    handler = AdminEmailHandler(include_html=True)
    django, root = logging.getLogger("django.request"), logging.getLogger()
    level = root.level
    django.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield
    root.setLevel(level)
    django.removeHandler(handler)


def everything_written(caplog: pytest.LogCaptureFixture) -> str:
    """All log records with their tracebacks and arguments, mails, jobs, sessions and the office's logs."""
    formatter = logging.Formatter()
    records = [f"{formatter.format(record)} {record.args!r}" for record in caplog.records]
    jobs = [str(args) for args in ProcrastinateJob.objects.values_list("args", flat=True)]
    sessions = [f"{session.session_data} {session.get_decoded()}" for session in Session.objects.all()]
    history = [str(row) for log in (LogEntry, RecordedChange, Visit) for row in log.objects.values()]
    mails = [message.message().as_string() + str(getattr(message, "alternatives", "")) for message in mail.outbox]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(row)::text FROM shared_outgoingmail AS row")
        kept = [str(row) for row in cursor.fetchall()]
    return "\n".join([*records, *jobs, *sessions, *history, *mails, *kept])


def break_by(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.usefixtures("reports")
def test_no_report_of_an_error_tells_the_number(
    as_owner: Client,
    link: AccountLink,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    fault: str,
    debug: bool,
) -> None:
    settings.DEBUG = debug
    as_owner.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    break_by(*FAULTS[fault])

    answer = as_owner.post(screen(link), GIVEN)

    assert answer.status_code == 500
    assert ("Traceback" in answer.content.decode()) is debug
    assert not DirectDebit.objects.exists()
    failed = [record for record in caplog.records if record.name == "django.request" and record.exc_info]
    assert len(failed) == 1
    assert any("guardia@aguas.example" in message.to for message in mail.outbox)
    for hidden in HIDDEN:
        assert hidden not in answer.content.decode()
        assert hidden not in everything_written(caplog)


@pytest.mark.usefixtures("reports")
def test_nothing_that_adhering_writes_tells_the_number(
    as_owner: Client, link: AccountLink, caplog: pytest.LogCaptureFixture
) -> None:
    assert as_owner.post(screen(link), GIVEN).status_code == 303
    written = everything_written(caplog)
    run_jobs()
    pages = as_owner.get(screen(link)).content.decode() + as_owner.get(inicio(link)).content.decode()
    for hidden in HIDDEN:
        assert hidden not in written + everything_written(caplog) + pages
