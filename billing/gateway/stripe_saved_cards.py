"""Stripe's setup mode and PaymentIntents off session, in our words and ours in Stripe's."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NotRequired, TypedDict, cast

import stripe

from billing.gateway.base import Json
from billing.gateway.errors import ProviderRefusedError, UnknownCheckoutError
from billing.gateway.reports import CheckoutStatus, MoneyReport, MoneyStatus
from billing.gateway.saved_cards import CardChargeOrder, CardSetupOrder, CardSetupReport, SavedCard
from billing.gateway.stripe_errors import asked
from billing.gateway.stripe_gateway import API_VERSION
from billing.gateway.stripe_sessions import PaymentIntent, from_minor_units, means_of, refusal_code, to_minor_units

if TYPE_CHECKING:
    from stripe.params import PaymentIntentCreateParams
    from stripe.params.checkout import SessionCreateParams

# Nobody waits for a charge; a customer waits for a setup and for the page they come back to.
_TIMEOUT_SECONDS = (3.0, 10.0)
_RETRIES = 2
_PAGE = 100

_SETUP_EXPANDED = ["setup_intent.payment_method"]
_CHARGE_EXPANDED = ["latest_charge"]
_MONEY: Final = {
    "succeeded": MoneyStatus.PAID,
    "processing": MoneyStatus.UNPAID,
    "requires_payment_method": MoneyStatus.FAILED,
    "requires_action": MoneyStatus.FAILED,  # nobody is there to act
    "canceled": MoneyStatus.FAILED,
}


class Card(TypedDict):
    """What may be known of a card that is kept."""

    brand: str
    funding: str
    last4: str
    exp_year: int
    exp_month: int
    country: str | None


class PaymentMethod(TypedDict):
    """A card that is kept for a customer."""

    id: str
    card: NotRequired[Card | None]


class SetupIntent(TypedDict):
    """The attempts to save a card."""

    customer: str | None
    payment_method: PaymentMethod | None


class SetupSession(TypedDict):
    """What the portal reads of a Checkout Session in setup mode."""

    id: str
    mode: str
    status: str
    url: str | None
    client_reference_id: str | None
    setup_intent: SetupIntent | None


class Charged(PaymentIntent):
    """What is read of a PaymentIntent that was made off session. Amounts in minor units."""

    amount: int
    metadata: dict[str, str]


class StripeSavedCards:
    """A `SavedCardsGateway`. One object serves every thread of a process."""

    def __init__(self, *, api_key: str, api_base: str) -> None:
        api = stripe.StripeClient(
            api_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base},
            max_network_retries=_RETRIES,
            http_client=stripe.RequestsClient(timeout=_TIMEOUT_SECONDS),
        ).v1
        self._sessions, self._intents, self._methods = api.checkout.sessions, api.payment_intents, api.payment_methods

    def setup_request(self, order: CardSetupOrder) -> dict[str, Json]:
        """See `SavedCardsGateway`."""
        metadata: dict[str, Json] = {"card_setup": order.reference}
        return {
            "mode": "setup",
            "client_reference_id": order.reference,
            "currency": order.currency.lower(),
            "allowed_payment_method_types": ["card"],
            "customer_creation": "always",
            "customer_email": order.customer_email,
            "success_url": order.success_url,
            "cancel_url": order.cancel_url,
            "expires_at": int(order.expires_at.timestamp()),
            "locale": "es-419",
            "metadata": metadata,
            "setup_intent_data": {"description": order.description, "metadata": metadata},
            "expand": [*_SETUP_EXPANDED],
        }

    def create_setup(self, request: dict[str, Json], *, key: str) -> CardSetupReport:
        """See `SavedCardsGateway`."""
        params = cast("SessionCreateParams", request)
        return asked(lambda: _setup_report(self._sessions.create(params, {"idempotency_key": key})))

    def retrieve_setup(self, session_id: str) -> CardSetupReport:
        """See `SavedCardsGateway`."""
        return _known(
            session_id, lambda: _setup_report(self._sessions.retrieve(session_id, {"expand": _SETUP_EXPANDED}))
        )

    def charge_request(self, order: CardChargeOrder) -> dict[str, Json]:
        """See `SavedCardsGateway`."""
        return {
            "amount": to_minor_units(order.amount),
            "currency": order.currency.lower(),
            "customer": order.customer_id,
            "payment_method": order.method_id,
            "description": order.description,
            "metadata": {"payment": order.reference},
            "confirm": True,
            "off_session": True,
            "expand": [*_CHARGE_EXPANDED],
        }

    def charge(self, request: dict[str, Json], *, key: str) -> MoneyReport:
        """See `SavedCardsGateway`."""
        params = cast("PaymentIntentCreateParams", request)

        def charged() -> MoneyReport:
            try:
                return _charge_report(self._intents.create(params, {"idempotency_key": key}))
            except stripe.CardError as refusal:
                return _refused(refusal)

        return asked(charged)

    def retrieve_charge(self, provider_payment_id: str) -> MoneyReport:
        """See `SavedCardsGateway`."""
        return _known(
            provider_payment_id,
            lambda: _charge_report(self._intents.retrieve(provider_payment_id, {"expand": _CHARGE_EXPANDED})),
        )

    def find_charge(self, request: dict[str, Json], *, since: datetime, until: datetime) -> MoneyReport | None:
        """See `SavedCardsGateway`."""

        def found() -> MoneyReport | None:
            page = self._intents.list(
                {
                    "customer": str(request["customer"]),
                    "created": {"gte": int(since.timestamp()), "lte": int(until.timestamp())},
                    "limit": _PAGE,
                    "expand": [f"data.{path}" for path in _CHARGE_EXPANDED],
                }
            )
            intents = (intent for intent in page.auto_paging_iter() if intent.metadata.to_dict() == request["metadata"])
            return next((_charge_report(intent) for intent in intents), None)

        return asked(found)

    def forget_card(self, method_id: str) -> None:
        """See `SavedCardsGateway`."""
        try:
            asked(lambda: self._methods.detach(method_id))
        except ProviderRefusedError:
            # Unknown there, or of no customer any more.
            return


def _setup_report(told: stripe.checkout.Session) -> CardSetupReport:
    session = cast("SetupSession", told.to_dict())
    if session["mode"] != "setup":
        raise UnknownCheckoutError(session["id"])
    return CardSetupReport(
        session_id=session["id"],
        reference=session["client_reference_id"] or "",
        status=CheckoutStatus(session["status"]),
        url=session["url"] or "",
        card=_saved_card(session["setup_intent"]),
    )


def _saved_card(intent: SetupIntent | None) -> SavedCard | None:
    method = intent["payment_method"] if intent is not None else None
    card = method.get("card") if method is not None else None
    if intent is None or method is None or card is None or intent["customer"] is None:
        return None
    return SavedCard(
        customer_id=intent["customer"],
        method_id=method["id"],
        brand=card["brand"],
        funding=card["funding"],
        last4=card["last4"],
        expires=(card["exp_year"], card["exp_month"]),
        country=card["country"] or "",
    )


def _charge_report(told: stripe.PaymentIntent) -> MoneyReport:
    return _report(cast("Charged", told.to_dict()))


def _refused(refusal: stripe.CardError) -> MoneyReport:
    """What the issuer's no left behind: the PaymentIntent comes with the error."""
    body = cast("Mapping[str, Mapping[str, object]]", refusal.json_body)
    intent = body["error"].get("payment_intent")
    if intent is None:
        raise refusal
    return _report(cast("Charged", intent))


def _report(intent: Charged) -> MoneyReport:
    money = _MONEY[intent["status"]]
    charge = intent["latest_charge"] if money is MoneyStatus.PAID else None
    brand, funding, last4 = means_of(charge)
    return MoneyReport(
        reference=intent["metadata"].get("payment", ""),
        money=money,
        amount=from_minor_units(intent["amount_received"] if money is MoneyStatus.PAID else intent["amount"]),
        currency=intent["currency"].upper(),
        provider_payment_id=intent["id"],
        paid_at=datetime.fromtimestamp(charge["created"], UTC) if charge is not None else None,
        means_brand=brand,
        means_funding=funding,
        means_last4=last4,
        failure_code=refusal_code(money, intent),
    )


def _known[Answer](name: str, ask: Callable[[], Answer]) -> Answer:
    try:
        return asked(ask)
    except ProviderRefusedError as error:
        if error.code == "resource_missing":
            raise UnknownCheckoutError(name) from error
        raise
