"""What whoever checks a receipt is told: that it is genuine, and whether the money is still there."""

from billing.desk.standing import is_annulled
from billing.models import Receipt
from billing.returned import Returned, returned_of
from billing.verification import Standing, VerifiedDocument
from oficina.shared.dates import local_day

_ANNULLED = (
    Standing.NO_LONGER,
    "Anulado",
    "El pago se anuló en la caja el mismo día: este recibo no prueba que la factura esté pagada.",
)


def tell_receipt(receipt: Receipt) -> VerifiedDocument:
    """The payment that the receipt proves, as it stands now."""
    payment = receipt.payment
    returned = returned_of(payment)
    standing, words, note = _ANNULLED if is_annulled(payment) else _standing(returned)
    return VerifiedDocument(
        name="Recibo de pago",
        on_what="Fecha del pago",
        on=local_day(payment.paid_at or receipt.issued_at),
        amount=payment.amount_received,
        account_number=payment.account.number,
        returned=returned.total or None,
        standing=standing,
        standing_words=words,
        note=note,
    )


def _standing(returned: Returned) -> tuple[Standing, str, str]:
    if returned.contested:
        return (
            Standing.CONTESTED,
            "Reclamado al banco",
            "El pago está reclamado ante el banco. Mientras no se resuelva, no prueba que la factura esté pagada.",
        )
    if returned.is_all:
        return (
            Standing.NO_LONGER,
            "Devuelto",
            "El pago se devolvió: este recibo ya no prueba que la factura esté pagada.",
        )
    if returned.total:
        return Standing.IN_PART, "Devuelto en parte", "Una parte del pago se devolvió después de emitir este recibo."
    return Standing.STANDS, "", ""
