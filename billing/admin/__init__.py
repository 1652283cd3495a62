"""The office's pages about bills and money. Money is for reading: only acts of the portal write it."""

from billing.admin import discrepancies, events, invoices, late_interest, ledger, payments

__all__ = ["discrepancies", "events", "invoices", "late_interest", "ledger", "payments"]
