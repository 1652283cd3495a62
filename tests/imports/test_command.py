"""`manage.py import_data`: exit status, what it says, and what holds when processes die or meet."""

import os
import pty
import signal
import termios
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import ServiceAccount
from oficina.shared.enums import ImportState
from oficina.shared.models import ImportRun
from tests.imports import csv_files
from tests.imports.commands import end, run_import, start_import
from tests.imports.csv_files import account, account_number
from tests.imports.waiting import account_locked, wait_until_it_waits_for_the_lock


@pytest.mark.django_db
def test_good_file_ends_quietly(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = csv_files.write(tmp_path / "a.csv", account(), account(account_number=account_number(2)))

    call_command("import_data", path)

    told = capfd.readouterr()
    assert told.out == "a.csv: cuentas, 2 filas: 2 nuevas, 0 cambiadas, 0 sin cambios, 0 rechazadas.\n"
    assert told.err == ""


@pytest.mark.django_db
def test_some_bad_rows_end_with_1_and_a_report(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = csv_files.write(
        tmp_path / "a.csv",
        account(),
        account(account_number="082-0000002-001-9"),
        account(account_number=account_number(3), holder_name='Álamo, "Don"', status="?"),
    )
    with path.open("a", encoding="utf-8") as stream:
        stream.write("1,2,3\n")
    report = tmp_path / "report.csv"

    with pytest.raises(CommandError) as refusal:
        call_command("import_data", path, "--report", report)

    assert refusal.value.returncode == 1
    assert str(refusal.value) == f"3 filas sin importar: el detalle está en {report}."
    assert report.read_text(encoding="utf-8") == (
        "archivo,linea,columna,valor,motivo\n"
        "a.csv,3,account_number,082-0000002-001-9,El dígito verificador no corresponde.\n"
        'a.csv,4,status,?,"Tiene que ser uno de: active, suspended, closed."\n'
        "a.csv,5,holder_vat_condition,,La fila tiene 3 valores y el encabezado 16.\n"
    )
    assert "1 nuevas, 0 cambiadas, 0 sin cambios, 3 rechazadas" in capfd.readouterr().out


@pytest.mark.django_db
def test_without_report_the_first_bad_rows_are_shown(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = csv_files.write(tmp_path / "a.csv", *(account(status="?") for _ in range(25)))

    with pytest.raises(CommandError) as refusal:
        call_command("import_data", path, "--dry-run")

    assert str(refusal.value) == "25 filas sin importar: con --report INFORME.csv queda el detalle completo."
    told = capfd.readouterr()
    lines = told.err.splitlines()
    assert len(lines) == 20
    assert lines[0] == "a.csv, línea 2, status «?»: Tiene que ser uno de: active, suspended, closed."
    assert told.out.endswith("25 rechazadas (de prueba: no se guardó nada).\n")


@pytest.mark.django_db
def test_file_that_cannot_be_trusted_ends_with_2_and_one_line(tmp_path: Path) -> None:
    path = csv_files.write(tmp_path / "a.csv", account(), encoding="latin-1")

    with pytest.raises(CommandError) as refusal:
        call_command("import_data", path)

    assert refusal.value.returncode == 2
    assert str(refusal.value) == f"{path}: No está en UTF-8: lo muestra la línea 2. No se importó nada."


@pytest.mark.django_db
def test_report_that_cannot_be_written_ends_with_2_before_anything(tmp_path: Path) -> None:
    path = csv_files.write(tmp_path / "a.csv", account())

    with pytest.raises(CommandError) as refusal:
        call_command("import_data", path, "--report", tmp_path)

    assert refusal.value.returncode == 2
    assert not ServiceAccount.objects.exists()


@pytest.mark.django_db
def test_report_never_takes_the_place_of_a_file(tmp_path: Path) -> None:
    path = csv_files.write(tmp_path / "a.csv", account())
    before = path.read_bytes()

    with pytest.raises(CommandError) as refusal:
        call_command("import_data", path, "--report", tmp_path / ".." / tmp_path.name / "a.csv")

    assert refusal.value.returncode == 2
    assert path.read_bytes() == before


@pytest.mark.django_db(transaction=True)
def test_process_ends_with_the_status_and_never_a_traceback(tmp_path: Path) -> None:
    good = csv_files.write(tmp_path / "good.csv", account())
    bad = csv_files.write(tmp_path / "bad.csv", account(account_number=account_number(2), latitude="1,5"))

    imported, refused, missing = run_import(good), run_import(bad), run_import(tmp_path / "nowhere.csv")

    assert (imported.code, imported.err) == (0, "")
    assert refused.code == 1
    assert refused.err.splitlines()[0].startswith("bad.csv, línea 2, latitude «1,5»:")
    assert (missing.code, missing.out) == (2, "")
    assert missing.err == f"CommandError: {tmp_path / 'nowhere.csv'}: No existe. No se importó nada.\n"


@pytest.mark.django_db(transaction=True)
def test_terminal_shows_how_far_it_is(tmp_path: Path) -> None:
    path = csv_files.write(tmp_path / "a.csv", account())
    terminal, end_of_child = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 100))

    process = start_import(path, stderr=end_of_child)
    os.close(end_of_child)
    ended = end(process)

    shown = os.read(terminal, 65536).decode()
    os.close(terminal)
    assert ended.code == 0
    assert "a.csv: leyendo" in shown


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_leaves_nothing_half_done(tmp_path: Path) -> None:
    csv_files.run(csv_files.write(tmp_path / "a.csv", account()))
    known = ServiceAccount.objects.get()
    path = csv_files.write(tmp_path / "b.csv", account(tariff="R9"), account(account_number=account_number(2)))

    with account_locked(known.number):
        process = start_import(path)
        wait_until_it_waits_for_the_lock()
        process.send_signal(signal.SIGKILL)
        assert end(process).code == -signal.SIGKILL

    killed = ImportRun.objects.get(file_name="b.csv")
    assert killed.state == ImportState.RUNNING
    assert list(ServiceAccount.objects.values_list("tariff", flat=True)) == ["R2"]

    again = run_import(path)

    assert (again.code, again.out) == (
        0,
        "b.csv: cuentas, 2 filas: 1 nuevas, 1 cambiadas, 0 sin cambios, 0 rechazadas.\n",
    )
    killed.refresh_from_db()
    assert killed.state == ImportState.INTERRUPTED


@pytest.mark.django_db(transaction=True)
def test_interrupted_from_the_keyboard_it_says_so_and_keeps_nothing(tmp_path: Path) -> None:
    csv_files.run(csv_files.write(tmp_path / "a.csv", account()))
    known = ServiceAccount.objects.get()

    with account_locked(known.number):
        process = start_import(csv_files.write(tmp_path / "b.csv", account(tariff="R9")))
        wait_until_it_waits_for_the_lock()
        process.send_signal(signal.SIGINT)
        ended = end(process)

    assert (ended.code, ended.err) == (2, "CommandError: Se canceló: ese archivo no cambió nada.\n")
    assert ImportRun.objects.get(file_name="b.csv").state == ImportState.CANCELLED
    known.refresh_from_db()
    assert known.tariff == "R2"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_wait_for_each_other(tmp_path: Path) -> None:
    csv_files.run(csv_files.write(tmp_path / "a.csv", account()))
    known = ServiceAccount.objects.get()
    first_file = csv_files.write(tmp_path / "first.csv", account(tariff="R8"))
    second_file = csv_files.write(tmp_path / "second.csv", account(tariff="R9"))

    with account_locked(known.number):
        first = start_import(first_file)
        wait_until_it_waits_for_the_lock()
        second = start_import(second_file)
        assert second.stderr is not None
        said = second.stderr.readline().decode()
        assert ImportRun.objects.filter(file_name="second.csv").count() == 0
    first_ended, second_ended = end(first), end(second)

    assert said == "Hay otra importación en curso: esperando a que termine.\n"
    assert (first_ended.code, second_ended.code) == (0, 0)
    assert ServiceAccount.objects.get().tariff == "R9"
    first_run, second_run = ImportRun.objects.get(file_name="first.csv"), ImportRun.objects.get(file_name="second.csv")
    assert first_run.finished_at is not None
    assert first_run.finished_at <= second_run.started_at


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Every second row is bad, so the report is long too."""
    small, large = tmp_path / "small.csv", tmp_path / "large.csv"
    _write_many(small, 500)
    _write_many(large, 40_000)
    assert large.stat().st_size > 60_000_000

    little = run_import(small, "--dry-run", "--report", tmp_path / "report.csv")
    much = run_import(large, "--dry-run", "--report", tmp_path / "report.csv")

    assert (little.code, much.code) == (1, 1)
    assert len((tmp_path / "report.csv").read_text(encoding="utf-8").splitlines()) == 20_001
    assert much.peak - little.peak < 16 * 1024


def _write_many(path: Path, rows: int) -> None:
    """About 1.5 KB a row, most of it a parcel."""
    point = "[-68.877312345678, -32.983112345678]"
    parcel = '{"type": "Polygon", "coordinates": [[' + ", ".join([point] * 34) + "]]}"
    csv_files.write(
        path,
        *(
            account(account_number=account_number(index), parcel=parcel, status="active" if index % 2 else "?")
            for index in range(1, rows + 1)
        ),
    )
