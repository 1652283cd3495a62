"""The kinds of documents that the utility issues: how each is drawn, kept, and found again by whoever checks it.

An app registers its kinds in `AppConfig.ready`. A document is drawn by a job that is enqueued with it, so that a
download does not wait, or by the download that comes before the job; whichever is first, those bytes are kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from billing.models import StoredDocument
from billing.verification import VerifiedDocument, register_teller
from oficina.shared.reading_only import reads_only

DRAW_DOCUMENTS_TASK = "billing.draw_documents"

BEFORE_OTHERS = 0
AFTER_OTHERS = -10
"""Priorities of jobs: of a document that somebody waits for, and of one that nobody may ever ask for."""


@dataclass(frozen=True, kw_only=True)
class DocumentKind[Document: StoredDocument]:
    """One kind of document.

    `draw` gives the PDF from what is stored and must not depend on who asks. `tell` gives what anybody may know who
    has the code. `related`: the relations, at least one, that both of them read. `file_name` begins the name of the
    downloaded file.
    """

    model: type[Document]
    file_name: str
    related: tuple[str, ...]
    draw: Callable[[Document], bytes]
    tell: Callable[[Document], VerifiedDocument]

    @property
    def label(self) -> str:
        """What names the kind in the arguments of jobs: `billing.receipt`."""
        return self.model._meta.label_lower

    def documents(self) -> QuerySet[Document]:
        """All of this kind, with what drawing and telling read, without the PDFs."""
        return self.model._default_manager.select_related(*self.related).defer("pdf")

    def tell_code(self, code: str) -> VerifiedDocument | None:
        """What may be told of the one with this verification code; None when none of this kind has it."""
        document = self.documents().filter(verification_code=code).first()
        return None if document is None else self.tell(document)


_kinds: dict[str, DocumentKind[Any]] = {}


def register_document(kind: DocumentKind[Any]) -> None:
    """Have documents of this kind drawn and verified. Once, however often it is registered."""
    _kinds[kind.label] = kind
    register_teller(kind.label, kind.tell_code)


def registered_documents() -> list[str]:
    """The labels of the kinds."""
    return list(_kinds)


def kind_of(document: StoredDocument) -> DocumentKind[Any]:
    """The kind of a document. KeyError when its app did not register it."""
    return _kinds[document._meta.label_lower]


def stored_pdf(document: StoredDocument) -> bytes:
    """The document as PDF: drawn the first time that somebody asks, and the same bytes for ever after.

    When several draw it at the same time, all of them get the bytes of whoever was first. What is drawn for somebody of
    the office who sees the portal as a customer is not kept.
    """
    if document.pdf is None:
        drawn = kind_of(document).draw(document)
        if reads_only():
            return drawn
        documents = type(document)._default_manager
        documents.filter(pk=document.pk, pdf=None).update(pdf=drawn, rendered_at=timezone.now())
        document.refresh_from_db(fields=["pdf", "rendered_at"])
    return bytes(document.pdf or b"")


def schedule_drawing(document: StoredDocument, *, priority: int = BEFORE_OTHERS) -> None:
    """Have a document drawn by the worker, in the caller's transaction."""
    schedule_drawings(document._meta.label_lower, [document.pk], priority=priority)


def schedule_drawings(label: str, document_ids: Sequence[int], *, priority: int) -> None:
    """Have some documents of one kind drawn by one job, in the caller's transaction."""
    app.configure_task(DRAW_DOCUMENTS_TASK, priority=priority).defer(label=label, document_ids=list(document_ids))


def draw_documents(label: str, document_ids: Sequence[int]) -> None:
    """Draw those of these documents that nobody drew yet."""
    for document in _kinds[label].documents().filter(pk__in=document_ids, rendered_at=None).order_by("pk"):
        stored_pdf(document)


def file_name_of(document: StoredDocument) -> str:
    """The name of the file that people download: `recibo-R-00418902.pdf`."""
    return f"{kind_of(document).file_name}-{document.number}.pdf"
