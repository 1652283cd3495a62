"""Refunds in the office's words: why one is not made, why one failed, how one went."""

from billing import refusals
from billing.enums import RefundState
from billing.models import Refund
from oficina.shared.money import pesos

_FAILURES = {
    "charge_already_refunded": "La plataforma de pago ya había devuelto este pago.",
    "charge_disputed": "Quien pagó lo reclamó al banco. Mientras dure el reclamo no se puede devolver.",
    "declined": "El banco de quien pagó no la aceptó.",
    "expired_or_canceled_card": "La tarjeta está vencida o dada de baja.",
    "idempotency_key_forgotten": "La plataforma de pago no contestó a tiempo y no la hizo.",
    "insufficient_funds": "No hay saldo suficiente en la plataforma de pago.",
    "lost_or_stolen_card": "La tarjeta está denunciada como perdida o robada.",
    "merchant_request": "Se canceló desde la plataforma de pago.",
    "unknown": "La plataforma de pago no dijo por qué.",
}
"""By the provider's codes."""


def failure_words(code: str) -> str:
    """Why a refund could not be made; the provider's own code where we have no words for it."""
    return _FAILURES.get(code, f"La plataforma de pago contestó: {code}.") if code else ""


def refund_outcome(refund: Refund) -> str:
    """How a refund that was just asked for went."""
    amount = pesos(refund.amount)
    match RefundState(refund.state):
        case RefundState.SUCCEEDED:
            return f"Devolvimos {amount} ({refund.number})."
        case RefundState.PENDING:
            return f"La devolución de {amount} está en camino ({refund.number})."
        case RefundState.CREATED:
            return (
                f"La plataforma de pago todavía no contestó. La devolución de {amount} quedó guardada "
                f"({refund.number}) y se sigue sola: no la pidas de nuevo."
            )
    return f"No se pudieron devolver {amount} ({refund.number}). {failure_words(refund.failure_reason)}"


def refund_refusal(refusal: refusals.BillingRefusal) -> tuple[str | None, str]:
    """The field beside which a refusal is said, and its words. Raises LookupError for those of other acts."""
    match refusal:
        case refusals.RefundExceeds():
            return "amount", f"Es más de lo que queda: se pueden devolver {pesos(refusal.left)}."
        case refusals.RefundOfNothing():
            return "amount", "Escribí un importe mayor que cero, con hasta dos decimales."
        case refusals.RefundReferenceMissing():
            return "reference", "Escribí el número de la transferencia o del comprobante de caja."
        case refusals.RefundReferenceUsed():
            return "reference", "Ese número ya es de este pago o de otra devolución suya. Revisalo."
        case refusals.PaymentNotRefundable():
            return None, "Este pago no tiene plata para devolver: no está imputado."
        case refusals.RefundKeyUsed():
            return None, "Este formulario ya se usó para otra devolución. Volvé al registro y empezá de nuevo."
        case refusals.CreditMoved():
            return None, (
                "El saldo a favor cambió mientras lo mirabas: ahora hay que transferir "
                f"{pesos(refusal.by_hand)} a mano. Revisá y confirmá de nuevo."
            )
    raise LookupError(type(refusal).__name__)
