"""From which payments the saldo a favor of an account came: each peso that leaves it stays money of its payment."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Min, Sum

from billing.models import CreditEntry, Payment


@dataclass
class CreditOfPayment:
    """Credit of one payment that is left to use, in pesos."""

    payment_id: int
    left: Decimal


def credit_by_payment(account_id: int) -> list[CreditOfPayment]:
    """The payments of an account that have credit, in the order in which their credit came."""
    credit = CreditEntry.objects.filter(account=account_id).values("payment_id")
    found = credit.annotate(left=Sum("amount"), since=Min("pk")).filter(left__gt=0).order_by("since")
    return [CreditOfPayment(row["payment_id"], row["left"]) for row in found]


def locked_credit(account_id: int) -> list[CreditOfPayment]:
    """The same, with those payments locked by id. The caller holds the lock of the account."""
    found = credit_by_payment(account_id)
    ids = [source.payment_id for source in found]
    list(Payment.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))
    return found
