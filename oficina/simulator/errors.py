"""The errors of Stripe's API: code, words and HTTP status as Stripe gives them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(eq=False)
class StripeError(Exception):
    """An answer that is an error. Idempotency keys do not remember it: a refused request never began to run."""

    status: int
    message: str
    code: str | None = None
    param: str | None = None
    type: str = "invalid_request_error"
    details: Mapping[str, object] = field(default_factory=dict)
    """What else Stripe tells about it."""

    def body(self, request_id: str) -> dict[str, object]:
        """The error as Stripe's JSON."""
        error: dict[str, object] = {
            "message": self.message,
            "request_log_url": f"https://dashboard.stripe.com/test/logs/{request_id}",
            "type": self.type,
            **self.details,
        }
        if self.code is not None:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        if self.param is not None:
            error["param"] = self.param
        return {"error": error}


class CardRefusedError(StripeError):
    """The issuer said no to a request that ran: what it left stays, and idempotency keys remember the answer."""


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> StripeError:
    """A request that is refused (400)."""
    return StripeError(400, message, code=code, param=param)


def no_such(kind: str, object_id: str, param: str) -> StripeError:
    """An object that does not exist (404)."""
    return StripeError(404, f"No such {kind}: '{object_id}'", code="resource_missing", param=param)


def not_authenticated(presented: str | None) -> StripeError:
    """No key, or not the account's (401)."""
    if presented is None:
        return StripeError(
            401,
            "You did not provide an API key. You need to provide your API key in the Authorization header, "
            "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        )
    return StripeError(401, f"Invalid API Key provided: {_masked(presented)}")


def unrecognized_url(method: str, path: str) -> StripeError:
    """A path that is not the API's (404)."""
    return StripeError(404, f"Unrecognized request URL ({method}: {path}).")


def same_key_other_parameters(key: str) -> StripeError:
    """An idempotency key used again for something else (400)."""
    return StripeError(
        400,
        "Keys for idempotent requests can only be used with the same parameters they were first used with. "
        f"Try using a key other than '{key}' if you meant to execute a different request.",
        type="idempotency_error",
    )


def same_key_other_endpoint(key: str, first: str, now: str) -> StripeError:
    """An idempotency key used again at another path (400)."""
    return StripeError(
        400,
        "Keys for idempotent requests can only be used for the same endpoint they were first used for "
        f"('{now}' vs '{first}'). Try using a key other than '{key}' if you meant to execute a different request.",
        type="idempotency_error",
    )


def _masked(key: str) -> str:
    return key[:8] + "*" * max(0, len(key) - 12) + key[-4:] if len(key) > 12 else "*" * len(key)
