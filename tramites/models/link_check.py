"""Links of the office's texts, and whether they still lead somewhere."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from tramites.enums import LinkFault

TOLD_AFTER = 2
"""Failures in a row: a site that is down for one night is nobody's mistake."""


class LinkCheckQuerySet(models.QuerySet["LinkCheck"]):
    """The words in which links are asked for."""

    def broken(self) -> Self:
        """Those that the office is told of."""
        return self.filter(failures__gte=TOLD_AFTER)


class LinkCheck(models.Model):
    """What came of asking for `address`, last at `checked_at` (UTC).

    `status` is what its server answered, empty when none did or the page is of the portal. `failures` are those in a
    row, the first of them at `broken_since`.
    """

    address = models.CharField("dirección", max_length=2000, unique=True)
    checked_at = models.DateTimeField("revisado", default=timezone.now)
    status = models.PositiveSmallIntegerField("respuesta", null=True, blank=True)
    fault = models.CharField("qué pasa", max_length=20, choices=LinkFault, blank=True)
    failures = models.PositiveIntegerField("veces seguidas", default=0)
    broken_since = models.DateTimeField("roto desde", null=True, blank=True)
    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        verbose_name = "enlace"
        verbose_name_plural = "enlaces"
        constraints = [
            models.CheckConstraint(
                condition=Q(failures=0, broken_since=None, fault="")
                | Q(failures__gt=0, broken_since__isnull=False, fault__in=LinkFault.values),
                name="link_check_broken_since_its_first_failure",
            )
        ]

    def __str__(self) -> str:
        return self.address
