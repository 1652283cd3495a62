"""Stripe's errors in our words."""

from collections.abc import Callable

import stripe

from billing.gateway.errors import GatewayError, ProviderRefusedError, ProviderUnavailableError


def asked[Answer](ask: Callable[[], Answer]) -> Answer:
    """The answer, or one of our errors in place of Stripe's."""
    try:
        return ask()
    except stripe.StripeError as error:
        raise _translated(error) from error


def _translated(error: stripe.StripeError) -> GatewayError:
    # Only a request that was read and found wrong is a refusal. A bad key or a busy idempotency key says nothing about
    # what an earlier, identical request did.
    wrong = isinstance(error, stripe.InvalidRequestError | stripe.IdempotencyError)
    if wrong and error.http_status in {400, 404}:
        return ProviderRefusedError(error.code or "invalid_request")
    return ProviderUnavailableError(str(error))
