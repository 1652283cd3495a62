"""Why an act about the digital bill is refused. Without words: those are the screens'."""

from adhesions.refusals import AdhesionRefusal


class TooManyRequests(AdhesionRefusal):
    """The person asked for enough bills for now."""


class MailedByAnother(AdhesionRefusal):
    """Another person of the account has its bills mailed to that address already."""
