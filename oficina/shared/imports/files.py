"""Reads a file of the billing system: one pass that judges it as a whole, one that gives its rows. Memory stays flat.

CSV in UTF-8, with or without BOM, lines ended by LF or CRLF, comma or semicolon, one record a line: a quote that is not
closed spoils its own line and no other.
"""

import codecs
import csv
import hashlib
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from oficina.shared.imports.kinds import ImportKind, recognise
from oficina.shared.imports.refusals import FileRefusedError

LONGEST_LINE = 1024 * 1024
_BLOCK = 1024 * 1024
_ZIP = b"PK\x03\x04"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
csv.field_size_limit(LONGEST_LINE)  # a parcel may be longer than Python's 128 KiB for one field


@dataclass(frozen=True, kw_only=True)
class TrustedFile:
    """A file that passed as a whole: readable, UTF-8, a known header. `name` is what people call it."""

    path: Path
    name: str
    size: int
    sha256: str
    delimiter: str
    header: tuple[str, ...]
    kind: ImportKind


@dataclass(frozen=True, slots=True)
class Row:
    """One record. `values` as many as the header has columns, unless `problem` (column, value, reason) says why not."""

    line: int
    read: int
    values: Sequence[str] = ()
    problem: tuple[str, str, str] | None = None


def inspect_file(path: Path, kinds: Sequence[ImportKind], *, name: str = "") -> TrustedFile:
    """Judges a file as a whole, in one pass. `name` is what people call it when it is not the path's.

    Raises FileRefusedError when it cannot be trusted.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileRefusedError("No es un archivo." if not path.is_dir() else "Es una carpeta, no un archivo.")
        _refuse_archive(path)
        size, sha256 = _read_whole(path)
        first_line = _first_line(path)
    except OSError as error:
        raise FileRefusedError(_why_unreadable(error)) from error
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    try:
        header = tuple(name.strip() for name in next(csv.reader([first_line], delimiter=delimiter, strict=True)))
    except (csv.Error, StopIteration):
        raise FileRefusedError("El encabezado no se puede leer.") from None
    return TrustedFile(
        path=path,
        name=name or path.name,
        size=size,
        sha256=sha256,
        delimiter=delimiter,
        header=header,
        kind=recognise(header, kinds),
    )


def _refuse_archive(path: Path) -> None:
    """People try to bring a spreadsheet as it is, which is a ZIP too, or the file as it was packed for a mail."""
    with path.open("rb") as stream:
        if stream.read(len(_ZIP)) == _ZIP:
            raise FileRefusedError(
                "Es un archivo comprimido (ZIP) o una planilla de Excel. Descomprimilo, o guardalo como CSV UTF-8."
            )


def _read_whole(path: Path) -> tuple[int, str]:
    """Size and digest of a file that is UTF-8 from end to end."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="strict")
    digest = hashlib.sha256()
    size = lines = 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                line = lines + error.object[: error.start].count(b"\n") + 1
                raise FileRefusedError(f"No está en UTF-8: lo muestra la línea {line}.") from error
            digest.update(block)
            size += len(block)
            lines += block.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise FileRefusedError("No está en UTF-8: el final está cortado.") from error
    if size <= len(codecs.BOM_UTF8):
        raise FileRefusedError("Está vacío.")
    return size, digest.hexdigest()


def _first_line(path: Path) -> str:
    with path.open("rb") as stream:
        line = stream.readline(LONGEST_LINE)
    text = line.removeprefix(codecs.BOM_UTF8).decode().rstrip("\r\n")
    if not text.strip():
        raise FileRefusedError("La primera línea está vacía: falta el encabezado.")
    if _CONTROL.search(text):
        raise FileRefusedError("El encabezado no se puede leer.")
    return text


def _why_unreadable(error: OSError) -> str:
    reasons = {
        FileNotFoundError: "No existe.",
        NotADirectoryError: "No existe.",
        PermissionError: "No hay permiso para leerlo.",
    }
    return reasons.get(type(error), f"No se puede leer: {error.strerror or error}.")


def read_rows(file: TrustedFile) -> Iterator[Row]:
    """The records after the header, blank lines left out. Raises FileRefusedError when the file changed meanwhile."""
    width = len(file.header)
    try:
        with file.path.open("rb") as stream:
            read = len(stream.readline())
            number = 1
            while line := stream.readline(LONGEST_LINE):
                number += 1
                read += len(line)
                if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                    while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                        read += len(rest)
                    read += len(rest)
                    yield _bad(number, read, "", "", "La línea tiene más de un millón de caracteres.")
                    continue
                text = line.decode().rstrip("\r\n")
                if text and not text.isspace():
                    yield _row(number, read, text, file, width)
    except OSError as error:
        raise FileRefusedError(_why_unreadable(error)) from error
    except UnicodeDecodeError as error:
        raise FileRefusedError("El archivo cambió mientras se leía.") from error


def _row(number: int, read: int, text: str, file: TrustedFile, width: int) -> Row:
    if _CONTROL.search(text):
        return _bad(number, read, "", "", "La línea tiene caracteres de control.")
    if '"' in text:
        try:
            values = next(csv.reader((text,), delimiter=file.delimiter, strict=True))
        except csv.Error:
            return _bad(number, read, "", "", "Las comillas no están bien cerradas.")
    else:
        values = text.split(file.delimiter)
    if len(values) == width:
        return Row(number, read, values)
    reason = f"La fila tiene {len(values)} {'valor' if len(values) == 1 else 'valores'} y el encabezado {width}."
    if len(values) < width:
        return _bad(number, read, file.header[len(values)], "", reason)
    return _bad(number, read, str(width + 1), values[width], reason)


def _bad(number: int, read: int, column: str, value: str, reason: str) -> Row:
    return Row(number, read, problem=(column, value, reason))
