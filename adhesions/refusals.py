"""Why an act about an adhesion is refused. Without words: those are the screens'."""
# ruff: noqa: N818  refusals are named by what is wrong


class AdhesionRefusal(Exception):
    """Nothing was changed."""


class LinkEnded(AdhesionRefusal):
    """The person no longer acts for the account."""
