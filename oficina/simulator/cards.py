"""Stripe's test cards, and what happens to each: https://docs.stripe.com/testing.

Only brand, country, funding and the last four digits are ever kept.
"""

from dataclasses import dataclass, replace
from typing import Literal

Brand = Literal["visa", "mastercard", "amex"]
RefundCourse = Literal["succeed", "pend", "fail"]


@dataclass(frozen=True)
class CardAnswer:
    """What the issuer says to a card: approved when `code` is None. Whoever pays in person passes every check of
    identity here, so a card that asks for one only differs when it is charged without its holder.
    """

    brand: Brand
    funding: Literal["credit", "debit", "prepaid"] = "credit"
    country: str = "US"
    code: str | None = None
    decline_code: str | None = None
    message: str = ""
    saved_anyway: bool = False
    """It can be saved, though it is declined whenever it is charged."""
    asks_for_holder: bool = False
    """It is declined with `authentication_required` when its holder is absent."""
    refunds: RefundCourse = "succeed"
    """What becomes of its refunds: done at once, pending for a while, or done and sent back later."""

    def to_saving(self) -> "CardAnswer":
        """What the issuer says when the card is only saved."""
        return replace(self, code=None, decline_code=None, message="") if self.saved_anyway else self

    def without_holder(self) -> "CardAnswer":
        """What the issuer says to a charge that the shop makes by itself."""
        if not self.asks_for_holder or self.code is not None:
            return self
        return replace(
            self,
            code="authentication_required",
            decline_code="authentication_required",
            message="Your card was declined. This transaction requires authentication.",
        )


def _declined(decline_code: str, message: str = "Your card was declined.", *, saved_anyway: bool = False) -> CardAnswer:
    return CardAnswer(
        "visa", code="card_declined", decline_code=decline_code, message=message, saved_anyway=saved_anyway
    )


APPROVED = "4242424242424242"
ARGENTINE = "4000000320000021"
DECLINED = "4000000000000002"

TEST_CARDS: dict[str, CardAnswer] = {
    APPROVED: CardAnswer("visa"),
    "4000056655665556": CardAnswer("visa", "debit"),
    ARGENTINE: CardAnswer("visa", country="AR"),
    "5555555555554444": CardAnswer("mastercard"),
    "5200828282828210": CardAnswer("mastercard", "debit"),
    "378282246310005": CardAnswer("amex"),
    "4000000000007726": CardAnswer("visa", refunds="pend"),
    "4000000000005126": CardAnswer("visa", refunds="fail"),
    "4000002500003155": CardAnswer("visa"),
    "4000002760003184": CardAnswer("visa", asks_for_holder=True),
    "4000000000000341": _declined("generic_decline", saved_anyway=True),
    "4000008260003178": _declined("insufficient_funds", "Your card has insufficient funds.", saved_anyway=True),
    DECLINED: _declined("generic_decline"),
    "4000000000009995": _declined("insufficient_funds", "Your card has insufficient funds."),
    "4000000000009987": _declined("lost_card"),
    "4000000000009979": _declined("stolen_card"),
    "4000000000006975": _declined(
        "card_velocity_exceeded",
        "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
    ),
    "4000000000000069": CardAnswer("visa", code="expired_card", message="Your card has expired."),
    "4000000000000127": CardAnswer("visa", code="incorrect_cvc", message="Your card's security code is incorrect."),
    "4000000000000119": CardAnswer(
        "visa",
        code="processing_error",
        message="An error occurred while processing your card. Try again in a little bit.",
    ),
}

_NOT_A_TEST_CARD = "Your card was declined. Your request was in test mode, but used a non test card."


def answer_to(number: str) -> CardAnswer:
    """What the issuer answers to a card; `number` is digits only and passes the check digit."""
    known = TEST_CARDS.get(number)
    if known is not None:
        return known
    brand: Brand = "amex" if number.startswith("3") else "mastercard" if number.startswith("5") else "visa"
    return CardAnswer(brand, code="card_declined", decline_code="test_mode_live_card", message=_NOT_A_TEST_CARD)


def passes_check_digit(number: str) -> bool:
    """Luhn's rule over a number of 12 to 19 digits."""
    if not number.isascii() or not number.isdigit() or not 12 <= len(number) <= 19:
        return False
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
