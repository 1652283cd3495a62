"""Searches for an account to link, kept so that guessing can be stopped and seen."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.enums import LinkAttemptOutcome


class LinkAttempt(models.Model):
    """A person looked for an account, from an address, at an instant. What was typed is not kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="link_attempts", verbose_name="usuario"
    )
    ip_address = models.GenericIPAddressField("dirección IP")
    attempted_at = models.DateTimeField("momento", default=timezone.now, editable=False)
    outcome = models.CharField(
        "resultado", max_length=10, choices=LinkAttemptOutcome, default=LinkAttemptOutcome.UNDER_WAY
    )

    class Meta:
        verbose_name = "búsqueda de cuenta"
        verbose_name_plural = "búsquedas de cuentas"
        indexes = [
            models.Index(fields=["user", "attempted_at"], name="link_attempt_by_user"),
            models.Index(fields=["ip_address", "attempted_at"], name="link_attempt_by_address"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=LinkAttemptOutcome.values), name="link_attempt_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Búsqueda {self.pk}"
