"""The table of those who report by webhook. An app adds what else they are, and their secrets."""

from collections.abc import Collection
from typing import ClassVar

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

SLUG_WORDS = "Usá minúsculas, números y guiones."


class WebhookSender(models.Model):
    """Somebody who reports to the portal, at an address with `slug` in it. One that is not `active` is not heard."""

    slug = models.SlugField(
        "identificador",
        max_length=30,
        unique=True,
        validators=[RegexValidator(r"\A[a-z0-9]+(-[a-z0-9]+)*\Z", SLUG_WORDS)],
    )
    name = models.CharField("nombre", max_length=60)
    active = models.BooleanField("activo", default=True, help_text="Si no, sus avisos no se reciben.")
    created_at = models.DateTimeField("creado", default=timezone.now, editable=False)

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


def slug_fits_an_address(name: str) -> models.CheckConstraint:
    """What the validator says, said by the database."""
    return models.CheckConstraint(condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name=name)


def kept_sender(*stays: str) -> Collection[pgtrigger.Trigger]:
    """A sender is never deleted, and its slug and what else `stays` name it for ever."""
    return (
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(name="identity_stays", fields=["slug", *stays, "created_at"]),
    )
