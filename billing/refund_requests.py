"""What the office asks for when it gives money back, and the refund as it is saved before anybody is called."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from accounts.models import User
from billing.enums import RefundRoute, RefundState
from billing.gateway.configured import returns_gateway
from billing.gateway.returns import RefundOrder
from billing.models import Payment, Refund
from billing.refusals import RefundOfNothing, RefundReferenceMissing, RefundReferenceUsed
from oficina.shared.ids import public_id
from oficina.shared.money import ZERO, round_to_cents

_WAY_BACK_IS_OPEN: Final = frozenset(
    {
        "charge_already_refunded",
        "charge_disputed",
        "idempotency_key_forgotten",
        "insufficient_funds",
        "merchant_request",
    }
)
"""Failures that do not say that the money cannot go back the way it came: it did already, it is contested at the bank,
or another try may do.
"""


@dataclass(frozen=True, kw_only=True)
class RefundWish:
    """What somebody of the office asks for. `amount` in pesos; `key` is that of the form, so that a form which is sent
    twice is one refund. `reference` is the number of the transfer or voucher with which the office itself gave the
    money back; what goes back through the provider has none. `by_hand`: the office gives it back although it came
    through the provider, which refused to (`refused_by_provider`).
    """

    amount: Decimal
    reason: str
    by: User
    key: str
    reference: str = ""
    by_hand: bool = False


def refuse_no_amount(amount: Decimal) -> None:
    """Raises RefundOfNothing unless it is an amount in whole cents, and more than nothing."""
    if amount <= ZERO or amount != round_to_cents(amount):
        raise RefundOfNothing(amount)


def goes_back_through_provider(payment: Payment) -> bool:
    """Whether the money of a payment goes back the way it came. Any other the office hands over or transfers."""
    return payment.provider_payment_id is not None


def refused_by_provider(payment_ids: Collection[int]) -> set[int]:
    """Those of these payments whose money the provider could not give back for good: the card is closed, or its bank
    does not take it.
    """
    refused = Refund.objects.filter(
        payment__in=payment_ids, route=RefundRoute.PROVIDER, state=RefundState.FAILED
    ).exclude(failure_reason__in=_WAY_BACK_IS_OPEN)
    return set(refused.values_list("payment_id", flat=True))


def insert_refund(payment: Payment, wish: RefundWish, now: datetime) -> Refund:
    """The refund of a payment, whose row is locked and which has that much left, with its exact request. What the
    office hands over is done by this; the database refuses that of money which the provider can still give back.
    The caller takes the money out of the ledger (`rebalance`).

    Raises RefundReferenceMissing and RefundReferenceUsed.
    """
    refund = Refund(
        public_id=public_id(),
        payment=payment,
        amount=wish.amount,
        reason=wish.reason,
        requested_by=wish.by,
        idempotency_key=wish.key,
        created_at=now,
    )
    if goes_back_through_provider(payment) and not wish.by_hand:
        refund.request = returns_gateway().refund_request(
            RefundOrder(
                reference=refund.public_id,
                provider_payment_id=payment.provider_payment_id or "",
                amount=wish.amount,
            )
        )
    else:
        _refuse_unfit_reference(payment, wish.reference)
        refund.operation_number = wish.reference
        refund.route = RefundRoute.OFFICE
        refund.state = RefundState.SUCCEEDED
        refund.succeeded_at = now
    refund.save()
    return refund


def _refuse_unfit_reference(payment: Payment, reference: str) -> None:
    """What the office hands over is known by the number of the transfer, which is recorded once for a payment. The
    payment's own number is that of money which came, and its channel's reversal may come under it.
    """
    if not reference:
        raise RefundReferenceMissing
    if reference == payment.operation_number or payment.refunds.filter(operation_number=reference).exists():
        raise RefundReferenceUsed(reference)
