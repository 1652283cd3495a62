"""What customers are told when a payment cannot be begun: what happened, and what to do."""

from billing import refusals
from billing.payment_summary import names_phrase
from oficina.shared.money import pesos


def refusal_words(refusal: refusals.BillingRefusal) -> str:
    """The sentence of a refusal that a customer may meet. Raises LookupError for the others."""
    match refusal:
        case refusals.NothingChosen():
            return "Elegí al menos una factura para pagar."
        case refusals.InvoiceNotPayable():
            return _of_bills(refusal, "ya no hay que pagarla", "ya no hay que pagarlas")
        case refusals.InvoiceInProcess():
            return _of_bills(refusal, "tiene un pago en proceso", "tienen un pago en proceso")
        case refusals.TotalBelowMinimum():
            return (
                f"Elegiste {pesos(refusal.total)} y el mínimo para pagar en línea es {pesos(refusal.minimum)}. "
                "Agregá otra factura o pagala en un lugar de pago."
            )
        case refusals.TotalAboveMaximum():
            return (
                f"Elegiste {pesos(refusal.total)} y el máximo de un pago en línea es {pesos(refusal.maximum)}. "
                "Elegí menos facturas, o pagá en un lugar de pago."
            )
        case refusals.QuoteUnreadable():
            return "No pudimos leer el resumen del pago. No se te cobró nada. Elegí las facturas de nuevo."
        case refusals.PaymentUnderWay():
            return (
                "Otra persona está pagando alguna de estas facturas. No se te cobró nada. Fijate en un rato cómo quedó."
            )
        case refusals.CheckoutUnavailable():
            return "No pudimos iniciar el pago. No se te cobró nada. Probá de nuevo en unos minutos."
        case refusals.CheckoutRefused():
            return "La plataforma de pago no aceptó el pedido. No se te cobró nada. Probá de nuevo o llamanos."
    raise LookupError(type(refusal).__name__)


def _of_bills(refusal: refusals.InvoiceNotPayable | refusals.InvoiceInProcess, one: str, many: str) -> str:
    invoices = list(refusal.invoices)
    return f"{names_phrase(invoices)}: {one if len(invoices) == 1 else many}."
