"""The words in which customers read bills and payments, with the tone that goes with them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.closing import closing_of
from billing.enums import InvoiceKind, InvoiceStatus, PaymentState
from billing.models import Invoice, Payment
from billing.returned import Returned, returned_of
from oficina.shared.dates import days_phrase, short_date
from oficina.shared.money import pesos


@dataclass(frozen=True)
class StateWords:
    """A state in words and the tone of its badge (`docs/components.md`)."""

    words: str
    tone: str


IN_PROCESS = StateWords("Pago en proceso", "info")
IN_PLAN = StateWords("En plan de pago", "info")

_PAYMENT_WORDS = {
    PaymentState.CREATED: StateWords("Sin terminar", "warning"),
    PaymentState.OPEN: StateWords("Sin terminar", "warning"),
    PaymentState.PROCESSING: IN_PROCESS,
    PaymentState.SUCCEEDED: StateWords("Imputado", "success"),
    PaymentState.FAILED: StateWords("Rechazado", "danger"),
    PaymentState.EXPIRED: StateWords("Vencido", "warning"),
}

_YEAR = 366
_COUNTED_IN_YEARS = 2 * _YEAR


def days_left(due_on: date, on: date) -> str:
    """`hoy`, `mañana`, `en 6 días`, for a date that has not passed."""
    days = (due_on - on).days
    return {0: "hoy", 1: "mañana"}.get(days, f"en {days_phrase(days)}")


def days_late(due_on: date, on: date) -> str:
    """`ayer`, `hace 67 días`, `hace más de 3 años`, for a date that has passed."""
    days = (on - due_on).days
    if days >= _COUNTED_IN_YEARS:
        return f"hace más de {days // _YEAR} años"
    return "ayer" if days == 1 else f"hace {days_phrase(days)}"


def due_state(due_on: date, on: date) -> StateWords:
    """`Vence en 6 días`, or `Vencida hace 67 días`, of a bill that is to be paid."""
    if due_on < on:
        return StateWords(f"Vencida {days_late(due_on, on)}", "danger")
    return StateWords(f"Vence {days_left(due_on, on)}", "warning")


def invoice_state(invoice: Invoice, on: date) -> StateWords:
    """How a bill stands, leaving out whether a payment of it is under way."""
    if invoice.status == InvoiceStatus.VOID:
        return StateWords("Anulada", "")
    if invoice.is_paid:
        return StateWords("Pagada", "success")
    if invoice.is_in_plan:
        return IN_PLAN
    return due_state(invoice.due_on, on)


def payment_state(payment: Payment) -> StateWords:
    """How an attempt to pay stands, and what became of it since. The payment was loaded by `with_story`."""
    if payment.state == PaymentState.SUCCEEDED:
        return _succeeded_state(returned_of(payment))
    if closing := closing_of(payment):
        return StateWords(closing.state, "warning")
    return _PAYMENT_WORDS[PaymentState(payment.state)]


def _succeeded_state(returned: Returned) -> StateWords:
    if returned.contested:
        return StateWords("Reclamado al banco", "warning")
    if returned.on_its_way:
        return StateWords("Devolución en proceso", "info")
    if returned.total:
        return StateWords("Devuelto" if returned.is_all else "Devuelto en parte", "")
    return _PAYMENT_WORDS[PaymentState.SUCCEEDED]


def bill_name(invoice: Invoice) -> str:
    """What people call a bill: its period, its concept, or what it is."""
    return invoice.subject or invoice.get_kind_display()


def document_name(invoice: Invoice) -> str:
    """`Factura de servicio B 0142-00000017`."""
    return f"{invoice.get_kind_display()} {invoice}"


def due_dates(invoice: Invoice, on: date) -> list[str]:
    """A line for the first due date and each later one that is ahead: `Venció el 9/11/2026`, `2.º vencimiento: …`."""
    verb = "Venció" if invoice.due_on < on else "Vence"
    printed = enumerate(invoice.later_due_on, start=2)
    later = [f"{place}.º vencimiento: {short_date(day)}" for place, day in printed if day >= on]
    return [f"{verb} el {short_date(invoice.due_on)}", *later]


def price_reason(invoice: Invoice, *, extra: Decimal, on: date) -> str:
    """Why a bill costs what it costs on a date, when `extra` pesos of that go above its amount."""
    if invoice.due_on >= on:
        return "Sin recargo: todavía no venció"
    if not extra:
        return f"Venció {days_late(invoice.due_on, on)}, sin recargo"
    late = days_phrase((on - invoice.due_on).days)
    if not invoice.later_due_on:
        return f"Incluye {pesos(extra)} de interés por {late}"
    if on <= invoice.later_due_on[-1]:
        return f"Incluye {pesos(extra)} de recargo: el primer vencimiento pasó hace {late}"
    return f"Incluye {pesos(extra)} de recargo e interés por {late}"


def bills_phrase(count: int) -> str:
    """`1 factura`, `3 facturas`."""
    return "1 factura" if count == 1 else f"{count} facturas"


def documents_phrase(kinds: Collection[str]) -> str:
    """`3 facturas`, `1 cuota`, `1 factura y 2 cuotas`: what is paid, by the kind of each document."""
    instalments = sum(kind == InvoiceKind.INSTALMENT for kind in kinds)
    bills = len(kinds) - instalments
    told = [bills_phrase(bills)] if bills or not instalments else []
    if instalments:
        told.append("1 cuota" if instalments == 1 else f"{instalments} cuotas")
    return " y ".join(told)


def decimal_words(value: Decimal, *, at_least: int = 0) -> str:
    """`41`, `1.204,5`: a quantity as bills print it, without decimals that say nothing."""
    exact = value.normalize()
    places = max(at_least, -int(exact.as_tuple().exponent))
    return f"{exact:,.{places}f}".translate(str.maketrans(",.", ".,"))
