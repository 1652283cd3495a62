"""What the portal tells whoever holds a document that the utility issued, and nothing more.

An app says in `AppConfig.ready` which of its documents have a code, and how each is found.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from oficina.shared.ids import read_code


class Standing(StrEnum):
    """How far a genuine document still proves what it says."""

    STANDS = "stands"
    IN_PART = "in part"
    CONTESTED = "contested"
    NO_LONGER = "no longer"


@dataclass(frozen=True, kw_only=True)
class VerifiedDocument:
    """All that may be told of a document to anybody who has its code; the page shows it and masks the account.

    `name`: which document it is, as its title says. `on`: a local date, and `on_what` what happened then. `amount`: in
    pesos, and `returned` what of it was given back since; None when the document proves no amount. `standing_words`
    say the standing in two or three words, `note` in a sentence; both are empty while there is nothing to add.
    """

    name: str
    on_what: str
    on: date
    amount: Decimal | None
    account_number: str
    returned: Decimal | None = None
    standing: Standing = Standing.STANDS
    standing_words: str = ""
    note: str = ""


type Teller = Callable[[str], VerifiedDocument | None]
"""Gives what may be told of the document with a code, which is as it is stored; None when none of its kind has it."""

_tellers: dict[str, Teller] = {}


def register_teller(label: str, teller: Teller) -> None:
    """Have the documents of this label, such as `billing.receipt`, found. Once, however often it is registered."""
    _tellers[label] = teller


def verifiable_documents() -> list[str]:
    """The labels of what has a code, in the order in which a code is looked for."""
    return list(_tellers)


def verify_code(typed: str) -> VerifiedDocument | None:
    """What may be told of the document with this code, however it was typed; None when the utility issued none."""
    code = read_code(typed)
    told = (teller(code) for teller in _tellers.values())
    return next((document for document in told if document is not None), None)
