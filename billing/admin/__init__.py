"""The office's pages about bills and money. Money is for reading: only acts of the portal write it."""

from billing.admin import (
    charges,
    claims,
    collections,
    discrepancies,
    documents,
    events,
    invoices,
    late_interest,
    ledger,
    payment_reports,
    payments,
    provider_books,
    provider_days,
    returns,
    till,
)

__all__ = [
    "charges",
    "claims",
    "collections",
    "discrepancies",
    "documents",
    "events",
    "invoices",
    "late_interest",
    "ledger",
    "payment_reports",
    "payments",
    "provider_books",
    "provider_days",
    "returns",
    "till",
]
