"""Money that the portal takes by itself, by the customer's mandate: a payment for one bill, saved before it is taken.

From here on a debit is a payment like any other: it holds its bill while it is under way, and `settle_payment` brings
it to whatever its bank or the payment provider tells.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accounts.account_numbers import format_account_number
from accounts.models import User
from billing.enums import PaymentChannel, PaymentState
from billing.gateway.configured import saved_cards_gateway
from billing.gateway.saved_cards import CardChargeOrder
from billing.locks import lock_account, lock_invoices
from billing.models import Invoice, Payment, PaymentItem
from billing.payment_log import log_beginning, move
from billing.refusals import DebitExceedsNotice, InvoiceNotPayable, PaymentUnderWay
from oficina.shared.ids import public_id
from oficina.shared.money import CURRENCY

CAUSE = "direct_debit"
"""The cause of what a mandate begins."""


@dataclass(frozen=True, kw_only=True)
class Debit:
    """A bill to be paid whole by debit, at the price of a local date. `at_most` is what the holder was told, in pesos;
    `payer` whoever gave the mandate.
    """

    invoice_id: int
    account_id: int
    payer: User | None
    priced_on: date
    at_most: Decimal


@dataclass(frozen=True, kw_only=True)
class CardOnFile:
    """The provider's names of a card and of whom it keeps it for."""

    customer_id: str
    method_id: str


def save_card_debit(debit: Debit, card: CardOnFile, *, key: str, now: datetime) -> Payment:
    """Save the charge of a card with its exact request, before the provider is called; the one that this key made
    before, if it did. Sending it is `billing.card_charges.send_charge`, or else polling.

    Raises InvoiceNotPayable, PaymentUnderWay and DebitExceedsNotice.
    """
    with transaction.atomic():
        account = lock_account(debit.account_id)
        earlier = Payment.objects.filter(idempotency_key=key).first()
        if earlier is not None:
            return earlier
        invoice = _free_bill(debit)
        reference = public_id()
        order = CardChargeOrder(
            reference=reference,
            description=f"Cuenta {format_account_number(account.number)}, débito automático {reference}",
            amount=invoice.amount_due,
            currency=CURRENCY,
            customer_id=card.customer_id,
            method_id=card.method_id,
        )
        request = saved_cards_gateway().charge_request(order)
        return _insert(
            Payment(
                public_id=reference,
                channel=PaymentChannel.DIRECT_DEBIT_CARD,
                idempotency_key=key,
                request=request,
                checked_at=now,
            ),
            debit,
            invoice,
            now,
        )


def save_bank_debit(debit: Debit, *, now: datetime) -> Payment:
    """Save a debit that is presented to a bank in the same transaction: it is under way until the bank answers.

    The caller writes it into the bank's file by its `public_id`. Raises as `save_card_debit`.
    """
    with transaction.atomic():
        lock_account(debit.account_id)
        payment = _insert(Payment(channel=PaymentChannel.DIRECT_DEBIT_BANK), debit, _free_bill(debit), now)
        move(payment, PaymentState.PROCESSING, cause=CAUSE)
    return payment


def _free_bill(debit: Debit) -> Invoice:
    """The bill, locked, with what it costs; the account is locked already."""
    lock_invoices([debit.invoice_id])
    bills = Invoice.objects.filter(account_id=debit.account_id).with_amount_due(on=debit.priced_on)
    invoice = bills.get(pk=debit.invoice_id)
    if not Invoice.objects.payable().filter(pk=invoice.pk).exists():
        raise InvoiceNotPayable([invoice])
    held = PaymentItem.objects.filter(invoice=invoice, live=True).select_related("payment").first()
    if held is not None:
        raise PaymentUnderWay(held.payment)
    if invoice.amount_due > debit.at_most:
        raise DebitExceedsNotice(invoice.amount_due, debit.at_most)
    return invoice


def _insert(payment: Payment, debit: Debit, invoice: Invoice, now: datetime) -> Payment:
    payment.account_id, payment.payer = debit.account_id, debit.payer
    payment.amount_asked, payment.created_at = invoice.amount_due, now
    payment.save(force_insert=True)
    PaymentItem.objects.create(
        payment=payment,
        invoice=invoice,
        amount=invoice.amount_due,
        surcharge=invoice.surcharge_when_paid(invoice.amount_due),
    )
    log_beginning(payment, cause=CAUSE)
    return payment
