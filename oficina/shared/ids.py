"""Identifiers that may be seen from outside: unguessable, easy to read aloud."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
PUBLIC_ID_LENGTH = 20
VERIFICATION_CODE_LENGTH = 12


def public_id() -> str:
    """A new random identifier for URLs: 100 bits, lower case."""
    return _random(PUBLIC_ID_LENGTH).lower()


def verification_code() -> str:
    """A new random code that a person types from a printed document: 60 bits, upper case."""
    return _random(VERIFICATION_CODE_LENGTH)


def grouped_code(code: str) -> str:
    """The code as printed, in groups of four: `7K3M-9QTX-42FD`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def grouped_digits(digits: str, pattern: str) -> str:
    """The digits in the segments of a pattern such as `000-0000000-000-0`; as they came when they do not fit it."""
    if len(digits) != sum(character != "-" for character in pattern):
        return digits
    left = iter(digits)
    return "".join("-" if character == "-" else next(left) for character in pattern)


def read_code(typed: str) -> str:
    """What a person typed, brought to the form that is stored (Crockford reads I and L as 1, O as 0)."""
    kept = "".join(character for character in typed.upper() if character.isalnum())
    return kept.translate(str.maketrans("ILO", "110"))


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
