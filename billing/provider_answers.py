"""What the provider says now about a payment of ours, by whichever of its channels the money was asked for."""

from billing.enums import PaymentChannel
from billing.gateway.configured import gateway, saved_cards_gateway
from billing.gateway.reports import MoneyReport
from billing.models import Payment


def retrieve_report(payment: Payment) -> MoneyReport:
    """The state of the checkout, or of the charge of a saved card, that this payment is at the provider.

    Never inside a transaction. Raises UnknownCheckoutError and ProviderUnavailableError.
    """
    if payment.channel == PaymentChannel.DIRECT_DEBIT_CARD:
        return saved_cards_gateway().retrieve_charge(payment.provider_payment_id or "")
    return gateway().retrieve_checkout(payment.provider_session_id or "")
