"""What a provider reports of refunds and disputes, and credit to begin with."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

from django.utils import timezone

from accounts.models import ServiceAccount, User
from billing.enums import DisputeState
from billing.external_payments import record_external_payment
from billing.gateway.returns import DisputeReport, PaymentOfProvider, RefundReport, RefundStatus
from billing.models import Payment, Refund
from billing.refund_requests import RefundWish
from billing.refunds import save_refund
from oficina.shared.money import CURRENCY, ZERO
from tests.factories.billing import operation

_numbers = count(1)


def credited(account: ServiceAccount, amount: Decimal) -> Payment:
    """A payment at a counter that named no bill: its money is credit of the account."""
    return record_external_payment(operation(account, amount=amount), cause="rendición")


def asked_refund(payment: Payment, amount: Decimal, *, by: User, key: str | None = None) -> Refund:
    """A refund that the office asked for, not yet at the provider."""
    number = next(_numbers)
    wish = RefundWish(
        amount=amount, reason="Pagó de más", by=by, key=key or f"refund-{number}", reference=f"T-{number}"
    )
    return save_refund(payment, wish, now=timezone.now())


def refund_report(
    payment: Payment,
    amount: Decimal,
    status: RefundStatus = RefundStatus.SUCCEEDED,
    *,
    refund: Refund | None = None,
    refund_id: str | None = None,
    currency: str = CURRENCY,
) -> RefundReport:
    """A refund at the provider: `refund`, or one that was made there."""
    name = refund_id or (f"re_{refund.public_id}" if refund else f"re_{next(_numbers)}")
    return RefundReport(
        refund_id=name,
        reference=refund.public_id if refund else "",
        payment=PaymentOfProvider(provider_payment_id=payment.provider_payment_id or "", reference=payment.public_id),
        amount=amount,
        currency=currency,
        status=status,
        failure_reason="expired_or_canceled_card" if status is RefundStatus.FAILED else "",
        made_at=timezone.now(),
    )


def dispute_report(
    payment: Payment,
    amount: Decimal,
    state: DisputeState = DisputeState.NEEDS_RESPONSE,
    *,
    withdrawn: Decimal = ZERO,
    reinstated: Decimal = ZERO,
    dispute_id: str = "du_1",
    currency: str = CURRENCY,
) -> DisputeReport:
    """A dispute at the provider, and what it moved so far."""
    now = timezone.now()
    return DisputeReport(
        dispute_id=dispute_id,
        payment=PaymentOfProvider(provider_payment_id=payment.provider_payment_id or "", reference=payment.public_id),
        state=state,
        reason="fraudulent",
        amount=amount,
        currency=currency,
        withdrawn=withdrawn,
        withdrawn_at=now if withdrawn else None,
        reinstated=reinstated,
        reinstated_at=now if reinstated else None,
        respond_by=now + timedelta(days=7),
        opened_at=now,
    )
