"""The words of the office's pages about debits."""

from typing import Final

from adhesions.debit.bank_files import BankResult
from billing.decline_words import decline_words
from oficina.shared.office.columns import NOTHING

RESULTS: Final = {
    BankResult.ACCEPTED: "Aceptado",
    BankResult.REJECTED: "Rechazado",
    BankResult.REVERSED: "Revertido",
}
"""What the bank says of a debit."""


def reason_words(code: str) -> str:
    """The code of the bank or of the provider with what it means; a dash when there is none."""
    return f"{code}: {decline_words(code)}" if code else NOTHING


def debits_counted(count: int) -> str:
    """`1 débito`, `5 débitos`."""
    return "1 débito" if count == 1 else f"{count} débitos"
