"""Amounts of the provider in pesos, and sums of ours."""

from decimal import Decimal

import stripe
from django.db.models import QuerySet, Sum

from billing.models import Payment
from oficina.shared.money import ZERO


def pesos(minor_units: int | None) -> Decimal:
    return Decimal(minor_units or 0) / 100


def pesos_of(session: stripe.checkout.Session) -> Decimal:
    """What a session charges."""
    return pesos(session.amount_total)


def received_in(payments: QuerySet[Payment]) -> Decimal:
    """What these payments brought."""
    total: Decimal | None = payments.aggregate(total=Sum("amount_received"))["total"]
    return total or ZERO
