"""What documents and mails ask about a payment that may have been taken at the counter."""

from billing.enums import DESK_CHANNELS
from billing.models import Payment, TillPayment
from oficina.shared.money import pesos


def is_annulled(payment: Payment) -> bool:
    """Whether the counter took the payment back on the day on which it was taken."""
    if payment.channel not in DESK_CHANNELS:
        return False
    return TillPayment.objects.annulled().filter(payment=payment).exists()


def slip_facts(payment: Payment) -> list[tuple[str, str]]:
    """What the counter adds to a receipt: the cash and its change, or what the card terminal printed."""
    taken = TillPayment.objects.filter(payment=payment).first() if payment.channel in DESK_CHANNELS else None
    if taken is None:
        return []
    if taken.handed_over is not None:
        return [("Efectivo entregado", pesos(taken.handed_over)), ("Vuelto", pesos(taken.change))]
    return [
        ("Cupón", f"{taken.coupon}, lote {taken.batch}, terminal {taken.terminal}"),
        ("Autorización", taken.authorization),
    ]
