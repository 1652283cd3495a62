"""Random identifiers shaped like Stripe's."""

import secrets
import string

_ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    """A new identifier such as `ch_3kTz…`; `length` counts the random characters only."""
    return f"{prefix}_{''.join(secrets.choice(_ALPHABET) for _ in range(length))}"
