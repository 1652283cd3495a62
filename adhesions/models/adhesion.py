"""What every adhesion has: it holds from one moment until another, and stays as history once it ended."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import AccountLink
from adhesions.enums import AdhesionEnd
from adhesions.triggers import ended_for_good


class AdhesionQuerySet[Row: "Adhesion"](models.QuerySet[Row]):
    """The words in which adhesions are asked for."""

    def live(self) -> Self:
        """Those that hold now."""
        return self.filter(ended_at=None)

    def of(self, link: AccountLink) -> Self:
        """Those of the account of this link, whoever made them."""
        return self.filter(account=link.account_id)


class Adhesion(models.Model):
    """Holds from `started_at` until `ended_at`, UTC. `ended_by` is empty when no person of the portal ended it."""

    started_at = models.DateTimeField("desde", default=timezone.now)
    ended_at = models.DateTimeField("hasta", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="quien la canceló",
    )
    end_reason = models.CharField("motivo del fin", max_length=20, choices=AdhesionEnd, blank=True)

    class Meta:
        abstract = True
        triggers = [ended_for_good()]


def ends_with_reason(name: str) -> models.CheckConstraint:
    """What has not ended has no reason to have; what has ended did so after it began, for a reason."""
    return models.CheckConstraint(
        condition=Q(ended_at=None, ended_by=None, end_reason="")
        | Q(
            ended_at__isnull=False,  # a CHECK lets NULL >= something pass
            ended_at__gte=F("started_at"),
            end_reason__in=AdhesionEnd.values,
        ),
        name=name,
    )
