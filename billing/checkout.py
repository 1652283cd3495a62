"""From a confirmed summary to the hosted checkout: one attempt, whatever the customer clicks twice or in two tabs."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.account_numbers import format_account_number
from accounts.models import AccountLink, User
from billing.enums import PaymentChannel, PaymentState
from billing.gateway.base import CheckoutLine, CheckoutOrder
from billing.gateway.configured import gateway
from billing.gateway.errors import ProviderUnavailableError
from billing.locks import lock_account, lock_invoices
from billing.models import Invoice, Payment, PaymentItem
from billing.open_checkouts import ask_provider, request_checkout, withdraw_payment
from billing.payment_log import log_beginning
from billing.quotes import Quote, quote_item
from billing.refusals import (
    CheckoutRefused,
    CheckoutUnavailable,
    PaymentUnderWay,
    QuoteChanged,
    QuoteExpired,
    QuoteSpent,
)
from oficina.shared.dates import short_date
from oficina.shared.ids import public_id
from oficina.shared.money import CURRENCY

_TIME_TO_PAY = timedelta(minutes=5)
"""An open checkout with less time left than this is replaced rather than offered again."""

_ROUNDS = 3
"""How often another tab of the same customer may be quicker before this one gives up."""

_log = logging.getLogger(__name__)


def start_payment(link: AccountLink, payer: User, quote: Quote, *, now: datetime) -> Payment:
    """The open payment of this quote: send the customer to its `checkout_url`. Call it outside any transaction.

    The same quote again, at the same moment or later, gives the same payment. An open payment of the same person for
    the same bills and amounts is used again; any other that holds one of the bills is withdrawn at the provider first.

    Raises QuoteExpired, QuoteChanged, QuoteSpent; PaymentUnderWay when an earlier payment of one of
    the bills can no longer be withdrawn; CheckoutUnavailable and CheckoutRefused when the provider does not
    open a checkout.
    """
    for _ in range(_ROUNDS):
        again = Payment.objects.filter(idempotency_key=quote.key, payer=payer).first()
        if again is not None:
            return _continued(again)
        if quote.has_expired(at=now):
            raise QuoteExpired
        payment = make_room(payer, quote, now) or _save_attempt(link, payer, quote, now)
        if payment is not None:
            return _opened(payment)
    raise CheckoutUnavailable


def payment_address(payment_public_id: str) -> str:
    """Where the customer comes back to: the payment's own page, which works without a session."""
    return f"{settings.BASE_URL}/pagos/{payment_public_id}/"


def _opened(payment: Payment) -> Payment:
    """The payment with its checkout asked for, if it was not yet."""
    if payment.state == PaymentState.CREATED:
        try:
            payment = request_checkout(payment, cause="checkout_started")
        except ProviderUnavailableError as error:
            payment.refresh_from_db()
            if payment.state == PaymentState.CREATED:  # the other click of a double one may have had its answer
                raise CheckoutUnavailable(payment) from error
        if payment.state == PaymentState.FAILED:
            raise CheckoutRefused(payment)
    return _payable(payment)


def _continued(payment: Payment) -> Payment:
    """The payment that this quote made before, asked about first: it may have been paid meanwhile."""
    if payment.state == PaymentState.OPEN:
        try:
            payment = ask_provider(payment, cause="checkout_continued")
        except ProviderUnavailableError as error:
            raise CheckoutUnavailable(payment) from error
    return _opened(payment)


def _payable(payment: Payment) -> Payment:
    if payment.state == PaymentState.OPEN:
        return payment
    if payment.state in {PaymentState.PROCESSING, PaymentState.SUCCEEDED}:
        raise PaymentUnderWay(payment)
    raise QuoteSpent(payment)


def make_room(payer: User, quote: Quote, now: datetime) -> Payment | None:
    """Withdraws the live payments that hold a bill of the quote; gives back one that can be used in its place.

    Raises PaymentUnderWay when one can no longer be withdrawn, CheckoutUnavailable when the provider does not answer.
    """
    holding = Payment.objects.live().filter(items__invoice_id__in=quote.invoice_ids).distinct().order_by("pk")
    for payment in holding.prefetch_related("items"):
        if payment.channel != PaymentChannel.CHECKOUT:
            raise PaymentUnderWay(payment)
        try:
            usable = _is_same(payment, payer, quote) and _has_time(payment, now)
            current = (
                ask_provider(payment, cause="checkout_continued")
                if usable
                else withdraw_payment(payment, cause="replaced_by_another_attempt")
            )
        except ProviderUnavailableError as error:
            raise CheckoutUnavailable from error
        if usable and current.state == PaymentState.OPEN:
            return current
        if current.is_live or current.state == PaymentState.SUCCEEDED:
            raise PaymentUnderWay(current)
    return None


def _is_same(payment: Payment, payer: User, quote: Quote) -> bool:
    asked = {(item.invoice_id, item.amount, item.surcharge) for item in payment.items.all()}
    return (
        not quote.credit
        and payment.payer_id == payer.pk
        and asked == {(item.invoice_id, item.amount, item.surcharge) for item in quote.items}
    )


def _has_time(payment: Payment, now: datetime) -> bool:
    return payment.expires_at is not None and payment.expires_at - now >= _TIME_TO_PAY


def _save_attempt(link: AccountLink, payer: User, quote: Quote, now: datetime) -> Payment | None:
    """Saves the payment with the exact request, before anybody is called; None when another click or tab was quicker.

    Every attempt on a bill waits for the lock of its account here, so two tabs come one after the other.
    """
    with transaction.atomic(durable=True):
        account = lock_account(link.account_id)
        held = PaymentItem.objects.filter(invoice_id__in=quote.invoice_ids, live=True)
        if held.exists() or Payment.objects.filter(idempotency_key=quote.key).exists():
            return None
        invoices = unchanged_invoices(link, quote)
        reference = public_id()
        expires_at = (now + timedelta(minutes=settings.UTILITY.checkout_minutes)).replace(microsecond=0)
        order = CheckoutOrder(
            reference=reference,
            description=f"Cuenta {format_account_number(account.number)}, pago {reference}",
            lines=_lines(invoices, quote),
            currency=CURRENCY,
            customer_email=payer.email,
            success_url=payment_address(reference),
            cancel_url=f"{payment_address(reference)}?cancelado=1",
            expires_at=expires_at,
        )
        payment = Payment.objects.create(
            public_id=reference,
            account=account,
            payer=payer,
            channel=PaymentChannel.CHECKOUT,
            amount_asked=quote.total,
            idempotency_key=quote.key,
            request=gateway().request_for(order),
            created_at=now,
            expires_at=expires_at,
            checked_at=now,
        )
        PaymentItem.objects.bulk_create(
            PaymentItem(payment=payment, invoice_id=item.invoice_id, amount=item.amount, surcharge=item.surcharge)
            for item in quote.items
        )
        log_beginning(payment, cause="checkout_confirmed")
    _log.info("payment %s: saved, the provider is called next", payment.public_id)
    return payment


def unchanged_invoices(link: AccountLink, quote: Quote) -> dict[int, Invoice]:
    """The bills of the quote by id, locked. Raises QuoteChanged unless each costs what was promised.

    The price is worked out for the day of the quote: a due date that passed meanwhile is honoured.
    """
    lock_invoices(quote.invoice_ids)
    priced = Invoice.objects.of(link).payable().filter(pk__in=quote.invoice_ids).with_amount_due(on=quote.priced_on)
    invoices = {invoice.pk: invoice for invoice in priced}
    for item in quote.items:
        invoice = invoices.get(item.invoice_id)
        if invoice is None or replace(quote_item(invoice, invoice.amount_due), credit=item.credit) != item:
            raise QuoteChanged
    return invoices


def _lines(invoices: dict[int, Invoice], quote: Quote) -> tuple[CheckoutLine, ...]:
    return tuple(
        CheckoutLine(
            name=f"{invoice.get_kind_display()} {invoice}",
            description=f"{invoice.subject}, vence el {short_date(invoice.due_on)}".removeprefix(", "),
            amount=item.amount,
        )
        for item in quote.items
        for invoice in [invoices[item.invoice_id]]
    )
