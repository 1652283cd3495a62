"""Direct debit in the words that customers read."""

from adhesions.debit.banks import bank_name
from adhesions.enums import DebitMeans
from adhesions.models import DirectDebit

_BRANDS = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "diners": "Diners"}


def means_words(mandate: DirectDebit) -> str:
    """`Banco Macro, CBU terminado en 5201`; `Visa terminada en 0021`."""
    if mandate.means == DebitMeans.BANK:
        return f"{bank_name(mandate.bank_code)}, CBU terminado en {mandate.last4}"
    return f"{_BRANDS.get(mandate.brand, 'Tarjeta')} terminada en {mandate.last4}"
