"""Why an act about direct debit is refused. Without words: those are the screens'."""

from dataclasses import dataclass

from adhesions.models import DirectDebit, ScheduledDebit
from adhesions.refusals import AdhesionRefusal


@dataclass(eq=False)
class AlreadyDebited(AdhesionRefusal):
    """The account has a mandate, which has to end before another one is given."""

    mandate: DirectDebit


@dataclass(eq=False)
class CardOfAnotherCountry(AdhesionRefusal):
    """The card was issued abroad. `country` in two letters (ISO 3166), empty when the provider did not tell."""

    country: str


class CardExpired(AdhesionRefusal):
    """The card is good for no bill any more."""


@dataclass(eq=False)
class TooLateToStop(AdhesionRefusal):
    """Less than a day is left before the debit, or it is under way or over."""

    debit: ScheduledDebit


class NothingToPresent(AdhesionRefusal):
    """No debit of the day can be presented to the bank."""


@dataclass(eq=False)
class UnknownPresentation(AdhesionRefusal):
    """The answer is of a presentation that was never made."""

    number: int
