"""The document of a person: DNI (7 or 8 digits, no check digit) or CUIT/CUIL (11 digits, the last one checks)."""

from dataclasses import dataclass
from enum import StrEnum

from stdnum.ar import cuit
from stdnum.exceptions import ValidationError

SEPARATORS = " .-\N{NO-BREAK SPACE}"
DNI_LENGTHS = (7, 8)
CUIT_LENGTH = 11


class DocumentFault(StrEnum):
    """What is wrong with what was typed."""

    NOT_DIGITS = "not_digits"
    LENGTH = "length"
    CHECK_DIGIT = "check_digit"


@dataclass(eq=False)
class DocumentRefusedError(ValueError):
    """What was typed is no document. `digits` is how many were typed."""

    fault: DocumentFault
    digits: int


def read_document(typed: str) -> str:
    """The digits of a document as typed, with or without dots, dashes and spaces. Raises DocumentRefusedError."""
    number = typed.translate(str.maketrans("", "", SEPARATORS))
    if not (number.isascii() and number.isdigit()):
        raise DocumentRefusedError(DocumentFault.NOT_DIGITS, sum(character.isdigit() for character in number))
    if len(number) in DNI_LENGTHS:
        return number
    if len(number) != CUIT_LENGTH:
        raise DocumentRefusedError(DocumentFault.LENGTH, len(number))
    try:
        cuit.validate(number)
    except ValidationError:
        raise DocumentRefusedError(DocumentFault.CHECK_DIGIT, len(number)) from None
    return number


def show_document(digits: str) -> str:
    """As people write it: `30.412.876`, `20-30412876-4`."""
    if len(digits) == CUIT_LENGTH:
        return f"{digits[:2]}-{digits[2:-1]}-{digits[-1]}"
    return f"{int(digits):,}".replace(",", ".") if digits else ""
