"""What the provider has, asked with a client of the tests: it is compared with what the portal believes."""

from collections.abc import Callable

import stripe

from tests.simulator_process import SimulatorProcess


class ProviderObjects:
    """The provider's lists, each of them whole. Asked again when a fault that is meant for the portal hits this."""

    def __init__(self, simulator: SimulatorProcess) -> None:
        self._api = stripe.StripeClient(
            simulator.api_key,
            base_addresses={"api": simulator.base_url},
            max_network_retries=3,
            http_client=stripe.RequestsClient(timeout=20),
        ).v1

    def sessions(self) -> list[stripe.checkout.Session]:
        """Every session in which something is paid, rather than a card saved."""
        sessions = _whole(lambda: self._api.checkout.sessions.list({"limit": 100}))
        return [session for session in sessions if session.mode == "payment"]

    def intents(self) -> list[stripe.PaymentIntent]:
        """Charges of saved cards, and the payments of sessions: only they tell if a voucher can still be paid."""
        return _whole(lambda: self._api.payment_intents.list({"limit": 100}))

    def events(self) -> list[stripe.Event]:
        """Every event that was made, newest first."""
        return _whole(lambda: self._api.events.list({"limit": 100}))

    def refunds(self) -> list[stripe.Refund]:
        """Every refund, newest first."""
        return _whole(lambda: self._api.refunds.list({"limit": 100}))

    def disputes(self) -> list[stripe.Dispute]:
        """Every dispute, newest first."""
        return _whole(lambda: self._api.disputes.list({"limit": 100}))


def _whole[Thing: stripe.StripeObject](first_page: Callable[[], stripe.ListObject[Thing]]) -> list[Thing]:
    return list(first_page().auto_paging_iter())
