"""What a PDF says, is made of and shows: its text, its faults, and the codes that a machine reads from its pages.

Poppler and qpdf come with `make test` (scripts/bootstrap.py).
"""

import re
import shutil
import subprocess
import tempfile
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pikepdf
import pypdfium2
import zxingcpp

from tests.pdf_ua import tags_below

_PRINT = 300 / 72
"""Points to pixels at 300 dots an inch."""


class Font(NamedTuple):
    """One font of a document."""

    name: str
    embedded: bool
    subset: bool


def words_of(pdf: bytes) -> str:
    """Everything that it says, in the order in which it is drawn, each space one space."""
    return re.sub(r"\s+", " ", _run("pdftotext", "-raw", "-", "-", pdf=pdf)).strip()


def facts_of(pdf: bytes) -> dict[str, str]:
    """What pdfinfo tells: `Title`, `Tagged`, `Pages`, `Page size`…, and `Lang` from its catalogue."""
    lines = _run("pdfinfo", "-", pdf=pdf).splitlines()
    facts = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    with pypdfium2.PdfDocument(pdf) as document:
        facts["Lang"] = _language(document)
    return facts


def fonts_of(pdf: bytes) -> list[Font]:
    """What pdffonts tells of each font."""
    rows = [line.split() for line in _run("pdffonts", "-", pdf=pdf).splitlines()[2:]]
    return [Font(name=row[0], embedded=row[-5] == "yes", subset=row[-4] == "yes") for row in rows]


def qpdf_check(pdf: bytes) -> str:
    """The last line of `qpdf --check`. Fails the test when it finds an error or warns."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "document.pdf")
        file.write_bytes(pdf)
        return _run("qpdf", "--check", str(file)).strip().splitlines()[-1]


def drawings_of(pdf: bytes) -> list[str]:
    """What is told of each drawing to whoever cannot see it, in reading order; fails for one of which nothing is."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return [str(tag.Alt) for tag in tags_below(document.Root.StructTreeRoot.K) if pikepdf.Name.Figure == tag.S]


def codes_on(pdf: bytes, *, page: int = 0) -> dict[str, str]:
    """The codes that a reader finds on a printed page (-1 is the last): `{"ITF": "0742…", "QR Code": "https://…"}`."""
    with pypdfium2.PdfDocument(pdf) as document:
        image = document[range(len(document))[page]].render(scale=_PRINT, grayscale=True).to_pil()
    return {str(code.format): code.text for code in zxingcpp.read_barcodes(image)}


def _language(document: pypdfium2.PdfDocument) -> str:
    buffer_size = pypdfium2.raw.FPDFCatalog_GetLanguage(document, None, 0)
    buffer = pypdfium2.raw.FPDF_WCHAR * (buffer_size // 2)
    text = buffer()
    pypdfium2.raw.FPDFCatalog_GetLanguage(document, text, buffer_size)
    return bytes(text).decode("utf-16-le").rstrip("\0")


def _run(tool: str, *arguments: str, pdf: bytes | None = None) -> str:
    path = shutil.which(tool)
    assert path, f"{tool} is missing: make test brings it"
    done = subprocess.run([path, *arguments], input=pdf, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b""), done.stderr.decode() or done.stdout.decode()
    return done.stdout.decode()
