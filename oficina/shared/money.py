"""Money: `Decimal` pesos with two decimals everywhere inside the portal; minor units only in the payment gateway."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import DecimalField
from num2words import num2words

CURRENCY = "ARS"
ZERO = Decimal("0.00")
CENT = Decimal("0.01")
NBSP = "\N{NO-BREAK SPACE}"


class MoneyField[Set, Get](DecimalField[Set, Get]):
    """Pesos, up to 999,999,999,999.99, exact to the cent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)


def round_to_cents(amount: Decimal) -> Decimal:
    """The amount rounded half up to cents, as the bills do."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def figure(amount: Decimal) -> str:
    """`1.234,56`, or `-1.234,56`."""
    return f"{round_to_cents(amount):,.2f}".translate(str.maketrans(",.", ".,"))


def pesos(amount: Decimal) -> str:
    """`$ 1.234,56` with a space that does not break; `-$ 1.234,56` when negative."""
    sign = "-" if amount < 0 else ""
    return f"{sign}${NBSP}{figure(abs(amount))}"


def in_words(amount: Decimal) -> str:
    """`Ciento veinte pesos con cincuenta centavos`, as receipts say it."""
    whole, cents = divmod(int(round_to_cents(amount) * 100), 100)
    words = _apocopated(num2words(whole, lang="es"))
    link = " de" if whole >= 1_000_000 and whole % 1_000_000 == 0 else ""
    text = f"{words}{link} {'peso' if whole == 1 else 'pesos'}"
    if cents:
        text += f" con {_apocopated(num2words(cents, lang='es'))} {'centavo' if cents == 1 else 'centavos'}"
    return text[0].upper() + text[1:]


def _apocopated(words: str) -> str:
    """`uno` becomes `un` before a noun, `veintiuno` becomes `veintiún`."""
    if words.endswith("veintiuno"):
        return words.removesuffix("veintiuno") + "veintiún"
    if words.endswith("uno"):
        return words.removesuffix("uno") + "un"
    return words
