"""A document that the utility issued, as the answer to a request."""

from django.http import HttpResponse

from billing.models import StoredDocument
from billing.stored_documents import file_name_of, stored_pdf


def document_download(document: StoredDocument) -> HttpResponse:
    """The stored PDF to download, drawn now if the worker did not get to it yet. Views ask before who may have it."""
    return HttpResponse(
        stored_pdf(document),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{file_name_of(document)}"'},
    )
