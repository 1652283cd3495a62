"""Charging a card that the provider keeps, its holder absent: what was saved is sent, asked about, and settled.

The network is never inside a transaction, and the saved key makes a charge one, however often it is sent.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from billing.discrepancies import open_discrepancy
from billing.enums import DiscrepancyKind, PaymentState
from billing.gateway.configured import saved_cards_gateway
from billing.gateway.errors import ProviderRefusedError, UnknownCheckoutError
from billing.gateway.reports import MoneyReport
from billing.locks import lock_payment
from billing.models import Payment
from billing.payment_log import move
from billing.provider_answers import retrieve_report
from billing.settlement import settle_payment

CHARGE_REFUSED = "charge_refused"
"""The cause of a failure of what the provider would not even try."""

_KEY_LIVES = timedelta(hours=23)
"""Providers forget idempotency keys after 24 hours; before that a repeated request cannot charge twice."""

_CLOCKS_DIFFER = timedelta(minutes=5)

_log = logging.getLogger(__name__)


def send_charge(payment: Payment, *, cause: str) -> Payment:
    """Charge the card of a saved debit, for the first time or again, and settle what comes of it.

    A refusal of the card's issuer fails the payment and frees its bill, as does a provider that refuses the request and
    knows of no charge made for it. Raises ProviderUnavailableError: then the payment stays and polling sends it again.
    """
    try:
        report = _charged(payment)
    except ProviderRefusedError as refusal:
        return _fail(payment, refusal.code)
    return settle_payment(payment.pk, report, cause=cause)


def ask_about_charge(payment: Payment, *, cause: str) -> Payment:
    """Bring a debit of a card to what the provider says now. Raises ProviderUnavailableError."""
    if payment.provider_payment_id is None:
        return send_charge(payment, cause=cause)
    try:
        report = retrieve_report(payment)
    except UnknownCheckoutError as error:
        # A person must look, and meanwhile the bill stays held.
        open_discrepancy(DiscrepancyKind.UNKNOWN_OBJECT, about=f"charge:{error.session_id}", payment=payment)
        return payment
    return settle_payment(payment.pk, report, cause=cause)


def find_charge(payment: Payment) -> MoneyReport | None:
    """The charge that the provider made for a debit of a card, by our reference; None when there is none. Raises
    ProviderUnavailableError.
    """
    return saved_cards_gateway().find_charge(
        payment.request or {}, since=payment.created_at - _CLOCKS_DIFFER, until=timezone.now() + _CLOCKS_DIFFER
    )


def _charged(payment: Payment) -> MoneyReport:
    if payment.request is None or payment.idempotency_key is None:
        raise LookupError(f"payment {payment.pk} is not a charge of a card")
    refusal = ProviderRefusedError("idempotency_key_forgotten")
    cards = saved_cards_gateway()
    if timezone.now() - payment.created_at < _KEY_LIVES:
        try:
            return cards.charge(payment.request, key=payment.idempotency_key)
        except ProviderRefusedError as error:
            refusal = error
    found = find_charge(payment)
    if found is None:
        raise refusal
    return found


def _fail(payment: Payment, code: str) -> Payment:
    with transaction.atomic():
        locked = lock_payment(payment.pk)
        if locked.state == PaymentState.CREATED:
            locked.failure_code = code
            move(locked, PaymentState.FAILED, cause=CHARGE_REFUSED, detail={"code": code})
    _log.warning("payment %s: the provider refused to charge the card: %s", payment.public_id, code)
    return locked
