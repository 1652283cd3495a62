"""Asking the provider instead of waiting to be told: a webhook may be lost, and a process may die in between.

No checkout is closed here because its time is over: only the provider knows whether it was paid at the last second.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Greatest, Least

from billing.enums import PROVIDER_CHANNELS, PaymentChannel, PaymentState
from billing.gateway.errors import ProviderUnavailableError
from billing.models import Payment
from billing.open_checkouts import ask_provider, claim_check, withdraw_payment

_SHORTEST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=1)
_BATCH = 200
_PAYABLE = (PaymentState.CREATED, PaymentState.OPEN)

_log = logging.getLogger(__name__)


def check_checkouts(*, now: datetime) -> int:
    """Asks the provider about every live checkout whose turn it is, and tells how many it asked about.

    A payment is asked about each minute at first, then whenever a tenth of its age has passed, once an hour at least;
    and each minute once its time to be paid is over. Two workers never ask about the same one. Stops when the provider
    does not answer.
    """
    asked = 0
    for payment in _due(now):
        if not claim_check(payment, not_since=payment.checked_at or now):
            continue
        asked += 1
        try:
            ask_provider(payment, cause="polling")
        except ProviderUnavailableError:
            _log.warning("the provider does not answer; checkouts wait")
            break
        except Exception:  # noqa: BLE001  a payment that cannot be settled must not keep the others waiting
            _log.exception("payment %s", payment.public_id)
    return asked


def withdraw_checkouts_of(invoice_ids: Collection[int], *, cause: str) -> None:
    """Closes at the provider every checkout that still offers one of these bills, as when they were paid elsewhere.

    Where the customer was quicker the payment settles as always, and what its bills no longer take becomes credit.
    Raises ProviderUnavailableError; run again, it goes on where it was.
    """
    offering = Payment.objects.filter(
        channel=PaymentChannel.CHECKOUT,
        state__in=_PAYABLE,
        items__invoice_id__in=invoice_ids,
    )
    for payment in offering.distinct().order_by("pk"):
        withdraw_payment(payment, cause=cause)


def _due(now: datetime) -> list[Payment]:
    moment = Value(now, output_field=DateTimeField())
    wait = Least(
        Greatest(
            ExpressionWrapper((moment - F("created_at")) / Value(10), output_field=DurationField()),
            Value(_SHORTEST_WAIT, output_field=DurationField()),
        ),
        Value(_LONGEST_WAIT, output_field=DurationField()),
    )
    its_turn = Q(checked_at__lte=ExpressionWrapper(moment - wait, output_field=DateTimeField()))
    # Money on its way may take days; the end of the checkout says nothing about it.
    time_is_over = Q(state__in=_PAYABLE, expires_at__lte=now, checked_at__lte=now - _SHORTEST_WAIT)
    due = Payment.objects.live().filter(Q(checked_at=None) | its_turn | time_is_over, channel__in=PROVIDER_CHANNELS)
    return list(due.order_by(F("checked_at").asc(nulls_first=True))[:_BATCH])
