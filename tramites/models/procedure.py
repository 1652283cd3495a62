"""Procedures: what somebody may ask of the utility, by category, and each text that a procedure ever had."""

from typing import ClassVar, Final
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q

from tramites.models.published import PublishedText, PublishedTextQuerySet

MANAGED_AT: Final = r"^(https://[^/?#@\\\s]+([/?#][^\\\s]*)?|/([^/\\\s][^\\\s]*)?)$"
"""Where a procedure may be begun: a page of another system, encrypted and without a user in its address, or a page of
the portal.
"""


class ProcedureCategory(models.Model):
    """A part of Trámites. The office names them."""

    name = models.CharField("nombre", max_length=60, unique=True)
    position = models.PositiveSmallIntegerField("orden", default=0, help_text="De menor a mayor.")

    class Meta:
        verbose_name = "categoría de trámites"
        verbose_name_plural = "categorías de trámites"
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="procedure_category_named")]

    def __str__(self) -> str:
        return self.name


class Procedure(models.Model):
    """Something that people ask of the utility. What it takes is in its texts."""

    slug = models.SlugField("dirección", unique=True, help_text="Termina la dirección de su página; no se cambia más.")
    category = models.ForeignKey(
        ProcedureCategory, on_delete=models.PROTECT, related_name="procedures", verbose_name="categoría"
    )
    position = models.PositiveSmallIntegerField("orden", default=0, help_text="En su categoría, de menor a mayor.")

    class Meta:
        verbose_name = "trámite"
        verbose_name_plural = "trámites"

    def __str__(self) -> str:
        return self.slug


class ProcedureText(PublishedText):
    """What a procedure is and takes. `requirements` has one a line.

    `managed_at` is where it is begun (`MANAGED_AT`), empty when it is asked for in person. With `chat_offered` the
    page leads to the assistant too.
    """

    SUBJECT: ClassVar[str] = "procedure"
    SEARCHED = {"title": "A", "asked_as": "B", "summary": "C", "body": "D", "requirements": "D", "who": "D"}
    LISTED = (
        "procedure__category__position", "procedure__category__name", "procedure__position", "procedure__pk",
    )  # fmt: skip

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="texts", verbose_name="trámite")
    summary = models.CharField("en una línea", max_length=200)
    who = models.TextField("quién puede pedirlo")
    requirements = models.TextField("requisitos", blank=True)
    cost = models.CharField("cuánto cuesta", max_length=200)
    duration = models.CharField("cuánto tarda", max_length=200)
    managed_at = models.CharField("dónde se gestiona", max_length=500, blank=True)
    chat_offered = models.BooleanField("ofrece el asistente", default=False)
    objects = PublishedTextQuerySet["ProcedureText"].as_manager()

    class Meta(PublishedText.Meta):
        verbose_name = "texto de trámite"
        verbose_name_plural = "textos de trámites"
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="procedure_text_numbered_once"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(body="") & ~Q(summary="") & ~Q(who="") & ~Q(cost="") & ~Q(duration=""),
                name="procedure_text_says_something",
            ),
            models.CheckConstraint(
                condition=Q(managed_at="") | Q(managed_at__regex=MANAGED_AT), name="procedure_text_begins_safely"
            ),
        ]

    @property
    def host(self) -> str:
        """Whose page begins it (`tramites.aguas.example`); empty when that is a page of the portal, or none."""
        return urlsplit(self.managed_at).netloc

    @property
    def requirement_list(self) -> list[str]:
        """What has to be brought, one by one."""
        return [line.strip() for line in self.requirements.splitlines() if line.strip()]
