"""What the till says when something was not done: beside which field, and in which words."""

from billing.desk import refusals
from billing.refusals import BillingRefusal
from oficina.shared.dates import local_day, short_date
from oficina.shared.money import pesos

type Words = tuple[str | None, str]


def till_refusal(refusal: BillingRefusal) -> Words:
    """The field of the form, None when it is about no single one, and the sentence. Raises LookupError for a refusal
    that the till does not meet.
    """
    words = _about_the_money(refusal) or _about_the_bills(refusal) or _about_the_shift(refusal)
    if words is None:
        raise LookupError(type(refusal).__name__)
    return words


def _about_the_money(refusal: BillingRefusal) -> Words | None:
    match refusal:
        case refusals.AmountOutOfRange():
            return "amount", f"Tiene que ser más que cero y no más de {pesos(refusal.total)}, que es lo elegido."
        case refusals.PartDoesNotReach():
            return "amount", f"Con ese importe no alcanza para {refusal.invoice}. Volvé y sacala de lo elegido."
        case refusals.OfferedInPart():
            return "amount", f"{refusal.invoice} se paga entera: con una parte el plan no empieza."
        case refusals.HandedOverTooLittle():
            return "handed_over", f"Falta plata: hay que cobrar {pesos(refusal.amount)}."
        case refusals.CouponUsed():
            return "coupon", f"Ese cupón ya está cargado, en el pago {refusal.payment.number}. Fijate en el tique."
        case refusals.DifferenceUnexplained():
            more = "Sobran" if refusal.difference > 0 else "Faltan"
            return "reason", f"{more} {pesos(abs(refusal.difference))}. Contá qué pasó."
    return None


def _about_the_bills(refusal: BillingRefusal) -> Words | None:
    match refusal:
        case refusals.BillsMoved():
            return None, "Mientras cobrabas cambió algo: se pagó por otro lado o cambió de precio. No se registró nada."
        case refusals.BillsUnderWay():
            names = ", ".join(str(invoice) for invoice in refusal.invoices)
            return None, f"Ya hay un pago o un débito en camino por {names}. No se registró nada: se pagaría dos veces."
        case refusals.MoneyLeftAlready():
            return None, "Una parte de este pago ya se devolvió: seguí desde el pago, no se puede anular."
    return None


def _about_the_shift(refusal: BillingRefusal) -> Words | None:
    match refusal:
        case refusals.NoOpenShift():
            return None, "No tenés la caja abierta. Abrila y volvé a cobrar: no se registró nada."
        case refusals.ShiftOfAnotherDay():
            day = short_date(local_day(refusal.shift.opened_at))
            return None, f"Tu caja es del {day}. Cerrala y abrí la de hoy: no se registró nada."
        case refusals.TillKeyUsed():
            return None, "Esta página ya cobró otra cosa. Volvé a la caja y empezá de nuevo."
        case refusals.AnnulmentTooLate():
            return None, "El turno ya cerró: este cobro no se anula. Si hay que dar la plata, devolvela desde el pago."
        case refusals.TillMoved():
            return None, "Mientras cerrabas entró o se anuló un cobro. Contá de nuevo: no se cerró nada."
    return None
