"""Files as a whole: what is trusted, what is not, and how the rows of a trusted one are read."""

import csv
import io
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oficina.shared.enums import ImportState
from oficina.shared.imports.files import inspect_file, read_rows
from oficina.shared.imports.refusals import FileRefusedError, FilesRefusedError
from oficina.shared.models import ImportRun
from oficina.staff.imports import IMPORT_KINDS
from tests.imports import csv_files
from tests.imports.csv_files import account, payment


def _why_refused(path: Path) -> str:
    with pytest.raises(FileRefusedError) as refusal:
        inspect_file(path, IMPORT_KINDS)
    return refusal.value.reason


def test_kind_is_read_from_the_header(tmp_path: Path) -> None:
    rows = {
        "accounts": account(),
        "invoices": csv_files.invoice(),
        "invoice_lines": csv_files.line(),
        "payments": payment(),
    }

    kinds = {name: inspect_file(csv_files.write(tmp_path / "x.csv", row), IMPORT_KINDS) for name, row in rows.items()}

    assert {name: file.kind.name for name, file in kinds.items()} == {name: name for name in rows}


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"])
def test_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)

    assert _why_refused(path) == "Está vacío."


def test_file_that_begins_with_a_blank_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("\nchannel,operation_number\n", encoding="utf-8")

    assert _why_refused(path) == "La primera línea está vacía: falta el encabezado."


def test_latin_1_is_refused_and_the_line_told(tmp_path: Path) -> None:
    path = csv_files.write(
        tmp_path / "x.csv", account(holder_name="Perez", department="Junin"), account(), encoding="latin-1"
    )

    assert _why_refused(path) == "No está en UTF-8: lo muestra la línea 3."


def test_utf_16_is_refused(tmp_path: Path) -> None:
    path = csv_files.write(tmp_path / "x.csv", account(), encoding="utf-16")

    assert _why_refused(path) == "No está en UTF-8: lo muestra la línea 1."


def test_file_cut_within_a_character_is_refused(tmp_path: Path) -> None:
    path = csv_files.write(tmp_path / "x.csv", account())
    path.write_bytes(path.read_bytes() + "ñ".encode()[:1])

    assert _why_refused(path) == "No está en UTF-8: el final está cortado."


def test_missing_column_is_named(tmp_path: Path) -> None:
    row = account()
    del row["status"], row["tariff"]

    reason = _why_refused(csv_files.write(tmp_path / "x.csv", row))

    assert reason == "El encabezado no es el de un archivo de cuentas: faltan columnas: tariff, status."


def test_unknown_column_is_named(tmp_path: Path) -> None:
    reason = _why_refused(csv_files.write(tmp_path / "x.csv", account() | {"colour": "", "": ""}))

    assert reason == ("El encabezado no es el de un archivo de cuentas: columnas desconocidas: colour, (sin nombre).")


def test_repeated_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("channel,operation_number,channel,paid_at,amount,payment_code\n", encoding="utf-8")

    assert _why_refused(path) == "Hay columnas repetidas: channel."


def test_header_of_nothing_known_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("uno;dos\n1;2\n", encoding="utf-8")

    assert _why_refused(path) == "El encabezado no es de ningún archivo conocido: uno, dos."


def test_payments_need_one_way_to_name_the_bill(tmp_path: Path) -> None:
    row = payment()
    del row["payment_code"]

    assert _why_refused(csv_files.write(tmp_path / "x.csv", row)).endswith("faltan columnas: payment_code.")
    assert _why_refused(csv_files.write(tmp_path / "x.csv", row | {"document_code": ""})).endswith(
        "faltan columnas: invoice_number."
    )


def test_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert _why_refused(tmp_path / "x.csv") == "No existe."


def test_folder_is_refused(tmp_path: Path) -> None:
    assert _why_refused(tmp_path) == "Es una carpeta, no un archivo."


def test_device_is_refused() -> None:
    assert _why_refused(Path("/dev/zero")) == "No es un archivo."


@pytest.mark.django_db
def test_refused_file_is_in_the_history_and_stops_the_others(tmp_path: Path) -> None:
    good = csv_files.write(tmp_path / "good.csv", account())
    bad = csv_files.write(tmp_path / "bad.csv", account(), encoding="latin-1")

    with pytest.raises(FilesRefusedError) as refusal:
        csv_files.run(good, bad)

    assert [path for path, _ in refusal.value.refused] == [bad]
    noted = ImportRun.objects.get()
    assert (noted.file_name, noted.state, noted.rows) == ("bad.csv", ImportState.REFUSED, 0)
    assert noted.reason == "No está en UTF-8: lo muestra la línea 2."
    assert noted.finished_at is not None


def _rows(path: Path, text: str) -> list[tuple[int, list[str]]]:
    path.write_bytes(text.encode())
    file = inspect_file(path, IMPORT_KINDS)
    return [(row.line, [*row.values] if row.problem is None else [*row.problem]) for row in read_rows(file)]


HEADER = "channel,operation_number,payment_code,paid_at,amount\n"


def test_unclosed_quote_spoils_its_own_line_only(tmp_path: Path) -> None:
    assert _rows(tmp_path / "x.csv", HEADER + 'a,"1,2,3,4\nb,1,2,3,4\n') == [
        (2, ["", "", "Las comillas no están bien cerradas."]),
        (3, ["b", "1", "2", "3", "4"]),
    ]


def test_blank_lines_are_left_out_and_counted(tmp_path: Path) -> None:
    assert _rows(tmp_path / "x.csv", HEADER + "\na,1,2,3,4\n   \r\nb,1,2,3,4") == [
        (3, ["a", "1", "2", "3", "4"]),
        (5, ["b", "1", "2", "3", "4"]),
    ]


def test_ragged_row_is_told_at_the_first_column_without_value_or_too_many(tmp_path: Path) -> None:
    assert _rows(tmp_path / "x.csv", HEADER + "a,1,2\na,1,2,3,4,5\n") == [
        (2, ["paid_at", "", "La fila tiene 3 valores y el encabezado 5."]),
        (3, ["6", "5", "La fila tiene 6 valores y el encabezado 5."]),
    ]


@pytest.mark.parametrize("control", ["\x00", "\x07", "\t", "\r"])
def test_control_characters_spoil_the_line(tmp_path: Path, control: str) -> None:
    assert _rows(tmp_path / "x.csv", HEADER + f"a{control}b,1,2,3,4\n") == [
        (2, ["", "", "La línea tiene caracteres de control."])
    ]


def test_endless_line_is_one_bad_row(tmp_path: Path) -> None:
    assert _rows(tmp_path / "x.csv", HEADER + "x" * 3_000_000 + "\na,1,2,3,4\n") == [
        (2, ["", "", "La línea tiene más de un millón de caracteres."]),
        (3, ["a", "1", "2", "3", "4"]),
    ]


_VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)


@given(
    rows=st.lists(st.lists(_VALUES, min_size=5, max_size=5), min_size=1, max_size=5),
    delimiter=st.sampled_from([",", ";"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    bom=st.booleans(),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_whatever_a_csv_writer_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    delimiter: str,
    line_end: str,
    bom: bool,
    quoting: Literal[0, 1],
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerow(["channel", "operation_number", "payment_code", "paid_at", "amount"])
    writer.writerows(rows)
    path = tmp_path_factory.mktemp("any") / "x.csv"

    read = _rows(path, ("\ufeff" if bom else "") + text.getvalue())

    assert [values for _, values in read] == rows


@pytest.mark.django_db
def test_spreadsheet_or_archive_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "cuentas.csv"
    path.write_bytes(b"PK\x03\x04" + b"\x00" * 40)

    assert csv_files.why_refused(path) == (
        "Es un archivo comprimido (ZIP) o una planilla de Excel. Descomprimilo, o guardalo como CSV UTF-8."
    )
