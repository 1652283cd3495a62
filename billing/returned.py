"""What of a payment was given back or is contested, as people are told."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from billing.enums import RefundState
from billing.models import Dispute, Payment, Refund
from oficina.shared.money import ZERO


@dataclass(frozen=True, kw_only=True)
class Returned:
    """What left a payment, in pesos. `on_its_way`: some refund is not done yet; `contested`: some dispute is open."""

    received: Decimal
    refunded: Decimal
    disputed: Decimal
    on_its_way: bool
    contested: bool

    @property
    def total(self) -> Decimal:
        """All that left."""
        return self.refunded + self.disputed

    @property
    def is_all(self) -> bool:
        """Whether nothing of the payment is left."""
        return self.total > 0 and self.total >= self.received


def with_story[Payments: QuerySet[Payment]](payments: Payments) -> Payments:
    """These payments with what tells how they stand (`returned_of`, `closing_of`): three statements, however many."""
    return payments.prefetch_related(
        Prefetch("refunds", Refund.objects.defer("request").order_by("pk")),
        Prefetch("disputes", Dispute.objects.order_by("pk")),
        "events",
    )


def returned_of(payment: Payment) -> Returned:
    """What left a payment that was loaded by `with_story`."""
    standing = [refund for refund in payment.refunds.all() if refund.state != RefundState.FAILED]
    disputes = list(payment.disputes.all())
    return Returned(
        received=payment.amount_received or ZERO,
        refunded=sum((refund.amount for refund in standing), ZERO),
        disputed=sum((dispute.amount_taken for dispute in disputes), ZERO),
        on_its_way=any(refund.state != RefundState.SUCCEEDED for refund in standing),
        contested=any(dispute.is_open for dispute in disputes),
    )
