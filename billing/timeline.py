"""The steps that the page of a payment shows, and those of what was given back since."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from billing.enums import DisputeState, RefundRoute, RefundState
from billing.models import Dispute, Payment, Refund
from oficina.shared.dates import day_and_clock
from oficina.shared.money import pesos

_DISPUTES = {
    DisputeState.WON: ("done", "El banco resolvió que el pago vale."),
    DisputeState.LOST: ("failed", "El banco te devolvió la plata, así que lo que pagaba quedó pendiente."),
    DisputeState.CLOSED: ("done", "El banco lo cerró sin reclamar la plata."),
}
_DISPUTE_OPEN = (
    "now",
    (
        "El banco nos avisó que se desconoció este pago. Si lo hiciste vos, avisale a tu banco que lo reconocés. "
        "Mientras lo resuelve, lo que pagaba puede figurar como pendiente."
    ),
)

_BANKS_REFUSALS = {"declined", "expired_or_canceled_card", "lost_or_stolen_card"}
"""By the provider's codes. Other refunds fail before they reach the bank of who paid."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the timeline."""

    name: str
    state: str = ""
    detail: str = ""
    text: str = ""


def moment(at: datetime | None) -> str:
    """`Hoy a las 10:47`; empty when it is not known."""
    if at is None:
        return ""
    words = day_and_clock(at)
    return words[0].upper() + words[1:]


def return_steps(payment: Payment) -> list[Step]:
    """What was given back and what was contested, in the order in which it began. Loaded by `with_story`."""
    told = [*_refunds(payment), *_disputes(payment)]
    return [step for _, step in sorted(told, key=lambda dated: dated[0])]


def _refunds(payment: Payment) -> Iterator[tuple[datetime, Step]]:
    for refund in payment.refunds.all():
        never_left = refund.state == RefundState.FAILED and refund.provider_refund_id is None
        if not never_left:
            yield refund.created_at, _refund(refund)


def _refund(refund: Refund) -> Step:
    name = f"Devolución de {pesos(refund.amount)}"
    match RefundState(refund.state):
        case RefundState.SUCCEEDED:
            text = {
                RefundRoute.PROVIDER: "Vuelve al medio con el que pagaste. Puede tardar hasta 10 días hábiles.",
                RefundRoute.OFFICE: "La hizo la oficina comercial.",
                RefundRoute.CHANNEL: "El lugar donde se pagó anuló el cobro.",
            }[RefundRoute(refund.route)]
            return Step(name=name, state="done", detail=moment(refund.succeeded_at), text=text)
        case RefundState.FAILED:
            why = "Tu banco no la aceptó." if refund.failure_reason in _BANKS_REFUSALS else "No se pudo hacer."
            text = f"{why} La plata volvió a lo que pagaba o a tu saldo a favor."
            return Step(name=name, state="failed", detail=moment(refund.failed_at), text=text)
    return Step(name=name, state="now", detail=moment(refund.created_at), text="Está en camino.")


def _disputes(payment: Payment) -> Iterator[tuple[datetime, Step]]:
    for dispute in payment.disputes.all():
        yield dispute.opened_at, _dispute(dispute)


def _dispute(dispute: Dispute) -> Step:
    state, text = _DISPUTES.get(DisputeState(dispute.state), _DISPUTE_OPEN)
    return Step(
        name=f"Reclamo al banco por {pesos(dispute.amount)}",
        state=state,
        detail=moment(dispute.closed_at or dispute.opened_at),
        text=text,
    )
