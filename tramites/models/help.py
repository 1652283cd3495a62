"""Help: topics, and each text that a topic ever had."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tramites.enums import HelpSection
from tramites.models.published import PublishedText, PublishedTextQuerySet


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


class HelpText(PublishedText):
    """What a topic says."""

    SUBJECT: ClassVar[str] = "topic"
    SEARCHED = {"title": "A", "asked_as": "B", "body": "D"}
    LISTED = ("topic__section", "topic__position", "topic__pk")

    topic = models.ForeignKey(HelpTopic, on_delete=models.PROTECT, related_name="texts", verbose_name="tema")
    objects = PublishedTextQuerySet["HelpText"].as_manager()

    class Meta(PublishedText.Meta):
        verbose_name = "texto de ayuda"
        verbose_name_plural = "textos de ayuda"
        constraints = [
            models.UniqueConstraint(fields=["topic", "number"], name="help_text_numbered_once"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(body=""), name="help_text_says_something"),
        ]
