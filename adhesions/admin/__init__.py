"""The office's pages about adhesions."""

from adhesions.admin import bounces, debit_answers, debit_presentations, debit_retries, debits, digital, mandates

__all__ = ["bounces", "debit_answers", "debit_presentations", "debit_retries", "debits", "digital", "mandates"]
