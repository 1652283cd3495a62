"""The office takes files out: whole, to the cent, each by whom it is for, and who took it stays known."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db.models import Sum
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from time_machine import Traveller

from accounts.models import AccountLink, User
from accounts.profile import ProfileData, update_profile
from billing.charges.acts import invoice_charge
from billing.external_payments import record_external_payment
from billing.models import Payment
from oficina.staff.files.enums import ExportKind, JobState
from oficina.staff.files.export_jobs import run_export
from oficina.staff.files.exports import EXPORTS
from oficina.staff.files.models import ExportJob, ImportFile, StoredFile, StoredPart
from oficina.staff.files.storage import store
from oficina.staff.tasks import forget_old_files
from tests.answers import text_of
from tests.factories.adhesions import digital
from tests.factories.billing import InvoiceFactory, operation, paid_checkout
from tests.factories.charges import ChargeFactory
from tests.factories.plans import overdue_bill, policy, waiting_plan
from tests.jobs import run_jobs
from tests.staff.conftest import may

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

PAGE = "/admin/archivos/exportar/"
DAYS = {"since": "2026-11-01", "until": "2026-11-24"}
EVERY_PERMISSION = {export.permission.removeprefix("staff.") for export in EXPORTS.values()}


def ask(client: Client, kind: ExportKind, **days: str) -> ExportJob:
    assert client.post(PAGE, {"kind": kind.value, **DAYS, **days}).status_code == 303
    return ExportJob.objects.latest("pk")


def by_command(kind: ExportKind) -> str:
    out = StringIO()
    call_command(f"export_{kind.value}", **DAYS, stdout=out, stderr=StringIO())
    return out.getvalue()


def something_of_each(link: AccountLink, by: User) -> None:
    paid_checkout(InvoiceFactory.create(account=link.account), payer=link.user)
    record_external_payment(
        operation(link.account, (InvoiceFactory.create(account=link.account), Decimal("1234.57"))), cause="test"
    )
    charge = ChargeFactory.create(account=link.account)
    invoice_charge(charge, accepted=charge.amount, by=by, now=timezone.now())
    digital(link)
    policy()
    overdue_bill(link)
    waiting_plan(link)
    data = ProfileData(first_name="Ana", last_name="Suárez", document=link.user.document, phone="2615550183")
    update_profile(link.user, data, by=by)


@pytest.mark.django_db(transaction=True)
def test_each_file_is_that_of_its_command_and_adds_up_to_the_ledger(
    link: AccountLink, administrator: User, subtests: pytest.Subtests
) -> None:
    something_of_each(link, administrator)
    client = may(administrator)
    jobs = {kind: ask(client, kind) for kind in ExportKind}
    run_jobs()

    for kind, job in jobs.items():
        with subtests.test(kind=kind):
            job.refresh_from_db()
            answer = client.get(f"{PAGE}{job.public_id}/archivo.csv")
            file = b"".join(answer).decode()
            assert file == by_command(kind)
            assert job.lines == len(file.splitlines()) - 1 > 0
            assert answer.headers["Content-Length"] == str(len(file.encode()))
            name = f"{EXPORTS[kind].name}-2026-11-01-2026-11-24.csv"
            assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
            assert "no-store" in answer.headers["Cache-Control"]
    received = Payment.objects.aggregate(total=Sum("amount_received"))["total"]
    assert jobs[ExportKind.PAYMENTS].total == received == Decimal("2234.57")
    assert jobs[ExportKind.CHARGES].total == Decimal("12100.00")
    assert jobs[ExportKind.ADHESIONS].total is None
    said = list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))
    assert said == ["Pidió la exportación"] * len(jobs) + ["Descargó el archivo"] * len(jobs)
    page = text_of(client.get(f"{PAGE}{jobs[ExportKind.PAYMENTS].public_id}/"))
    assert "$\N{NO-BREAK SPACE}2.234,57" in page


@pytest.mark.django_db(transaction=True)
def test_one_that_is_stopped_leaves_no_file(administrator: User, link: AccountLink) -> None:
    something_of_each(link, administrator)
    client = may(administrator)
    waits, runs = ask(client, ExportKind.PAYMENTS), ask(client, ExportKind.CHARGES)
    client.post(f"{PAGE}{waits.public_id}/cancelar/")
    ExportJob.objects.filter(pk=runs.pk).update(cancel_asked_at=timezone.now())  # it is in hand by then
    run_jobs()

    assert set(ExportJob.objects.values_list("state", flat=True)) == {JobState.CANCELLED}
    assert not StoredFile.objects.exists()
    assert client.get(f"{PAGE}{runs.public_id}/archivo.csv").status_code == 404


def test_what_a_dead_worker_had_in_hand_is_interrupted(administrator: User) -> None:
    client = may(administrator)
    job = ask(client, ExportKind.PAYMENTS)
    ExportJob.objects.update(state=JobState.RUNNING, started_at=timezone.now())

    run_export(job.pk, now=timezone.now())

    assert ExportJob.objects.get().state == JobState.INTERRUPTED
    assert "Pedilo de nuevo" in text_of(client.get(f"{PAGE}{job.public_id}/"))


def test_asked_for_twice_it_is_one(administrator: User) -> None:
    client = may(administrator)

    assert ask(client, ExportKind.PAYMENTS) == ask(client, ExportKind.PAYMENTS)

    assert ProcrastinateJob.objects.filter(task_name="staff.run_export").count() == 1
    assert ask(client, ExportKind.PAYMENTS, until="2026-11-23") != ExportJob.objects.earliest("pk")


def test_dates_that_make_no_sense_are_told(administrator: User) -> None:
    client = may(administrator)
    for days, words in {
        ("2026-11-02", "2026-11-01"): "Tiene que ser igual o posterior a «Desde».",
        ("2025-11-01", "2026-11-02"): "Elegí hasta un año por vez.",
        ("ayer", "2026-11-02"): "Escribí la fecha así: 24/11/2026.",
        ("", "2026-11-02"): "Escribí la fecha.",
    }.items():
        answer = client.post(PAGE, {"kind": "payments", "since": days[0], "until": days[1]})
        assert (answer.status_code, words in text_of(answer)) == (200, True)
    assert not ExportJob.objects.exists()


def test_each_kind_asks_for_its_own_permission(staff: User, subtests: pytest.Subtests) -> None:
    for codename in sorted(EVERY_PERMISSION):
        client = may(staff, "view_exportjob", codename)
        for kind, export in EXPORTS.items():
            with subtests.test(has=codename, asks=kind):
                answer = client.post(PAGE, {"kind": kind.value, **DAYS})
                assert answer.status_code == (303 if export.permission == f"staff.{codename}" else 200)


def test_who_may_only_look_takes_nothing(
    staff: User, administrator: User, as_owner: Client, anonymous: Client, subtests: pytest.Subtests
) -> None:
    boss = may(administrator)
    job = ask(boss, ExportKind.CONTACT_CHANGES)
    ended = {"state": JobState.FINISHED, "finished_at": timezone.now(), "started_at": timezone.now()}
    ExportJob.objects.update(state=JobState.RUNNING, started_at=timezone.now())
    ExportJob.objects.update(**ended, stored=store([b"x"]))
    own = f"{PAGE}{job.public_id}/"
    looker = may(staff, "view_exportjob")

    assert "No tenés permiso para exportar datos." in text_of(looker.get(PAGE))
    assert "Descargar" not in text_of(looker.get(own))
    assert looker.get(f"{own}archivo.csv").status_code == 404
    looker.post(f"{own}cancelar/")
    assert not LogEntry.objects.filter(user=staff).exists()
    nobody = may(staff)
    for path in (PAGE, own, f"{own}archivo.csv"):
        with subtests.test(path=path):
            assert anonymous.get(path).status_code == 302
            assert as_owner.get(path).status_code == 404
            assert nobody.get(path).status_code == 403
            assert boss.get(path).status_code == 200
            assert boss.post(path).status_code == (200 if path == PAGE else 405)
    assert boss.get(f"{own}cancelar/").status_code == 405
    part = text_of(boss.get(own, headers={"HX-Request": "true"}))
    assert part.lstrip().startswith("<section")
    assert "hx-get" not in part


def test_files_are_forgotten_after_some_days_and_what_they_were_is_not(at_noon: Traveller, administrator: User) -> None:
    client = may(administrator)
    job = ask(client, ExportKind.PAYMENTS)
    ExportJob.objects.update(state=JobState.RUNNING, started_at=timezone.now())
    ExportJob.objects.update(
        state=JobState.FINISHED, finished_at=timezone.now(), lines=3, total=Decimal("5.00"), stored=store([b"x"])
    )
    ImportFile.objects.create(name="a.csv", kind="accounts", size=1, sha256="x", stored=store([b"y"]))
    at_noon.shift(timedelta(days=6))
    kept = store([b"z"])
    at_noon.shift(timedelta(days=1, seconds=1))

    forget_old_files(timestamp=0)

    assert [StoredFile.objects.get(), StoredPart.objects.get().file] == [kept, kept]
    assert ImportFile.objects.get().stored is None
    job.refresh_from_db()
    assert (job.lines, job.total, job.stored) == (3, Decimal("5.00"), None)
    assert "El archivo ya no está guardado." in text_of(client.get(f"{PAGE}{job.public_id}/"))
