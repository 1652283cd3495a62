"""Why an act about the digital bill is refused. Without words: those are the screens'."""
# ruff: noqa: N818  refusals are named by what is wrong


class DigitalBillingRefusal(Exception):
    """Nothing was changed."""


class TooManyRequests(DigitalBillingRefusal):
    """The person asked for enough bills for now."""


class LinkEnded(DigitalBillingRefusal):
    """The person no longer acts for the account."""
