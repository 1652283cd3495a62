"""What is done to a checkout that was begun: asked for, asked about, withdrawn. Each act saves what the provider says.

The network is never inside a transaction: the intent is saved first, then the provider is called, then the answer is
saved by `settle_payment`, which may come twice, late or in any order.
"""

import logging
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from billing.card_charges import ask_about_charge, find_charge
from billing.closing import NOT_AT_PROVIDER, RELEASED_BY_OFFICE
from billing.discrepancies import open_discrepancy, resolve_discrepancy
from billing.enums import DiscrepancyKind, DiscrepancyResolution, PaymentChannel, PaymentState
from billing.gateway.configured import gateway
from billing.gateway.errors import ProviderRefusedError, ProviderUnavailableError, UnknownCheckoutError
from billing.gateway.reports import CheckoutReport, MoneyReport
from billing.locks import lock_payment
from billing.models import Discrepancy, Payment
from billing.payment_log import move
from billing.provider_answers import retrieve_report
from billing.refusals import CheckoutAtProvider, PaymentNotHeld
from billing.settlement import settle_payment
from oficina.shared.reading_only import reads_only

REFRESH_SECONDS = 3
"""How long an answer of the provider is fresh enough for a page that somebody is looking at."""

_KEY_LIVES = timedelta(hours=23)
"""Providers forget idempotency keys after 24 hours; before that a repeated request cannot make a second checkout."""

_CLOCKS_DIFFER = timedelta(minutes=5)

_log = logging.getLogger(__name__)


def request_checkout(payment: Payment, *, cause: str) -> Payment:
    """Sends the saved request of a payment that has no checkout yet, for the first time or again.

    The same key makes it one checkout however often the request is sent, also when the first answer was lost or this
    process died before it was saved. When the provider refuses the request and knows of no checkout made for it, the
    payment fails. Raises ProviderUnavailableError: then the payment stays as it is and polling sends it again.
    """
    try:
        report = _created(payment)
    except ProviderRefusedError as refusal:
        return _fail_unopened(payment, refusal.code)
    _log.info("payment %s: the provider made checkout %s", payment.public_id, report.session_id)
    return settle_payment(payment.pk, report, cause=cause)


def ask_provider(payment: Payment, *, cause: str) -> Payment:
    """Brings a live payment, by checkout or by a card on file, to what the provider says now.

    Raises ProviderUnavailableError.
    """
    if payment.channel == PaymentChannel.DIRECT_DEBIT_CARD:
        return ask_about_charge(payment, cause=cause)
    if payment.provider_session_id is None:
        # Whoever repeats a request is answered as the first time, however the checkout has gone since.
        payment = request_checkout(payment, cause=cause)
    if payment.provider_session_id is None:
        return payment
    try:
        report = gateway().retrieve_checkout(payment.provider_session_id)
    except UnknownCheckoutError as error:
        return _report_unknown(payment, error)
    return settle_payment(payment.pk, report, cause=cause)


def withdraw_payment(payment: Payment, *, cause: str) -> Payment:
    """Closes the checkout at the provider so that it cannot be paid any more, and frees its bills.

    When the customer was quicker, the payment is brought to that state instead: look at what comes back. Raises
    ProviderUnavailableError: then it may still be paid, so its bills stay held.
    """
    if payment.provider_session_id is None:
        payment = request_checkout(payment, cause=cause)
    if not payment.is_live or payment.provider_session_id is None:
        return payment
    try:
        report = gateway().expire_checkout(payment.provider_session_id)
    except UnknownCheckoutError as error:
        return _report_unknown(payment, error)
    return settle_payment(payment.pk, report, cause=cause)


def may_be_released(payment: Payment) -> bool:
    """Whether a payment holds bills for something that the provider made, and may deny: a checkout, or the charge of a
    card on file.
    """
    named = payment.provider_session_id or (
        payment.channel == PaymentChannel.DIRECT_DEBIT_CARD and payment.provider_payment_id
    )
    return payment.is_live and bool(named)


def release_payment(payment: Payment, *, by: User, reason: str) -> Payment:
    """Free the bills of an attempt whose checkout or charge the provider denies, by a decision of the office that is
    kept with who made it and why.

    The provider is asked once more, by its name for it and by ours. Only when it has neither, or says that the checkout
    has expired, is the attempt closed; money that comes all the same is settled as always. Call it outside any
    transaction.

    Raises PaymentNotHeld, CheckoutAtProvider (the payment is then as the provider says) and ProviderUnavailableError.
    """
    if not may_be_released(payment):
        raise PaymentNotHeld(payment)
    report = _looked_for(payment)
    if report is not None:
        settled = settle_payment(payment.pk, report, cause=RELEASED_BY_OFFICE)
        if settled.state != PaymentState.EXPIRED:
            raise CheckoutAtProvider(settled)
        return settled
    with transaction.atomic():
        locked = lock_payment(payment.pk)
        if not locked.is_live:
            raise PaymentNotHeld(locked)
        detail = {"reason": reason, "by": by.pk, "provider": "unknown"}
        if locked.state == PaymentState.PROCESSING:
            # What the customer completed does not expire.
            locked.failure_code = NOT_AT_PROVIDER
            move(locked, PaymentState.FAILED, cause=RELEASED_BY_OFFICE, detail=detail)
        else:
            move(locked, PaymentState.EXPIRED, cause=RELEASED_BY_OFFICE, detail=detail)
        _resolve_findings(locked, reason, by)
    _log.info("payment %s: released by the office, the provider denies it", payment.public_id)
    return locked


def refresh_payment(payment: Payment, *, cause: str = "return_page") -> Payment:
    """The payment as it is now, for a page that shows it: the provider is asked, but not more than every few seconds,
    and a provider that does not answer changes nothing. Nor is it asked where nothing may be written.
    """
    if reads_only():
        return Payment.objects.get(pk=payment.pk)
    if payment.is_live and claim_check(payment, not_since=timezone.now() - timedelta(seconds=REFRESH_SECONDS)):
        try:
            return ask_provider(payment, cause=cause)
        except ProviderUnavailableError:
            _log.warning("payment %s: the provider did not answer", payment.public_id)
    return Payment.objects.get(pk=payment.pk)


def claim_check(payment: Payment, *, not_since: datetime) -> bool:
    """Whether the caller is the one to ask the provider now: nobody was since that instant. Marks it as asked."""
    unasked = Q(checked_at=None) | Q(checked_at__lte=not_since)
    return bool(Payment.objects.live().filter(unasked, pk=payment.pk).update(checked_at=timezone.now()))


def _created(payment: Payment) -> CheckoutReport:
    provider = gateway()
    refusal = ProviderRefusedError("idempotency_key_forgotten")
    if payment.request is None or payment.idempotency_key is None:
        raise LookupError(f"payment {payment.pk} is not a checkout")
    if timezone.now() - payment.created_at < _KEY_LIVES:
        try:
            return provider.create_checkout(payment.request, key=payment.idempotency_key)
        except ProviderRefusedError as error:
            refusal = error
    # A refusal may be of the repetition only (a checkout may not be asked for with so little time left).
    found = _found(payment)
    if found is None:
        raise refusal
    return found


def _fail_unopened(payment: Payment, code: str) -> Payment:
    with transaction.atomic():
        locked = lock_payment(payment.pk)
        if locked.state == PaymentState.CREATED:
            locked.failure_code = code
            move(locked, PaymentState.FAILED, cause="checkout_refused", detail={"code": code})
    _log.warning("payment %s: the provider refused to make a checkout: %s", payment.public_id, code)
    return locked


def _looked_for(payment: Payment) -> MoneyReport | None:
    """The checkout or charge as the provider has it, by its name or else by our reference; None when it has neither."""
    try:
        return retrieve_report(payment)
    except UnknownCheckoutError:
        return find_charge(payment) if payment.channel == PaymentChannel.DIRECT_DEBIT_CARD else _found(payment)


def _found(payment: Payment) -> CheckoutReport | None:
    return gateway().find_checkout(
        payment.public_id,
        since=payment.created_at - _CLOCKS_DIFFER,
        until=(payment.expires_at or datetime.now(UTC)) + _CLOCKS_DIFFER,
    )


def _resolve_findings(payment: Payment, reason: str, by: User) -> None:
    is_charge = payment.channel == PaymentChannel.DIRECT_DEBIT_CARD
    about = f"charge:{payment.provider_payment_id}" if is_charge else f"session:{payment.provider_session_id}"
    for finding in Discrepancy.objects.filter(key=f"{DiscrepancyKind.UNKNOWN_OBJECT}:{about}", resolved_at=None):
        resolve_discrepancy(finding, DiscrepancyResolution.RELEASED, f"Pago liberado. {reason}", by=by)


def _report_unknown(payment: Payment, error: UnknownCheckoutError) -> Payment:
    """The provider denies a checkout that it made: a person must look, and meanwhile its bills stay held."""
    open_discrepancy(DiscrepancyKind.UNKNOWN_OBJECT, about=f"session:{error.session_id}", payment=payment)
    return Payment.objects.get(pk=payment.pk)
