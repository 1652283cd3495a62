"""A document that the utility issued, and stands by."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from oficina.shared.ids import verification_code


class StoredDocument(models.Model):
    """A paper that proves something: issued once, drawn once, and the same bytes for ever.

    `issued_at` and `rendered_at` are UTC. `pdf` is empty until `billing.stored_documents` has drawn it. Whoever holds
    the paper checks `verification_code` at `/verificar/`. What the paper says of things that may change since is kept
    in columns of its own.

    A kind of document names its `NUMBER_PREFIX`, inherits `Meta`, and has the triggers of
    `billing.triggers.documents.issued_once`.
    """

    NUMBER_PREFIX: ClassVar[str]

    verification_code = models.CharField(
        "código de verificación", max_length=12, unique=True, default=verification_code, editable=False
    )
    issued_at = models.DateTimeField("emitido", default=timezone.now, editable=False)
    pdf = models.BinaryField("PDF", null=True, editable=False)
    rendered_at = models.DateTimeField("dibujado", null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(pdf=None, rendered_at=None) | Q(pdf__isnull=False, rendered_at__isnull=False),
                name="%(class)s_rendered_with_its_pdf",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that people see, such as `R-00418902` of a receipt."""
        return f"{self.NUMBER_PREFIX}-{self.pk:08d}"
