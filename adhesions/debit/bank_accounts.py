"""A bank account as its CBU names it: 22 digits, of which two check (BCRA, Comunicación A 2622)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from stdnum.ar import cbu
from stdnum.exceptions import ValidationError

CBU_LENGTH: Final = 22
_CVU_PREFIX: Final = "000"
_SEPARATORS: Final = " .-\N{NO-BREAK SPACE}"


class AccountFault(StrEnum):
    """What is wrong with what was typed."""

    NOT_DIGITS = "not_digits"
    LENGTH = "length"
    CHECK_DIGIT = "check_digit"
    WALLET = "wallet"


@dataclass(eq=False)
class AccountRefusedError(ValueError):
    """What was typed is no CBU. `digits` is how many were typed; the number itself is nowhere in it."""

    fault: AccountFault
    digits: int


def read_cbu(typed: str) -> str:
    """The 22 digits of a CBU as typed, with or without spaces and dashes. Raises AccountRefusedError.

    A CVU has 22 digits too, but names the account of a wallet, which no bank debits: its first three are zero.
    """
    number = typed.translate(str.maketrans("", "", _SEPARATORS))
    if not (number.isascii() and number.isdigit()):
        raise AccountRefusedError(AccountFault.NOT_DIGITS, sum(character.isdigit() for character in number))
    if len(number) != CBU_LENGTH:
        raise AccountRefusedError(AccountFault.LENGTH, len(number))
    if number.startswith(_CVU_PREFIX):
        raise AccountRefusedError(AccountFault.WALLET, CBU_LENGTH)
    try:
        cbu.validate(number)
    except ValidationError:
        # Its message is not kept: nothing of the number may reach a log.
        raise AccountRefusedError(AccountFault.CHECK_DIGIT, CBU_LENGTH) from None
    return number


def bank_code(number: str) -> str:
    """The code of the bank that keeps the account."""
    return number[:3]
