"""Reading a receipt back."""

import io
import re
from pathlib import Path

import pypdf
from playwright.sync_api import Page

from oficina.shared.money import NBSP


def download(page: Page, button: str = "Comprobante en PDF") -> tuple[str, bytes]:
    """The name and the content of what this link downloads."""
    with page.expect_download() as started:
        page.get_by_role("link", name=button).click()
    return started.value.suggested_filename, Path(started.value.path()).read_bytes()


def words_of(pdf: bytes) -> str:
    """The text of a PDF, with every run of white space as one space."""
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(rf"[\s{NBSP}]+", " ", text)
