"""What the tests of the simulator ask for: a client of the real SDK and an ordinary session."""

import time

import stripe
from stripe.params.checkout import SessionCreateParams

from tests.simulator_process import SimulatorProcess


def client_of(simulator: SimulatorProcess, *, retries: int = 2, api_key: str | None = None) -> stripe.StripeClient:
    return stripe.StripeClient(
        api_key or simulator.api_key,
        base_addresses={"api": simulator.base_url},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=20),
    )


def session_params(*, amounts: tuple[int, ...] = (125_050, 74_950), lives_seconds: int = 2400) -> SessionCreateParams:
    """Two bills for 2.000,00 pesos unless said otherwise; `amounts` are minor units."""
    return {
        "mode": "payment",
        "line_items": [
            {
                "price_data": {
                    "currency": "ars",
                    "unit_amount": amount,
                    "product_data": {"name": f"Factura B 0001-{number:08}", "description": "Vence el 10/08/2026"},
                },
                "quantity": 1,
            }
            for number, amount in enumerate(amounts, start=1)
        ],
        "success_url": "http://shop.example/pagos/{CHECKOUT_SESSION_ID}/",
        "cancel_url": "http://shop.example/pagar/",
        "client_reference_id": "pay_42",
        "customer_email": "ana@oficina.example",
        "locale": "es-419",
        "expires_at": int(time.time()) + lives_seconds,
        "adaptive_pricing": {"enabled": False},
        "metadata": {"payment": "42"},
        "payment_intent_data": {"metadata": {"payment": "42"}, "description": "Pago 42"},
    }


def setup_params() -> SessionCreateParams:
    """A session that saves a card instead of charging it."""
    return {
        "mode": "setup",
        "currency": "ars",
        "success_url": "http://shop.example/debito/{CHECKOUT_SESSION_ID}/",
        "cancel_url": "http://shop.example/debito/",
        "client_reference_id": "adhesion_7",
        "setup_intent_data": {"metadata": {"adhesion": "7"}},
    }


def paid_intent(
    client: stripe.StripeClient,
    simulator: SimulatorProcess,
    *,
    amounts: tuple[int, ...] = (200_000,),
    card: str | None = None,
) -> str:
    """The PaymentIntent of a session that was paid."""
    session_id = client.v1.checkout.sessions.create(session_params(amounts=amounts)).id
    return str(simulator.pay(session_id, card=card)["payment_intent"])


def charge_of(client: stripe.StripeClient, intent_id: str) -> stripe.Charge:
    charge = client.v1.payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]}).latest_charge
    assert isinstance(charge, stripe.Charge)
    return charge


def event_types(client: stripe.StripeClient) -> list[str]:
    """The types of all events, oldest first."""
    return [str(event.type) for event in client.v1.events.list({"limit": 100}).data][::-1]
