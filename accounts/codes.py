"""The codes that prove a mailbox: eight digits, typed from a mail, good for fifteen minutes.

Digits, because every phone has a keypad for them; eight, because a guesser has five tries a code and few codes a
minute.
"""

from allauth.core.internal.cryptokit import compare_user_code, generate_user_code

CODE_MINUTES = 15
CODE_SECONDS = CODE_MINUTES * 60


def new_code() -> str:
    """A random code as it is mailed: `4821-0937`."""
    code: str = generate_user_code(length=8, numeric=True, dashed=True)
    return code


def is_same_code(typed: str, expected: str) -> bool:
    """Whether the code was typed, with or without dash and spaces. Takes the same time whatever differs."""
    return bool(compare_user_code(actual=typed, expected=expected))
