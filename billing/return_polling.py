"""Asking the provider about refunds and disputes instead of waiting to be told."""

import logging
from datetime import datetime, timedelta

from django.db.models import F, Q

from billing.disputes import record_dispute
from billing.enums import DisputeState, RefundState
from billing.gateway.configured import returns_gateway
from billing.gateway.errors import ProviderUnavailableError
from billing.models import Dispute, Refund
from billing.refunds import record_refund, send_refund

_WAIT_FOR_A_REFUND = timedelta(minutes=5)
_WAIT_FOR_A_DISPUTE = timedelta(hours=6)
_BATCH = 100
_DECIDED = (DisputeState.WON, DisputeState.LOST, DisputeState.CLOSED)

_log = logging.getLogger(__name__)


def check_refunds(*, now: datetime) -> int:
    """Sends again every refund that was saved and not confirmed, asks about those on their way; tells how many."""
    unasked = Q(checked_at=None, created_at__lte=now - timedelta(minutes=1))
    due = Refund.objects.unfinished().filter(unasked | Q(checked_at__lte=now - _WAIT_FOR_A_REFUND))
    checked = 0
    for refund in due.select_related("payment").order_by(F("checked_at").asc(nulls_first=True))[:_BATCH]:
        if not Refund.objects.filter(pk=refund.pk, checked_at=refund.checked_at).update(checked_at=now):
            continue  # another worker is at it
        checked += 1
        try:
            if refund.state == RefundState.CREATED:
                send_refund(refund)
            elif refund.provider_refund_id is not None:
                record_refund(refund.payment_id, returns_gateway().retrieve_refund(refund.provider_refund_id))
        except ProviderUnavailableError:
            _log.warning("the provider does not answer; refunds wait")
            break
        except Exception:  # noqa: BLE001  a refund that cannot be followed must not keep the others waiting
            _log.exception("refund %s", refund.public_id)
    return checked


def check_disputes(*, now: datetime) -> int:
    """Asks about every dispute that the bank has not decided; tells how many."""
    checked = 0
    for dispute in Dispute.objects.exclude(state__in=_DECIDED).filter(checked_at__lte=now - _WAIT_FOR_A_DISPUTE)[
        :_BATCH
    ]:
        checked += 1
        try:
            record_dispute(dispute.payment_id, returns_gateway().retrieve_dispute(dispute.provider_dispute_id))
        except ProviderUnavailableError:
            _log.warning("the provider does not answer; disputes wait")
            break
        except Exception:  # noqa: BLE001  a dispute that cannot be followed must not keep the others waiting
            _log.exception("dispute %s", dispute.provider_dispute_id)
    return checked
