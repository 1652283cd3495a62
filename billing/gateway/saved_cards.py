"""What the portal asks of a payment provider about cards that it keeps for us: saved once on its own page by whoever
holds them, charged later without them. The portal has the provider's names of a card, never its number.

Another provider is another class with the methods of `SavedCardsGateway`. Every method but `setup_request` and
`charge_request` goes over the network: never inside a transaction. All of those raise ProviderUnavailableError.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from billing.gateway.base import Json
from billing.gateway.reports import CheckoutStatus, MoneyReport


@dataclass(frozen=True, kw_only=True)
class CardSetupOrder:
    """A visit to the provider's page to save a card, with nothing to pay.

    `reference` is our name of it. `expires_at` is a UTC instant fixed once, since a repeated request must not differ.
    The customer comes back to `success_url` when a card is saved and to `cancel_url` when they turn back.
    """

    reference: str
    description: str
    currency: str
    customer_email: str
    success_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class SavedCard:
    """A card that the provider keeps: its names there, and what may be shown of it.

    `expires` is the last month, as year and month, in which it is good; `country` that of the bank that issued it
    (ISO 3166, two letters), empty when it is not told.
    """

    customer_id: str
    method_id: str
    brand: str
    funding: str
    last4: str
    expires: tuple[int, int]
    country: str


@dataclass(frozen=True, kw_only=True)
class CardSetupReport:
    """A visit as it was when the provider was asked. `card` is known once the visit is complete."""

    session_id: str
    reference: str
    status: CheckoutStatus
    url: str
    card: SavedCard | None


@dataclass(frozen=True, kw_only=True)
class CardChargeOrder:
    """A charge of a saved card whose holder is absent. `reference` is our `Payment.public_id`; `amount` in pesos."""

    reference: str
    description: str
    amount: Decimal
    currency: str
    customer_id: str
    method_id: str


class SavedCardsGateway(Protocol):
    """A provider that keeps cards."""

    def setup_request(self, order: CardSetupOrder) -> dict[str, Json]:
        """The exact request that makes this visit, to be saved before it is sent."""

    def create_setup(self, request: dict[str, Json], *, key: str) -> CardSetupReport:
        """Makes the visit, or finds the one that this key made before. Raises ProviderRefusedError."""

    def retrieve_setup(self, session_id: str) -> CardSetupReport:
        """The visit as it is now. Raises UnknownCheckoutError."""

    def charge_request(self, order: CardChargeOrder) -> dict[str, Json]:
        """The exact request that charges the card, to be saved before it is sent."""

    def charge(self, request: dict[str, Json], *, key: str) -> MoneyReport:
        """Charges the card, or finds what became of the charge that this key made before.

        A refusal of the card's issuer is a report like any other: failed, with its code. Raises ProviderRefusedError
        when the request itself is refused and nothing was tried.
        """

    def retrieve_charge(self, provider_payment_id: str) -> MoneyReport:
        """The charge as it is now. Raises UnknownCheckoutError."""

    def find_charge(self, request: dict[str, Json], *, since: datetime, until: datetime) -> MoneyReport | None:
        """The charge that this request made between two instants, for when its answer was lost."""

    def forget_card(self, method_id: str) -> None:
        """Makes the provider forget a card; one that it does not know is forgotten already."""
