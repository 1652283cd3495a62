"""Account numbers as the utility prints them: segments joined by dashes, the last digit a check on the others.

Stored and compared as digits only; shown with dashes. The segments and the check are settings
(`account_number_format`, `account_check_digit`), since each utility has its own.
"""

import re
from dataclasses import dataclass

from django.conf import settings

from oficina.configuration import AccountCheckDigit
from oficina.shared.ids import grouped_digits

# What people put between the segments when they copy a number from a bill, a mail or a spreadsheet.
_SEPARATORS = re.compile(r"[\s\u00a0.\-\u2010-\u2015\u2212/]+")


@dataclass(eq=False)
class WrongLength(Exception):  # noqa: N818  a refusal, named by what is wrong
    """The number does not have the digits of the format, or has something that is not a digit."""

    digits_expected: int
    digits_found: int


@dataclass(eq=False)
class WrongCheckDigit(Exception):  # noqa: N818  a refusal, named by what is wrong
    """The last digit does not agree with the others: at least one of them was mistyped."""

    number: str


def segment_lengths() -> tuple[int, ...]:
    """How many digits each segment has: `(3, 7, 3, 1)`."""
    return tuple(len(segment) for segment in settings.UTILITY.account_number_format.split("-"))


def digit_count() -> int:
    """How many digits a whole number has, check digit included."""
    return sum(segment_lengths())


def format_account_number(number: str) -> str:
    """`08200142370012` as it is printed: `082-0014237-001-2`. A number of another length is shown as it is."""
    return grouped_digits(number, settings.UTILITY.account_number_format)


def account_number_ending(number: str) -> str:
    """The last two segments, enough to tell one's own accounts apart in the subject of a mail: `001-6`."""
    return "-".join(format_account_number(number).split("-")[-2:])


def digits_typed(typed: str) -> str:
    """What a person typed without the separators; anything else that is not a digit stays, so that it is noticed."""
    return _SEPARATORS.sub("", typed)


def parse_account_number(typed: str) -> str:
    """The digits of a number typed with or without dashes.

    Raises WrongLength, or WrongCheckDigit when the installation checks the last digit.
    """
    number = digits_typed(typed)
    if not re.fullmatch(rf"[0-9]{{{digit_count()}}}", number):
        raise WrongLength(digit_count(), sum(character in "0123456789" for character in number))
    if not has_valid_check_digit(number):
        raise WrongCheckDigit(number)
    return number


def has_valid_check_digit(number: str) -> bool:
    """Whether the last digit agrees with the ones before it; always so when the installation has no check."""
    if settings.UTILITY.account_check_digit is AccountCheckDigit.NONE:
        return True
    return number[-1] == generate_check_digit(number[:-1])


def generate_check_digit(digits: str) -> str:
    """The digit that goes after these ones.

    Weights 3, 1, 3, 1, … from the right: check = (10 - sum of digit x weight mod 10) mod 10. It notices every single
    mistyped digit and most swaps of two neighbours.
    """
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str((10 - total % 10) % 10)
