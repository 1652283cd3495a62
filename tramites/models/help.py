"""Help: topics, and each text that a topic ever had."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from oficina.shared.append_only import AppendOnly
from tramites.enums import HelpSection


class HelpTopic(models.Model):
    """A question that people have. `screens` are the URL names of the screens that it explains
    (`tramites.help.screens`); what it says is in its texts.
    """

    slug = models.SlugField("dirección", unique=True, help_text="Termina la dirección de su página; no se cambia más.")
    section = models.CharField("parte", max_length=20, choices=HelpSection)
    position = models.PositiveSmallIntegerField("orden", default=0, help_text="Dentro de su parte, de menor a mayor.")
    screens = ArrayField(
        models.CharField(max_length=60), verbose_name="pantallas que explica", default=list, blank=True
    )

    class Meta:
        verbose_name = "tema de ayuda"
        verbose_name_plural = "temas de ayuda"
        constraints = [
            models.CheckConstraint(condition=Q(section__in=HelpSection.values), name="help_topic_section_known")
        ]

    def __str__(self) -> str:
        return self.slug


class HelpTextQuerySet(models.QuerySet["HelpText"]):
    """The words in which texts are asked for."""

    def in_force(self, *, at: datetime) -> Self:
        """The text of each topic at an instant: the last to be published, unless it withdraws the topic."""
        published = HelpText.objects.filter(topic=OuterRef("topic"), published_at__lte=at)
        latest = published.order_by("-published_at", "-number").values("pk")[:1]
        return self.filter(pk=Subquery(latest), shown=True).select_related("topic")


class HelpText(AppendOnly):
    """What a topic says from `published_at` (UTC) on, until another text of it is published. Markdown; never edited.

    `asked_as` are the words of customers that the text itself lacks. A text that is not `shown` withdraws its topic.
    """

    topic = models.ForeignKey(HelpTopic, on_delete=models.PROTECT, related_name="texts", verbose_name="tema")
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
    objects = HelpTextQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = "texto de ayuda"
        verbose_name_plural = "textos de ayuda"
        constraints = [
            models.UniqueConstraint(fields=["topic", "number"], name="help_text_numbered_once"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(body=""), name="help_text_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.title} (versión {self.number})"
