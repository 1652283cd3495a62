"""The tables of the adhesions app."""

from adhesions.models.debit import (
    DebitRetry,
    DebitTry,
    DirectDebit,
    DirectDebitQuerySet,
    ScheduledDebit,
    ScheduledDebitQuerySet,
)
from adhesions.models.delivery import BillDelivery, BillDeliveryQuerySet
from adhesions.models.digital import DigitalBilling, DigitalBillingQuerySet

__all__ = [
    "BillDelivery",
    "BillDeliveryQuerySet",
    "DebitRetry",
    "DebitTry",
    "DigitalBilling",
    "DigitalBillingQuerySet",
    "DirectDebit",
    "DirectDebitQuerySet",
    "ScheduledDebit",
    "ScheduledDebitQuerySet",
]
