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
