"""The table of the secrets of those who sign what they report. An app adds whose they are."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class WebhookSecretQuerySet[Secret: WebhookSecret](models.QuerySet[Secret]):
    """The words in which secrets are asked for."""

    def usable(self, *, at: datetime) -> Self:
        """Those that verify what is received at that instant."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=at), valid_from__lte=at)


class WebhookSecret(models.Model):
    """A secret with which somebody signs. Several may be usable at once, so that one replaces another without a gap.

    Kept encrypted, shown once when it is made; `ending` is what people recognise it by afterwards. Retiring one cannot
    be taken back, only be brought forward.
    """

    encrypted = models.TextField("secreto", editable=False)
    ending = models.CharField("termina en", max_length=4, editable=False)
    valid_from = models.DateTimeField("vale desde", default=timezone.now)
    valid_until = models.DateTimeField("vale hasta", null=True, blank=True)
    created_at = models.DateTimeField("creado", default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="creado por"
    )
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="retirado por",
    )

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["-valid_from"]

    def __str__(self) -> str:
        return f"…{self.ending}"


def retired_by_somebody(name: str) -> models.CheckConstraint:
    """Whoever retires a secret is written beside it, and it ends no earlier than it began."""
    return models.CheckConstraint(
        condition=Q(valid_until=None, retired_by=None)
        | Q(valid_until__isnull=False, retired_by__isnull=False, valid_until__gte=F("valid_from")),
        name=name,
    )


def kept_secret(*whose: str) -> Collection[pgtrigger.Trigger]:
    """A secret is never deleted, stays as it was made and `whose` it was made, and its end is never put off: one that
    leaked and was retired stays retired.
    """
    return (
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(
            name="secret_stays", fields=[*whose, "encrypted", "ending", "valid_from", "created_at", "created_by"]
        ),
        pgtrigger.Trigger(
            name="retired_for_good",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(old__valid_until__isnull=False),
            func="""
            IF NEW.valid_until IS NULL OR NEW.valid_until > OLD.valid_until THEN
                RAISE EXCEPTION 'secret % was retired already', OLD.id USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
        ),
    )
