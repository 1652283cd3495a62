"""Giving the saldo a favor of an account back: the oldest credit first, each part of it as a refund of its own payment.

What came through the provider goes back through it. What came any other way the office transfers by hand, and writes
down under the number of the transfer; so it does, when it says so, with what the provider refused to give back. As with
any refund, the network is never inside a transaction.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import ServiceAccount, User
from billing.credit_sources import CreditOfPayment, credit_by_payment, locked_credit
from billing.enums import RefundState
from billing.locks import lock_account
from billing.models import Payment, Refund
from billing.refund_mails import mail_refund_done
from billing.refund_requests import (
    RefundWish,
    goes_back_through_provider,
    insert_refund,
    refuse_no_amount,
    refused_by_provider,
)
from billing.refunds import send_refund
from billing.refusals import CreditMoved, RefundExceeds, RefundKeyUsed
from billing.returned_money import FOR_A_REFUND, rebalance
from oficina.shared.money import ZERO

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class CreditRefundWish:
    """What somebody of the office asks for. Amounts in pesos: `by_hand` is what of `amount` they were shown as theirs
    to transfer, under the number `reference`; `transfers_refused`: also what the provider refused to give back. `key`
    is that of the form, so that one which is sent twice is done once.
    """

    amount: Decimal
    by_hand: Decimal
    reason: str
    by: User
    key: str
    reference: str = ""
    transfers_refused: bool = False


@dataclass(frozen=True, kw_only=True)
class CreditPart:
    """What of a refund of credit is money of one payment, in pesos; whether the office transfers it by hand, and
    whether the provider refused to give money of that payment back.
    """

    payment: Payment
    amount: Decimal
    is_by_hand: bool
    was_refused: bool


def plan_credit_refund(
    account: ServiceAccount, amount: Decimal, *, transfers_refused: bool = False
) -> list[CreditPart]:
    """From which payments that much credit would go back. Raises RefundOfNothing and RefundExceeds."""
    refuse_no_amount(amount)
    return _parts(credit_by_payment(account.pk), amount, transfers_refused=transfers_refused)


def by_hand(parts: list[CreditPart]) -> Decimal:
    """What of a plan the office transfers itself, in pesos."""
    return sum((part.amount for part in parts if part.is_by_hand), ZERO)


def refund_credit(account: ServiceAccount, wish: CreditRefundWish) -> list[Refund]:
    """Give credit back, and tell how each part went so far. Call it outside any transaction.

    The same key again gives the same refunds. When the provider does not answer, the parts that wait for it stay as
    they are and the periodic job goes on with them.

    Raises RefundOfNothing, RefundExceeds, CreditMoved, RefundKeyUsed, RefundReferenceMissing and
    RefundReferenceUsed.
    """
    return [send_refund(refund) for refund in save_credit_refund(account, wish, now=timezone.now())]


def save_credit_refund(account: ServiceAccount, wish: CreditRefundWish, *, now: datetime) -> list[Refund]:
    """The refunds with their exact requests, their money out of the credit, before anybody is called. As
    `refund_credit`.
    """
    refuse_no_amount(wish.amount)
    with transaction.atomic():
        lock_account(account.pk)
        earlier = list(Refund.objects.filter(idempotency_key__startswith=_key(wish)).order_by("pk"))
        if earlier:
            return _same(earlier, account, wish)
        parts = _parts(locked_credit(account.pk), wish.amount, transfers_refused=wish.transfers_refused)
        if by_hand(parts) != wish.by_hand:
            raise CreditMoved(by_hand(parts))
        refunds = [_save(part, wish, now) for part in parts]
    _log.info("%d refunds of credit of account %s: saved", len(refunds), account.pk)
    return refunds


def _parts(credit: list[CreditOfPayment], amount: Decimal, *, transfers_refused: bool) -> list[CreditPart]:
    left = sum((source.left for source in credit), ZERO)
    if amount > left:
        raise RefundExceeds(amount, left)
    payments = Payment.objects.in_bulk([source.payment_id for source in credit])
    refused = refused_by_provider(payments)
    parts = []
    rest = amount
    for source in credit:
        if not rest:
            break
        payment, part = payments[source.payment_id], min(rest, source.left)
        was_refused = payment.pk in refused
        is_by_hand = not goes_back_through_provider(payment) or (was_refused and transfers_refused)
        parts.append(CreditPart(payment=payment, amount=part, is_by_hand=is_by_hand, was_refused=was_refused))
        rest -= part
    return parts


def _save(part: CreditPart, wish: CreditRefundWish, now: datetime) -> Refund:
    own = RefundWish(
        amount=part.amount,
        reason=wish.reason,
        by=wish.by,
        key=f"{_key(wish)}{part.payment.pk}",
        reference=wish.reference,
        by_hand=part.is_by_hand,
    )
    refund = insert_refund(part.payment, own, now)
    rebalance(part.payment, FOR_A_REFUND, at=now)
    if refund.state == RefundState.SUCCEEDED:
        mail_refund_done(refund)
    return refund


def _key(wish: CreditRefundWish) -> str:
    """What the keys of the refunds of one wish begin with; each ends in its payment."""
    return f"{wish.key}:"


def _same(earlier: list[Refund], account: ServiceAccount, wish: CreditRefundWish) -> list[Refund]:
    of_account = Payment.objects.filter(pk__in=[refund.payment_id for refund in earlier], account=account).count()
    if of_account != len(earlier) or sum(refund.amount for refund in earlier) != wish.amount:
        raise RefundKeyUsed
    return earlier
