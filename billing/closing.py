"""Why a checkout ended without money before its time was over, in the words that customers read."""

from dataclasses import dataclass
from typing import Final

from billing.enums import PaymentState
from billing.models import Payment

CANCELLED_BY_PAYER: Final = "cancelled_by_payer"
"""The cause of a checkout that whoever paid closed by their own decision."""

TAKEN_BY_DEBIT: Final = "taken_by_debit"
"""The cause of a checkout that was closed because a bill of it is about to be debited."""

RELEASED_BY_OFFICE: Final = "released_by_office"
"""The cause of an attempt that the office closed because the provider does not have its checkout."""

NOT_AT_PROVIDER: Final = "not_at_provider"
"""The failure code of such an attempt that had been completed."""


@dataclass(frozen=True, kw_only=True)
class Closing:
    """`state` is the word of the badge, `title` the heading of the page, `why` a sentence."""

    state: str
    title: str
    why: str


_CLOSINGS: Final = {
    "replaced_by_another_attempt": Closing(
        state="Cerrado", title="Empezaste a pagar de nuevo", why="Lo cerramos porque empezaste a pagar de nuevo."
    ),
    CANCELLED_BY_PAYER: Closing(state="Cancelado", title="Cancelaste el pago", why="Lo cancelaste vos."),
    "paid_elsewhere": Closing(
        state="Cerrado",
        title="La factura se pagó por otro medio",
        why="Lo cerramos porque la factura se pagó por otro medio.",
    ),
    TAKEN_BY_DEBIT: Closing(
        state="Cerrado",
        title="La factura se paga por débito automático",
        why="Lo cerramos porque llegó el día del débito automático de la factura.",
    ),
    RELEASED_BY_OFFICE: Closing(
        state="Cerrado",
        title="Cerramos este intento de pago",
        why="Lo cerramos porque la plataforma de pago no lo tenía.",
    ),
}
"""By the cause of the transition. Any other cause is the clock."""


def closing_of(payment: Payment) -> Closing | None:
    """Who or what closed an expired payment; None when its time was over. Its events are read, so load them with it."""
    if payment.state != PaymentState.EXPIRED:
        return None
    ended = next((event for event in payment.events.all() if event.to_state == PaymentState.EXPIRED), None)
    return _CLOSINGS.get(ended.cause) if ended else None
