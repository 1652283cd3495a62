"""Why a payment provider did not do what it was asked."""

from dataclasses import dataclass


class GatewayError(Exception):
    """Anything that goes wrong between the portal and the provider."""


class ProviderUnavailableError(GatewayError):
    """Not reached, no answer, or an answer that decides nothing: what was asked may or may not have been done.

    The same request under the same key may be repeated, and must be before anything is concluded.
    """


@dataclass(eq=False)
class ProviderRefusedError(GatewayError):
    """The provider judged the request and did nothing. `code` is the provider's word for the reason."""

    code: str


@dataclass(eq=False)
class UnknownCheckoutError(GatewayError):
    """The provider has no checkout with this identifier, or none of a kind that the portal makes."""

    session_id: str


class EventRejectedError(GatewayError):
    """A message that claims to be the provider's event and is not: forged, stale, from the future or unreadable."""
