"""The provider of this installation."""

from functools import cache

from django.conf import settings

from billing.gateway.base import CheckoutGateway
from billing.gateway.books import ProviderBooks
from billing.gateway.returns import ReturnsGateway
from billing.gateway.saved_cards import SavedCardsGateway
from billing.gateway.stripe_books import StripeBooks
from billing.gateway.stripe_gateway import StripeGateway
from billing.gateway.stripe_returns import StripeReturns
from billing.gateway.stripe_saved_cards import StripeSavedCards


def gateway() -> CheckoutGateway:
    """The gateway that the settings name."""
    configuration = settings.UTILITY
    return _stripe(
        configuration.stripe_api_key.get_secret_value(),
        configuration.stripe_api_base,
        tuple(secret.get_secret_value() for secret in configuration.stripe_webhook_secrets),
    )


def provider_books() -> ProviderBooks:
    """The books of that provider."""
    configuration = settings.UTILITY
    return _stripe_books(configuration.stripe_api_key.get_secret_value(), configuration.stripe_api_base)


def returns_gateway() -> ReturnsGateway:
    """The part of that provider that gives money back."""
    configuration = settings.UTILITY
    return _stripe_returns(configuration.stripe_api_key.get_secret_value(), configuration.stripe_api_base)


def saved_cards_gateway() -> SavedCardsGateway:
    """The part of that provider that keeps cards and charges them."""
    configuration = settings.UTILITY
    return _stripe_saved_cards(configuration.stripe_api_key.get_secret_value(), configuration.stripe_api_base)


@cache
def _stripe(api_key: str, api_base: str, webhook_secrets: tuple[str, ...]) -> CheckoutGateway:
    # Kept, so that its connections to the provider are.
    return StripeGateway(api_key=api_key, api_base=api_base, webhook_secrets=webhook_secrets)


@cache
def _stripe_books(api_key: str, api_base: str) -> ProviderBooks:
    return StripeBooks(api_key=api_key, api_base=api_base)


@cache
def _stripe_returns(api_key: str, api_base: str) -> ReturnsGateway:
    return StripeReturns(api_key=api_key, api_base=api_base)


@cache
def _stripe_saved_cards(api_key: str, api_base: str) -> SavedCardsGateway:
    return StripeSavedCards(api_key=api_key, api_base=api_base)
