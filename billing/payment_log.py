"""The one writer of a payment's state, and the log that keeps each change with its cause."""

from collections.abc import Mapping

from billing.enums import PaymentState
from billing.models import Payment, PaymentEvent
from billing.transitions import is_legal


class IllegalTransitionError(Exception):
    """The caller asked for a move that `billing.transitions` does not know: a defect of ours."""

    def __init__(self, before: PaymentState, after: PaymentState) -> None:
        super().__init__(f"{before} → {after}")
        self.before = before
        self.after = after


def log_beginning(payment: Payment, *, cause: str, detail: Mapping[str, object] | None = None) -> None:
    """Write down that this payment, just inserted, began."""
    PaymentEvent.objects.create(
        payment=payment, from_state="", to_state=payment.state, cause=cause, detail=dict(detail or {})
    )


def move(payment: Payment, to: PaymentState, *, cause: str, detail: Mapping[str, object] | None = None) -> None:
    """Save the payment, whose row is locked, in its next state with whatever else was set on it, and log the move.

    `cause` names the act or the event. Raises IllegalTransitionError.
    """
    before = PaymentState(payment.state)
    if not is_legal(before, to):
        raise IllegalTransitionError(before, to)
    payment.state = to
    payment.save()
    PaymentEvent.objects.create(payment=payment, from_state=before, to_state=to, cause=cause, detail=dict(detail or {}))
