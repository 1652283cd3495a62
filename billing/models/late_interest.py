"""What a bill costs after its last printed due date."""

from django.db import models
from django.db.models import F, Q

from billing.triggers import pricing


class LateInterestPolicy(models.Model):
    """Interest per day of delay from `valid_from` until the next policy begins.

    `daily_rate` and `monthly_cap` are fractions (0.0007 is 0.07 %). The cap is the one of Ley 24.240 art. 31: one and a
    half times the 30-day deposit rate of Banco Nación, as the office reads it when it writes the policy. A policy that
    has begun stays as it is.
    """

    valid_from = models.DateField("vigente desde", unique=True)
    daily_rate = models.DecimalField("tasa diaria", max_digits=9, decimal_places=7)
    monthly_cap = models.DecimalField("tope mensual (Ley 24.240, art. 31)", max_digits=9, decimal_places=7)

    class Meta:
        verbose_name = "interés por pago tardío"
        verbose_name_plural = "intereses por pago tardío"
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(daily_rate__gte=0), name="late_interest_not_negative"),
            models.CheckConstraint(
                condition=Q(monthly_cap__gte=F("daily_rate") * 30), name="late_interest_within_legal_cap"
            ),
        ]
        triggers = [pricing.stays_once_in_force()]

    def __str__(self) -> str:
        return f"{self.daily_rate} por día desde {self.valid_from}"
