"""How the tests of this package say that the database refuses."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import ServiceAccount
from billing.enums import PaymentChannel, PaymentState
from billing.models import Payment

MONEY = Decimal("1000.00")


def refused(act: Callable[[], object], message: str) -> None:
    """The act breaks a rule: one that speaks at once or one that speaks at commit."""

    def act_to_the_end() -> None:
        with transaction.atomic():
            act()
            run("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError, match=message):
        act_to_the_end()


def run(statement: str) -> None:
    """Plain SQL, as whoever has a connection could write it."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def received_elsewhere(account: ServiceAccount, **columns: object) -> Payment:
    """A row of a payment of 1,000 pesos at the office; where the money went is up to the test."""
    now = timezone.now()
    values = {
        "operation_number": "1",
        "state": PaymentState.SUCCEEDED,
        "amount_received": MONEY,
        "paid_at": now,
        "settled_at": now,
        **columns,
    }
    return Payment.objects.create(account=account, channel=PaymentChannel.OFFICE, amount_asked=MONEY, **values)
