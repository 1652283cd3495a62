"""What happened to a payment, as the office needs it: each move with its cause, refunds, disputes, other attempts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from billing.admin.refund_words import failure_words
from billing.card_charges import CHARGE_REFUSED
from billing.closing import CANCELLED_BY_PAYER, RELEASED_BY_OFFICE, TAKEN_BY_DEBIT
from billing.enums import DisputeState, PaymentState, RefundRoute, RefundState
from billing.models import Dispute, Payment, PaymentEvent, Refund
from billing.presentation import payment_state
from billing.returned import with_story
from oficina.shared.dates import day_and_clock
from oficina.shared.money import pesos
from oficina.shared.office.columns import laid_out

_CAUSES = {
    "aviso de pago": "Lo informó el cliente y lo aceptó la oficina.",
    "aviso del canal": "Lo avisó el canal.",
    "bank_answer": "Lo contestó el banco en su archivo.",
    "checkout_confirmed": "Confirmó el resumen.",
    "checkout_continued": "Volvió a entrar para seguir pagando.",
    "checkout_refused": "La plataforma de pago no aceptó el pedido.",
    "checkout_started": "La plataforma de pago abrió la página para pagar.",
    "direct_debit": "Se pidió por débito automático.",
    "import": "Vino en un archivo de pagos.",
    "paid_elsewhere": "La factura se pagó por otro medio.",
    "polling": "Se lo preguntamos a la plataforma de pago.",
    "reconciliation": "Lo encontró la conciliación.",
    "replaced_by_another_attempt": "Empezó a pagar de nuevo.",
    "return_page": "Volvió de la plataforma de pago.",
    CHARGE_REFUSED: "La plataforma de pago no aceptó el débito.",
    TAKEN_BY_DEBIT: "La factura se iba a debitar.",
    CANCELLED_BY_PAYER: "Lo canceló quien pagaba.",
    RELEASED_BY_OFFICE: "Lo liberó la oficina: la plataforma de pago no lo tiene.",
}
_MOVES = {
    PaymentState.CREATED: ("Iniciado", "default"),
    PaymentState.OPEN: ("Abierto en la plataforma de pago", "info"),
    PaymentState.PROCESSING: ("En proceso", "info"),
    PaymentState.SUCCEEDED: ("Imputado", "success"),
    PaymentState.FAILED: ("Rechazado", "danger"),
    PaymentState.EXPIRED: ("Cerrado sin pagar", "warning"),
}
_ENDED = {CANCELLED_BY_PAYER: "Cancelado por quien pagaba", RELEASED_BY_OFFICE: "Liberado por la oficina"}
_REFUNDS = {
    RefundState.CREATED: ("pedida, sin respuesta todavía", "info"),
    RefundState.PENDING: ("en camino", "info"),
    RefundState.SUCCEEDED: ("hecha", "success"),
    RefundState.FAILED: ("no se pudo hacer", "danger"),
}
_ROUTES = {
    RefundRoute.PROVIDER: "Por la plataforma de pago.",
    RefundRoute.OFFICE: "La entregó la oficina.",
    RefundRoute.CHANNEL: "La anuló el canal.",
}
_DISPUTES = {DisputeState.WON: "success", DisputeState.LOST: "danger", DisputeState.CLOSED: "default"}
_OTHERS = 10


@dataclass(frozen=True, kw_only=True)
class OfficeStep:
    """One thing that happened. `detail` is what the portal itself knew, for whoever has to look closer."""

    at: datetime
    name: str
    tone: str
    text: str = ""
    address: str = ""
    detail: dict[str, Any] | None = None

    @property
    def laid_out(self) -> str:
        """The detail, to be read."""
        return laid_out(self.detail)

    @property
    def when(self) -> str:
        """`hoy a las 10:47`."""
        return day_and_clock(self.at)


@dataclass(frozen=True, kw_only=True)
class OtherAttempt:
    """Another attempt to pay one of the same bills."""

    payment: Payment
    words: str
    when: str


def office_steps(payment: Payment) -> list[OfficeStep]:
    """All of it in the order in which it happened. The payment was loaded by `with_story`."""
    steps = [*map(_move, payment.events.all()), *_refunds(payment), *map(_dispute, payment.disputes.all())]
    return sorted(steps, key=lambda step: step.at)


def other_attempts(payment: Payment) -> list[OtherAttempt]:
    """The latest other payments that chose one of its bills."""
    chosen = payment.items.values("invoice")
    found = Payment.objects.filter(items__invoice__in=chosen).exclude(pk=payment.pk).distinct().defer("request")
    return [
        OtherAttempt(payment=other, words=payment_state(other).words, when=day_and_clock(other.created_at))
        for other in with_story(found).order_by("-pk")[:_OTHERS]
    ]


def cause_words(cause: str) -> str:
    """Why a payment moved; what the provider told is told as such, anything else as it is kept."""
    if cause.startswith("stripe "):
        return "Lo avisó la plataforma de pago."
    return _CAUSES.get(cause, cause)


def _move(event: PaymentEvent) -> OfficeStep:
    name, tone = _MOVES[PaymentState(event.to_state)]
    if event.to_state == PaymentState.EXPIRED:
        name = _ENDED.get(event.cause, name)
    text = cause_words(event.cause)
    if event.cause == RELEASED_BY_OFFICE and "reason" in event.detail:
        text = f"{text} Motivo: {event.detail['reason']}"
    return OfficeStep(at=event.at, name=name, tone=tone, text=text, detail={"causa": event.cause, **event.detail})


def _refunds(payment: Payment) -> Iterator[OfficeStep]:
    for refund in payment.refunds.all():
        yield _refund(refund)


def _refund(refund: Refund) -> OfficeStep:
    words, tone = _REFUNDS[RefundState(refund.state)]
    why = failure_words(refund.failure_reason)
    return OfficeStep(
        at=refund.created_at,
        name=f"Devolución {refund.number} de {pesos(refund.amount)}: {words}",
        tone=tone,
        text=" ".join(part for part in (_ROUTES[RefundRoute(refund.route)], f"Motivo: {refund.reason}.", why) if part),
        address=reverse("admin:billing_refund_change", args=[refund.pk]),
    )


def _dispute(dispute: Dispute) -> OfficeStep:
    taken = f" Retenido del pago: {pesos(dispute.amount_taken)}." if dispute.amount_taken else ""
    return OfficeStep(
        at=dispute.opened_at,
        name=f"Reclamo al banco por {pesos(dispute.amount)}",
        tone=_DISPUTES.get(DisputeState(dispute.state), "warning"),
        text=f"{dispute.get_state_display()}.{taken}",
        address=reverse("admin:billing_dispute_change", args=[dispute.pk]),
    )
