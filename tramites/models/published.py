"""What the office publishes: a subject that stays, and each text that it ever had."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from oficina.shared.append_only import AppendOnly


class PublishedTextQuerySet[Text: "PublishedText"](models.QuerySet[Text]):
    """The words in which texts are asked for."""

    def in_force(self, *, at: datetime) -> Self:
        """The text of each subject at an instant: the last to be published, unless it withdraws the subject."""
        subject = self.model.SUBJECT
        published = self.model._default_manager.filter(**{subject: OuterRef(subject)}, published_at__lte=at)
        latest = published.order_by("-published_at", "-number").values("pk")[:1]
        return self.filter(pk=Subquery(latest), shown=True).select_related(subject)


class PublishedText(AppendOnly):
    """What a subject says from `published_at` (UTC) on, until another text of it is published. Markdown; never edited.

    `asked_as` are the words of customers that the text itself lacks. A text that is not `shown` withdraws its subject.
    """

    SUBJECT: ClassVar[str]
    """The column of the subject, whose texts are its `texts`."""
    SEARCHED: ClassVar[Mapping[str, str]]
    """The columns in which a question is looked for, and what a find there weighs: A, the most, to D."""
    LISTED: ClassVar[tuple[str, ...]]
    """The order in which the texts of several subjects are listed."""

    number = models.PositiveIntegerField("versión")
    title = models.CharField("título", max_length=120)
    body = models.TextField("texto")
    asked_as = models.TextField("cómo lo pregunta la gente", blank=True)
    shown = models.BooleanField("se muestra", default=True)
    published_at = models.DateTimeField("vigente desde", default=timezone.now)
    written_at = models.DateTimeField("escrito", default=timezone.now)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="quien lo escribió",
    )

    class Meta(AppendOnly.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.title} (versión {self.number})"
