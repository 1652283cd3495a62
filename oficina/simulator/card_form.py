"""The form of the hosted page: what was typed, what is wrong with it, and the card that comes out of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from oficina.simulator.cards import DECLINED, passes_check_digit
from oficina.simulator.payment_methods import CardInHand

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_EXPIRY = re.compile(r"^(0?[1-9]|1[0-2])\s*/\s*(?:20)?(\d{2})$")


@dataclass
class CardForm:
    """Values as typed and errors by field; the demo starts with a card that is approved."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    card: CardInHand | None = None

    @property
    def email(self) -> str | None:
        """The mail typed, or None."""
        return self.values["email"] or None

    @property
    def name(self) -> str | None:
        """The name typed, or None."""
        return self.values["name"] or None


def prefilled(email: str | None, now: int, number: str) -> CardForm:
    """The form as it is first shown, with a card of sixteen digits; `now` is a UTC instant in seconds."""
    year = datetime.fromtimestamp(now, UTC).year + 3
    return CardForm(
        {
            "email": email or "",
            "number": " ".join(number[start : start + 4] for start in range(0, len(number), 4)),
            "expiry": f"12/{year % 100:02}",
            "cvc": "123",
            "name": "Titular de Prueba",
        }
    )


def filled(typed: Mapping[str, str], email: str | None, now: int) -> CardForm:
    """The form with what the customer sent, judged: `card` is there only when `errors` is empty."""
    form = CardForm({name: typed.get(name, "").strip() for name in ("email", "number", "expiry", "cvc", "name")})
    form.values["email"] = email or form.values["email"]
    number = re.sub(r"[\s-]", "", form.values["number"])
    expiry = _EXPIRY.match(form.values["expiry"])
    if not _EMAIL.match(form.values["email"]):
        form.errors["email"] = "Escribí un correo válido, como nombre@ejemplo.com."
    if not passes_check_digit(number):
        form.errors["number"] = "El número de la tarjeta no es válido. Revisalo."
    if expiry is None:
        form.errors["expiry"] = "Escribí el vencimiento como mes y año: 12/29."
    elif _is_past(int(expiry[1]), 2000 + int(expiry[2]), now):
        form.errors["expiry"] = "La tarjeta está vencida."
    if not re.fullmatch(r"\d{3,4}", form.values["cvc"]):
        form.errors["cvc"] = "El código tiene 3 o 4 números."
    if not form.errors and expiry is not None:
        form.card = CardInHand(number, int(expiry[1]), 2000 + int(expiry[2]))
    return form


def declined_card(now: int) -> CardInHand:
    """The test card that is always declined."""
    return CardInHand(DECLINED, 12, datetime.fromtimestamp(now, UTC).year + 3)


def _is_past(month: int, year: int, now: int) -> bool:
    today = datetime.fromtimestamp(now, UTC)
    return (year, month) < (today.year, today.month)
