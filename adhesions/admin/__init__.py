"""The office's pages about adhesions."""

from adhesions.admin import debit_answers, debit_presentations, debit_retries, debits, digital, mandates

__all__ = ["debit_answers", "debit_presentations", "debit_retries", "debits", "digital", "mandates"]
