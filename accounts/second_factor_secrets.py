"""The secrets of the second factor are stored encrypted (`oficina.shared.encryption`)."""

from oficina.shared import encryption

PURPOSE = "accounts.second_factor_secrets"


def encrypt(text: str) -> str:
    """The text as it is stored."""
    return encryption.encrypt(text, purpose=PURPOSE)


def decrypt(stored: str) -> str:
    """The text again. Raises cryptography's InvalidToken when no key of this installation encrypted it."""
    return encryption.decrypt(stored, purpose=PURPOSE)
