"""What the portal tells whoever holds a document that the utility issued, and nothing more."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


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
