"""Telephone numbers of Argentina: ten digits, area code and number, without the 0 of long distance or a mobile's 15.

Source: Plan Fundamental de Numeración Nacional (ENACOM). Area codes have two digits (11), three (listed below) or four.
"""

from dataclasses import dataclass
from enum import StrEnum

LENGTH = 10
SEPARATORS = " .-()/+\N{NO-BREAK SPACE}"
COUNTRY, MOBILE_ABROAD, MOBILE, LONG_DISTANCE = "54", "9", "15", "0"
AREA_CODES_OF_THREE = frozenset(
    {
        *("220", "221", "223", "230", "236", "237", "249", "260", "261", "263", "264", "266", "280", "291", "294"),
        *("297", "298", "299", "336", "341", "342", "343", "345", "348", "351", "353", "358", "362", "364", "370"),
        *("376", "379", "380", "381", "383", "385", "387", "388"),
    }
)


class PhoneFault(StrEnum):
    """What is wrong with what was typed."""

    NOT_DIGITS = "not_digits"
    NO_AREA_CODE = "no_area_code"
    LENGTH = "length"


@dataclass(eq=False)
class PhoneRefusedError(ValueError):
    """What was typed is no telephone number. `digits` is how many were typed."""

    fault: PhoneFault
    digits: int


def read_phone(typed: str) -> str:
    """The ten digits of a number typed with spaces, dashes, `+54 9`, a leading 0 or a 15. Raises PhoneRefusedError."""
    digits = typed.translate(str.maketrans("", "", SEPARATORS))
    if not (digits.isascii() and digits.isdigit()):
        raise PhoneRefusedError(PhoneFault.NOT_DIGITS, sum(character.isdigit() for character in digits))
    national = _without_prefixes(digits)
    if len(national) == LENGTH + len(MOBILE):
        national = _without_mobile_prefix(national)
    if national.startswith(MOBILE):
        raise PhoneRefusedError(PhoneFault.NO_AREA_CODE, len(digits))
    if len(national) != LENGTH or national[0] not in "123":
        fault = PhoneFault.NO_AREA_CODE if len(national) in range(6, LENGTH) else PhoneFault.LENGTH
        raise PhoneRefusedError(fault, len(digits))
    return national


def show_phone(digits: str) -> str:
    """With spaces, as people say it: `261 555 0147`, `2622 55 0147`, `11 5555 0147`."""
    if len(digits) != LENGTH:
        return digits
    area = area_code_length(digits)
    return f"{digits[:area]} {digits[area:-4]} {digits[-4:]}"


def area_code_length(digits: str) -> int:
    """How many of the first digits are the area code."""
    if digits.startswith("11"):
        return 2
    return 3 if digits[:3] in AREA_CODES_OF_THREE else 4


def _without_prefixes(digits: str) -> str:
    if digits.startswith(COUNTRY) and len(digits) > LENGTH:
        digits = digits.removeprefix(COUNTRY)
        if len(digits) > LENGTH:
            digits = digits.removeprefix(MOBILE_ABROAD)
    return digits.removeprefix(LONG_DISTANCE)


def _without_mobile_prefix(digits: str) -> str:
    area = area_code_length(digits)
    if digits[area : area + len(MOBILE)] == MOBILE:
        return digits[:area] + digits[area + len(MOBILE) :]
    return digits
