"""The office imports files: they are kept, tried, imported by a job, stopped; nobody does what is not theirs."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ServiceAccount, User
from billing.models import Invoice, Payment
from oficina.shared.enums import ImportState
from oficina.shared.ids import public_id
from oficina.shared.models import ImportRun
from oficina.shared.request_size import OFFICE_UPLOAD
from oficina.staff.files.enums import JobState
from oficina.staff.files.import_jobs import run_import
from oficina.staff.files.models import ImportFile, ImportJob, StoredFile
from oficina.staff.files.storage import PART, content_of, store
from tests.answers import Answer, text_of
from tests.imports import csv_files
from tests.imports.csv_files import account, account_number, invoice, payment
from tests.jobs import run_jobs
from tests.staff.conftest import may

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
commits = pytest.mark.django_db(transaction=True)
"""A job tells how far it is on a connection of its own, which sees only what was committed."""

PAGE = "/admin/archivos/importar/"
LOOKS = ("view_importjob", "view_importrun")
ACCOUNTS = (*LOOKS, "import_accounts")


def content(tmp_path: Path, *rows: csv_files.Row) -> bytes:
    return csv_files.write(tmp_path / "content.csv", *rows).read_bytes()


def upload(client: Client, *files: tuple[str, bytes], how: str = "probar", key: str = "") -> Answer:
    chosen = [SimpleUploadedFile(name, told, "text/csv") for name, told in files]
    return client.post(PAGE, {"chosen": chosen, "how": how, "key": key or public_id()})


def only_job() -> ImportJob:
    return ImportJob.objects.get()


def page_of(client: Client, job: ImportJob) -> str:
    return text_of(client.get(f"{PAGE}{job.public_id}/"))


@commits
def test_a_trial_tells_all_and_keeps_nothing_then_the_same_file_is_imported(staff: User, tmp_path: Path) -> None:
    client = may(staff, *ACCOUNTS)
    told = content(tmp_path, account(), account(account_number=account_number(2), status="=1+1"))
    before = everything()

    sent = upload(client, ("padrón.csv", told))
    trial = only_job()
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{PAGE}{trial.public_id}/")
    assert "Empieza en unos segundos" in page_of(client, trial)
    assert run_jobs() == ["staff.run_import"]

    trial.refresh_from_db()
    assert (trial.state, trial.dry_run, trial.rows_read) == (JobState.FINISHED, True, 2)
    assert everything() == before
    run = trial.runs.get()
    assert run.dry_run
    assert (run.file_name, run.rows, run.inserted, run.refused, run.started_by) == ("padrón.csv", 2, 1, 1, staff)
    page = page_of(client, trial)
    assert "La prueba terminó y no se guardó nada. Hay una fila que no se va a importar." in page
    report = client.get(f"{PAGE}{trial.public_id}/filas-rechazadas.csv")
    assert report.headers["Content-Disposition"] == f'attachment; filename="filas-rechazadas-{trial.pk}.csv"'
    assert b"".join(report).decode("utf-8-sig").splitlines() == [
        "archivo;linea;columna;valor;motivo",
        "padrón.csv;3;status;'=1+1;Tiene que ser uno de: active, suspended, closed.",
    ]

    runs = "/admin/shared/importrun/"
    assert "padrón.csv" in text_of(client.get(f"{runs}?tipo=accounts"))
    assert "padrón.csv" not in text_of(client.get(f"{runs}?tipo=payments"))
    record = text_of(client.get(f"{runs}{run.pk}/change/"))
    assert f'href="{PAGE}{trial.public_id}/"' in record
    assert f'href="{PAGE}{trial.public_id}/filas-rechazadas.csv"' in record

    assert client.post(f"{PAGE}{trial.public_id}/seguir/", {"como": "importar"}).status_code == 303
    assert client.post(f"{PAGE}{trial.public_id}/seguir/", {"como": "importar"}).status_code == 303
    real = ImportJob.objects.get(follows=trial)
    run_jobs()

    real.refresh_from_db()
    assert (real.state, real.dry_run) == (JobState.FINISHED, False)
    assert ServiceAccount.objects.get().holder_name == "Nélida Ñáñez"
    assert "Se importó todo menos una fila." in page_of(client, real)
    assert list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True)) == [
        "Subió padrón.csv", "Descargó las filas rechazadas", "Pidió importarlos",
    ]  # fmt: skip


def everything() -> str:
    """A checksum of all that imports write."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT string_agg(a::text, '|' ORDER BY id) FROM accounts_serviceaccount a),"
            " (SELECT string_agg(i::text, '|' ORDER BY id) FROM billing_invoice i),"
            " (SELECT string_agg(p::text, '|' ORDER BY id) FROM billing_payment p),"
            " (SELECT count(*) FROM shared_importchange)"
        )
        return sha256(repr(cursor.fetchone()).encode()).hexdigest()


@commits
def test_the_same_file_twice_says_so_and_changes_nothing(staff: User, tmp_path: Path) -> None:
    client = may(staff, *ACCOUNTS)
    told = content(tmp_path, account())
    upload(client, ("a.csv", told), how="importar")
    run_jobs()

    upload(client, ("otra vez.csv", told))
    again = ImportJob.objects.latest("pk")
    run_jobs()

    page = page_of(client, again)
    assert "Este mismo archivo ya se importó hoy a las 12:00, Olga Ríos." in page
    assert (again.runs.get().unchanged, again.runs.get().inserted) == (1, 0)


def test_a_form_that_is_sent_twice_is_one_job(staff: User, tmp_path: Path) -> None:
    client = may(staff, *ACCOUNTS)
    told, key = content(tmp_path, account()), public_id()

    assert upload(client, ("a.csv", told), key=key).status_code == 303
    assert upload(client, ("a.csv", told), key=key).status_code == 303

    assert ImportJob.objects.count() == 1


@commits
def test_several_files_go_together_whatever_their_order(staff: User, tmp_path: Path) -> None:
    client = may(staff, *ACCOUNTS, "import_invoices", "import_payments")
    files = [
        ("p.csv", content(tmp_path, payment())),
        ("i.csv", content(tmp_path, invoice())),
        ("a.csv", content(tmp_path, account())),
    ]

    upload(client, *files, how="importar")
    run_jobs()

    assert only_job().state == JobState.FINISHED
    assert Invoice.objects.get().is_paid
    assert [run.file_name for run in only_job().runs.order_by("pk")] == ["a.csv", "i.csv", "p.csv"]


def test_files_that_cannot_be_trusted_are_told_at_once_and_not_kept(
    staff: User, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    client = may(staff, *ACCOUNTS)
    good = content(tmp_path, account())
    header = good.splitlines()[0]
    wrong = {
        "No está en UTF-8": good.decode().encode("latin-1"),
        "El encabezado no es de ningún archivo conocido": b"a,b\n1,2\n",
        "faltan columnas: status": header.replace(b",status", b"") + b"\n",
        "Es un archivo comprimido (ZIP)": b"PK\x03\x04" + bytes(50),
        "está vacío": b"",
        "Está vacío.": b"\xef\xbb\xbf",
    }
    for words, told in wrong.items():
        with subtests.test(words=words):
            answer = upload(client, ("x.csv", told))
            assert answer.status_code == 200
            assert words in text_of(answer)
    assert not ImportJob.objects.exists()
    assert not StoredFile.objects.exists()
    assert set(ImportRun.objects.values_list("state", flat=True)) == {ImportState.REFUSED}
    for form in ({}, {"how": "probar"}, {"how": "?", "key": public_id()}):
        assert client.post(PAGE, form).status_code == 200
    assert "Elegí hasta 10 archivos por vez." in text_of(upload(client, *[("a.csv", good)] * 11))


@commits
def test_names_of_files_lead_nowhere(staff: User, tmp_path: Path) -> None:
    client = may(staff, *ACCOUNTS)
    told = content(tmp_path, account())

    upload(client, ("../../etc/passwd.csv", told), (f"{'ñ' * 300}.csv", told), how="importar")
    run_jobs()

    first, second = ImportFile.objects.order_by("pk")
    assert first.name == "passwd.csv"
    assert (len(second.name), second.name[-5:]) == (255, "ñ.csv")
    assert only_job().state == JobState.FINISHED


PERMISSIONS_OF_KINDS = {
    "import_accounts": account,
    "import_invoices": invoice,
    "import_charges": csv_files.charge,
    "import_payments": payment,
}


def test_each_kind_asks_for_its_own_permission(staff: User, tmp_path: Path, subtests: pytest.Subtests) -> None:
    files = {**PERMISSIONS_OF_KINDS, "invoice_lines": csv_files.line}
    for codename in PERMISSIONS_OF_KINDS:
        client = may(staff, *LOOKS, codename)
        for needed, row in files.items():
            with subtests.test(has=codename, brings=needed):
                answer = upload(client, ("x.csv", content(tmp_path, row())))
                allowed = needed == codename or (needed, codename) == ("invoice_lines", "import_invoices")
                assert answer.status_code == (303 if allowed else 200)
                assert allowed or "No tenés permiso para importar archivos de" in text_of(answer)


@commits
def test_who_may_only_look_starts_and_stops_nothing(staff: User, administrator: User, tmp_path: Path) -> None:
    boss, looker = may(administrator), may(staff, *LOOKS)
    upload(boss, ("a.csv", content(tmp_path, account())))
    job = only_job()

    assert "No tenés permiso para importar archivos." in text_of(looker.get(PAGE))
    assert looker.post(f"{PAGE}{job.public_id}/cancelar/").status_code == 303
    assert only_job().state == JobState.QUEUED
    run_jobs()
    assert "Importar de verdad" in page_of(boss, job)
    assert "Importar de verdad" not in page_of(looker, job)
    looker.post(f"{PAGE}{job.public_id}/seguir/", {"como": "importar"})
    assert ImportJob.objects.count() == 1
    assert not LogEntry.objects.filter(user=staff).exists()


@commits
def test_pages_are_the_offices_alone(
    staff: User, administrator: User, as_owner: Client, anonymous: Client, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    boss = may(administrator)
    upload(boss, ("a.csv", content(tmp_path, account(status="?"))))
    run_jobs()
    own = f"{PAGE}{only_job().public_id}/"
    nobody = may(staff)
    for path in (PAGE, own, f"{own}filas-rechazadas.csv"):
        with subtests.test(path=path):
            assert anonymous.get(path).status_code == 302
            assert as_owner.get(path).status_code == 404
            assert nobody.get(path).status_code == 403
            assert boss.get(path).status_code == 200
    for path in (f"{own}seguir/", f"{own}cancelar/"):
        with subtests.test(path=path):
            assert anonymous.post(path).status_code == 302
            assert as_owner.post(path).status_code == 404
            assert nobody.post(path).status_code == 403
            assert boss.get(path).status_code == 405
    assert boss.post(own).status_code == 405
    assert boss.get(f"{PAGE}nada/").status_code == 404
    part = boss.get(own, headers={"HX-Request": "true"})
    assert text_of(part).lstrip().startswith("<section")
    assert "<html" not in text_of(part)


def test_upload_asks_who_before_it_reads_and_for_the_token(administrator: User, tmp_path: Path) -> None:
    told = SimpleUploadedFile("a.csv", content(tmp_path, account()))
    form = {"chosen": told, "how": "probar", "key": public_id()}

    assert Client(enforce_csrf_checks=True).post(PAGE, form).status_code == 302
    assert reverse("office:import") == OFFICE_UPLOAD == PAGE
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(administrator, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert strict.post(PAGE, form).status_code == 403
    assert not ImportJob.objects.exists()


def test_lists_cost_the_same_with_more_jobs(administrator: User, tmp_path: Path) -> None:
    boss = may(administrator)
    told = content(tmp_path, account())
    with connection.execute_wrapper(counting := _Counting()):
        upload(boss, ("a.csv", told))
        counting.count = 0
        assert boss.get(PAGE).status_code == 200
        few = counting.count
        for _ in range(3):
            upload(boss, ("a.csv", told), ("b.csv", told))
        counting.count = 0
        assert boss.get(PAGE).status_code == 200
    assert counting.count == few


class _Counting:
    count = 0

    def __call__(self, execute: Callable[..., object], *told: object) -> object:
        self.count += 1
        return execute(*told)


@commits
def test_a_job_that_waits_is_cancelled_at_once(staff: User, tmp_path: Path) -> None:
    client = may(staff, *ACCOUNTS)
    upload(client, ("a.csv", content(tmp_path, account())), how="importar")

    client.post(f"{PAGE}{only_job().public_id}/cancelar/")
    run_jobs()

    assert only_job().state == JobState.CANCELLED
    assert not ServiceAccount.objects.exists()
    assert "No se guardó nada." in page_of(client, only_job())


@commits
def test_files_that_were_forgotten_are_not_imported(staff: User, tmp_path: Path) -> None:
    client = may(staff, *ACCOUNTS)
    upload(client, ("a.csv", content(tmp_path, account())), how="importar")
    StoredFile.objects.all().delete()

    run_jobs()

    assert (only_job().state, only_job().reason) == (JobState.FAILED, "Los archivos ya no están guardados.")
    client.post(f"{PAGE}{only_job().public_id}/seguir/", {"como": "importar"})
    assert ImportJob.objects.count() == 1


@commits
def test_what_a_dead_worker_had_in_hand_is_interrupted_and_may_be_repeated(staff: User, tmp_path: Path) -> None:
    client = may(staff, *ACCOUNTS)
    upload(client, ("a.csv", content(tmp_path, account())), how="importar")
    job = only_job()
    ImportJob.objects.filter(pk=job.pk).update(state=JobState.RUNNING, started_at=timezone.now())

    run_import(job.pk, now=timezone.now())

    job.refresh_from_db()
    assert (job.state, job.reason) == (JobState.INTERRUPTED, "El proceso que la hacía se cortó.")
    assert not ServiceAccount.objects.exists()
    page = page_of(client, job)
    assert "El proceso que la hacía se cortó. No se guardó nada." in page
    assert "Importar de nuevo" in page
    client.post(f"{PAGE}{job.public_id}/seguir/", {"como": "importar"})
    run_jobs()
    assert ServiceAccount.objects.count() == 1
    run_import(job.pk, now=timezone.now())
    assert ImportJob.objects.get(pk=job.pk).state == JobState.INTERRUPTED


@commits
def test_payments_settle_as_any_other(staff: User, tmp_path: Path) -> None:
    csv_files.run(csv_files.write(tmp_path / "a.csv", account()), csv_files.write(tmp_path / "i.csv", invoice()))
    client = may(staff, *LOOKS, "import_payments")

    upload(client, ("p.csv", content(tmp_path, payment())), how="importar")
    run_jobs()

    assert Payment.objects.get().amount_received == Invoice.objects.get().applied


@pytest.mark.parametrize("size", [0, 1, PART, PART + 1, 2 * PART])
def test_a_kept_file_is_what_came(size: int) -> None:
    told = bytes(number % 251 for number in range(size))

    file = store(told[start : start + 1000] for start in range(0, size, 1000))

    assert (file.size, file.sha256) == (size, sha256(told).hexdigest())
    assert b"".join(content_of(file)) == told
    assert file.parts.count() == -(-size // PART)
