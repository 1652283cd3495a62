"""What a call of the fault API carries, read and judged: anything else is a 400 that says what was expected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import abort, request

from oficina.simulator.cards import passes_check_digit
from oficina.simulator.payment_methods import CardInHand


@dataclass(frozen=True)
class Body:
    """A JSON object; every reading takes a name, and what it means when it is absent."""

    values: Mapping[str, object]

    def number(self, name: str, *, least: float, default: float | None = None) -> float:
        """A number that is not less than `least`; obligatory without a default."""
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
            abort(400, f"{name} is a number from {least}")
        return float(value)

    def whole(self, name: str, *, least: int, default: int | None = None) -> int:
        """A whole number that is not less than `least`, such as an amount in minor units; obligatory likewise."""
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            abort(400, f"{name} is a whole number from {least}")
        return value

    def amount(self, name: str) -> int | None:
        """An amount in minor units, or None."""
        return None if self.values.get(name) is None else self.whole(name, least=1)

    def text(self, name: str) -> str | None:
        """A string, or None."""
        value = self.values.get(name)
        if not isinstance(value, str | None):
            abort(400, f"{name} is a string")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        value = self.values.get(name, default)
        if not isinstance(value, bool):
            abort(400, f"{name} is true or false")
        return value

    def day(self, name: str, *, default: date) -> date:
        """A day such as 2026-11-24."""
        value = self.text(name)
        if value is None:
            return default
        try:
            return date.fromisoformat(value)
        except ValueError:
            abort(400, f"{name} is a day such as 2026-11-24")

    def card(self, default: str) -> CardInHand:
        """The card to pay with."""
        number = self.values.get("card", default)
        if not isinstance(number, str) or not passes_check_digit(number):
            abort(400, "card is the number of a card, digits only")
        return CardInHand(number, exp_month=12, exp_year=datetime.now(UTC).year + 3)


def sent() -> Body:
    """What the call in hand carries. Aborts with 415 or 400 when it is no JSON object."""
    # A page of another site cannot send this type without asking first, so it cannot reach these acts.
    if request.mimetype != "application/json":
        abort(415, "send application/json")
    values = request.get_json()
    if not isinstance(values, dict):
        abort(400, "send a JSON object")
    return Body(values)
