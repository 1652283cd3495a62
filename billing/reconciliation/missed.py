"""What the provider has and the ledger lacks is brought in, by the same acts that events and polling use."""

import logging
from collections.abc import Callable, Sequence
from functools import partial

from billing.enums import MovementKind, PaymentChannel, PaymentState
from billing.gateway.base import EventSubject
from billing.gateway.books import ProviderBooks
from billing.gateway.configured import saved_cards_gateway
from billing.gateway.errors import ProviderUnavailableError
from billing.models import ProviderMovement
from billing.provider_news import UnknownToLedgerError, follow_return
from billing.refunds import RefundWaitsError
from billing.settlement import settle_payment

CAUSE = "reconciliation"

_log = logging.getLogger(__name__)


def bring_in(missing: Sequence[ProviderMovement], books: ProviderBooks) -> set[int]:
    """Asks the provider how each of these is now, oldest first, and does with the answer what is done with any other.

    What is of no payment of ours stays out. Gives the keys of those that have to wait for something that is under way.
    Right when run twice or at once. Never inside a transaction. Raises ProviderUnavailableError; whatever else goes
    wrong with one must not keep the others waiting.
    """
    waiting = set()
    for movement in missing:
        try:
            _ACTS[MovementKind(movement.kind)](movement, books)
        except RefundWaitsError:
            waiting.add(movement.pk)
        except UnknownToLedgerError:
            _log.info("movement %s is of no payment of ours", movement.movement_id)
        except ProviderUnavailableError:
            raise
        except Exception:  # noqa: BLE001  it stays missing and is put before the office as such
            _log.exception("movement %s", movement.movement_id)
    return waiting


def _settle(movement: ProviderMovement, books: ProviderBooks) -> None:
    payment = movement.payment
    if payment is None or payment.state == PaymentState.SUCCEEDED:
        return
    report = (
        saved_cards_gateway().retrieve_charge(movement.provider_payment_id)
        if payment.channel == PaymentChannel.DIRECT_DEBIT_CARD
        else books.checkout_paid_by(movement.provider_payment_id)
    )
    if report is not None and report.reference == payment.public_id:
        settle_payment(payment.pk, report, cause=CAUSE)


def _follow(subject: EventSubject, movement: ProviderMovement, books: ProviderBooks) -> None:  # noqa: ARG001  as `_settle`
    follow_return(subject, movement.object_id, cause=CAUSE)


_ACTS: dict[MovementKind, Callable[[ProviderMovement, ProviderBooks], None]] = {
    MovementKind.CHARGE: _settle,
    MovementKind.REFUND: partial(_follow, EventSubject.REFUND),
    MovementKind.REFUND_RETURNED: partial(_follow, EventSubject.REFUND),
    MovementKind.DISPUTE: partial(_follow, EventSubject.DISPUTE),
    MovementKind.DISPUTE_REINSTATED: partial(_follow, EventSubject.DISPUTE),
}
