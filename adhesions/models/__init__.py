"""The tables of the adhesions app."""

from adhesions.models import watched  # noqa: F401  what the log of changes tells of these tables
from adhesions.models.bounce import BounceReport, BounceSecret, BounceSecretQuerySet, BounceSource
from adhesions.models.card_setup import CardSetup, CardSetupQuerySet
from adhesions.models.debit import (
    BankAnswerFile,
    BankPresentation,
    DebitRetry,
    DebitTry,
    DirectDebit,
    DirectDebitQuerySet,
    ScheduledDebit,
    ScheduledDebitQuerySet,
)
from adhesions.models.delivery import BillDelivery, BillDeliveryQuerySet
from adhesions.models.digital import DigitalBilling, DigitalBillingQuerySet
from adhesions.models.mail_proof import MailProof, MailProofQuerySet

__all__ = [
    "BankAnswerFile",
    "BankPresentation",
    "BillDelivery",
    "BillDeliveryQuerySet",
    "BounceReport",
    "BounceSecret",
    "BounceSecretQuerySet",
    "BounceSource",
    "CardSetup",
    "CardSetupQuerySet",
    "DebitRetry",
    "DebitTry",
    "DigitalBilling",
    "DigitalBillingQuerySet",
    "DirectDebit",
    "DirectDebitQuerySet",
    "MailProof",
    "MailProofQuerySet",
    "ScheduledDebit",
    "ScheduledDebitQuerySet",
]
