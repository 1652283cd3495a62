"""Why an act about direct debit is refused. Without words: those are the screens'."""
# ruff: noqa: N818  refusals are named by what is wrong

from dataclasses import dataclass

from adhesions.models import DirectDebit, ScheduledDebit


class DirectDebitRefusal(Exception):
    """Nothing was changed."""


class LinkEnded(DirectDebitRefusal):
    """The person no longer acts for the account."""


@dataclass(eq=False)
class AlreadyDebited(DirectDebitRefusal):
    """The account has a mandate, which has to end before another one is given."""

    mandate: DirectDebit


@dataclass(eq=False)
class CardOfAnotherCountry(DirectDebitRefusal):
    """The card was issued abroad. `country` in two letters (ISO 3166), empty when the provider did not tell."""

    country: str


class CardExpired(DirectDebitRefusal):
    """The card is good for no bill any more."""


@dataclass(eq=False)
class TooLateToStop(DirectDebitRefusal):
    """Less than a day is left before the debit, or it is under way or over."""

    debit: ScheduledDebit


class NothingToPresent(DirectDebitRefusal):
    """No debit of the day can be presented to the bank."""


@dataclass(eq=False)
class UnknownPresentation(DirectDebitRefusal):
    """The answer is of a presentation that was never made."""

    number: int
