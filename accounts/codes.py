"""The codes that prove a mailbox: eight digits, typed from a mail, good for fifteen minutes.

Digits, because every phone has a keypad for them; eight, because a guesser has five tries a code and few codes a
minute.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from allauth.core.internal.cryptokit import compare_user_code, generate_user_code
from django.utils.crypto import salted_hmac

CODE_MINUTES: Final = 15
CODE_SECONDS: Final = CODE_MINUTES * 60
MOST_WRONG_CODES: Final = 5


class CodeFault(StrEnum):
    """Why a code is not taken."""

    WRONG = "wrong"
    WORN_OUT = "worn_out"
    EXPIRED = "expired"


@dataclass(eq=False)
class CodeRefusedError(Exception):
    """The code does not prove the mail. `left` is how many tries remain with this code."""

    fault: CodeFault
    left: int = 0


def new_code() -> str:
    """A random code as it is mailed: `4821-0937`."""
    code: str = generate_user_code(length=8, numeric=True, dashed=True)
    return code


def is_same_code(typed: str, expected: str) -> bool:
    """Whether the code was typed, with or without dash and spaces. Takes the same time whatever differs."""
    return bool(compare_user_code(actual=typed, expected=expected))


def kept_code_refusal(typed: str, expected: str, *, age: float, wrong_codes: int) -> CodeRefusedError | None:
    """Why a code that a session keeps is not taken, `age` seconds after it was mailed; None when it is.

    A wrong one has to be counted by whoever keeps the code, unless it was worn out before.
    """
    if wrong_codes >= MOST_WRONG_CODES:
        return CodeRefusedError(CodeFault.WORN_OUT)
    if age > CODE_SECONDS:
        return CodeRefusedError(CodeFault.EXPIRED)
    if is_same_code(typed, expected):
        return None
    left = MOST_WRONG_CODES - wrong_codes - 1
    return CodeRefusedError(CodeFault.WRONG if left else CodeFault.WORN_OUT, left)


def code_digest(code: str, *, of: str) -> str:
    """What a table keeps of the code of `of`, a reference: all codes tried do not find it without SECRET_KEY."""
    digits = "".join(filter(str.isdecimal, code))
    return salted_hmac("accounts.codes", f"{of}:{digits}", algorithm="sha256").hexdigest()
