"""Stripe's Checkout Sessions in our words and ours in Stripe's. Minor units (centavos) exist only here."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import NotRequired, TypedDict

from billing.gateway.base import CheckoutLine, CheckoutOrder, Json
from billing.gateway.errors import UnknownCheckoutError
from billing.gateway.reports import CheckoutReport, CheckoutStatus, MoneyStatus

LINES_AT_MOST = 100
"""Line items that Stripe takes in one session in payment mode."""

EXPANDED = ["payment_intent.latest_charge"]
"""What is asked for together with a session: the attempts to pay it and their charge."""

_NOTHING_PENDING = frozenset({"requires_payment_method", "canceled"})


class PaymentError(TypedDict):
    """Why the last attempt to pay was refused."""

    code: NotRequired[str | None]
    decline_code: NotRequired[str | None]


class Card(TypedDict):
    """What may be known of a card."""

    brand: str | None
    funding: str | None
    last4: str | None


class PaymentMethodDetails(TypedDict):
    """How a charge was paid."""

    type: str
    card: NotRequired[Card | None]


class Charge(TypedDict):
    """Money that moved."""

    created: int
    payment_method_details: PaymentMethodDetails | None


class PaymentIntent(TypedDict):
    """The attempts to pay one session. Amounts in minor units."""

    id: str
    status: str
    amount_received: int
    currency: str
    created: int
    last_payment_error: PaymentError | None
    latest_charge: Charge | None


class Session(TypedDict):
    """What the portal reads of a Checkout Session. Amounts in minor units, times in seconds since the epoch."""

    id: str
    client_reference_id: str | None
    status: str
    payment_status: str
    amount_total: int | None
    currency: str | None
    url: str | None
    expires_at: int
    payment_intent: PaymentIntent | None


def to_minor_units(amount: Decimal) -> int:
    """Centavos of an amount in pesos. Raises ValueError for a fraction of a centavo."""
    units = amount.scaleb(2)
    if units != units.to_integral_value():
        raise ValueError(f"{amount} is not a whole number of centavos")
    return int(units)


def from_minor_units(units: int) -> Decimal:
    """Pesos with two decimals."""
    return Decimal(units).scaleb(-2)


def session_request(order: CheckoutOrder) -> dict[str, Json]:
    """The parameters that make a session for this order."""
    # The metadata of a session does not reach its PaymentIntent: both carry the reference.
    metadata: dict[str, Json] = {"payment": order.reference}
    return {
        "mode": "payment",
        "client_reference_id": order.reference,
        "line_items": [_line_item(line, order.currency) for line in _at_most(LINES_AT_MOST, order.lines)],
        "customer_email": order.customer_email,
        "success_url": order.success_url,
        "cancel_url": order.cancel_url,
        "expires_at": int(order.expires_at.timestamp()),
        "locale": "es-419",
        "submit_type": "pay",
        "adaptive_pricing": {"enabled": False},
        "metadata": metadata,
        "payment_intent_data": {"description": order.description, "metadata": metadata},
        "expand": [*EXPANDED],
    }


def report_of(session: Session) -> CheckoutReport:
    """What a session (with `EXPANDED`) says. Raises UnknownCheckoutError when it is not one for paying."""
    if session["amount_total"] is None or session["currency"] is None:
        raise UnknownCheckoutError(session["id"])
    status = CheckoutStatus(session["status"])
    intent = session["payment_intent"]
    money = _money(session, status, intent)
    amount, currency = session["amount_total"], session["currency"]
    charge = None
    if money is MoneyStatus.PAID and intent is not None:
        amount, currency = intent["amount_received"], intent["currency"]
        charge = intent["latest_charge"]
    brand, funding, last4 = means_of(charge)
    return CheckoutReport(
        session_id=session["id"],
        reference=session["client_reference_id"] or "",
        status=status,
        money=money,
        amount=from_minor_units(amount),
        currency=currency.upper(),
        url=session["url"] or "",
        provider_payment_id=intent["id"] if intent is not None else None,
        paid_at=_instant(charge["created"]) if charge is not None else None,
        means_brand=brand,
        means_funding=funding,
        means_last4=last4,
        failure_code=refusal_code(money, intent),
        expires_at=_instant(session["expires_at"]),
    )


def _at_most(limit: int, lines: tuple[CheckoutLine, ...]) -> tuple[CheckoutLine, ...]:
    """The lines, the last of them joined into one when there are more than the limit."""
    if len(lines) <= limit:
        return lines
    shown, joined = lines[: limit - 1], lines[limit - 1 :]
    rest = CheckoutLine(
        name=f"Otras {len(joined)} facturas",
        description="El detalle completo está en el resumen de tu pago",
        amount=sum((line.amount for line in joined), Decimal(0)),
    )
    return (*shown, rest)


def _line_item(line: CheckoutLine, currency: str) -> Json:
    product: dict[str, Json] = {"name": line.name}
    if line.description:  # an empty one is refused
        product["description"] = line.description
    return {
        "quantity": 1,
        "price_data": {
            "currency": currency.lower(),
            "unit_amount": to_minor_units(line.amount),
            "product_data": product,
        },
    }


def _money(session: Session, status: CheckoutStatus, intent: PaymentIntent | None) -> MoneyStatus:
    if session["payment_status"] == "paid":
        return MoneyStatus.PAID
    # A decline leaves the session open, to try again. Complete and with nothing pending, no money can come any more.
    if status is CheckoutStatus.COMPLETE and intent is not None and intent["status"] in _NOTHING_PENDING:
        return MoneyStatus.FAILED
    return MoneyStatus.UNPAID


def means_of(charge: Charge | None) -> tuple[str, str, str]:
    """Brand, funding and last digits of the card that paid; whatever is not known is empty."""
    details = charge["payment_method_details"] if charge is not None else None
    if details is None:
        return "", "", ""
    card = details.get("card")
    if card is None:
        return details["type"], "", ""
    return card["brand"] or "", card["funding"] or "", card["last4"] or ""


def refusal_code(money: MoneyStatus, intent: PaymentIntent | None) -> str:
    """Why the last attempt was refused, in the provider's word; empty when there was none or the money came."""
    error = intent["last_payment_error"] if intent is not None and money is not MoneyStatus.PAID else None
    if error is None:
        return ""
    return error.get("decline_code") or error.get("code") or ""


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
