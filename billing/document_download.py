"""Documents as the answer to a request."""

from django.http import HttpResponse

from billing.models import StoredDocument
from billing.stored_documents import file_name_of, stored_pdf


def document_download(document: StoredDocument) -> HttpResponse:
    """The stored PDF to download, drawn now if the worker did not get to it yet. Views ask before who may have it."""
    return pdf_download(stored_pdf(document), file_name_of(document))


def pdf_download(content: bytes, file_name: str) -> HttpResponse:
    """A PDF to download under this name, which is plain letters, digits and dashes."""
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )
