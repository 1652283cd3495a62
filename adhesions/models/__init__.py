"""The tables of the adhesions app."""

from adhesions.models.digital import DigitalBilling, DigitalBillingQuerySet

__all__ = ["DigitalBilling", "DigitalBillingQuerySet"]
