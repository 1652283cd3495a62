"""Charges as customers read them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from accounts.models import AccountLink
from billing.charges.refusals import ChargeAmountChanged, ChargeCancelled
from billing.enums import ChargeStatus
from billing.models import Charge
from billing.presentation import StateWords, invoice_state
from billing.refusals import BillingRefusal
from oficina.shared.money import pesos

_WAITING = StateWords("Sin facturar", "warning")
_CANCELLED = StateWords("Cancelado", "")


@dataclass(frozen=True, kw_only=True)
class ChargeRow:
    """One charge of a list. `amount` in pesos; of an invoiced one `bill` names its invoice, `bill_address` opens it."""

    concept: str
    number: str
    address: str
    raised_on: date
    amount: Decimal
    state: StateWords
    bill: str
    bill_address: str


def charge_row(charge: Charge, link: AccountLink, on: date) -> ChargeRow:
    """The charge, loaded with its invoice, on a local date."""
    invoice = charge.invoice
    return ChargeRow(
        concept=charge.concept,
        number=charge.charge_number,
        address=reverse("charge", args=[link.public_id, charge.public_id]),
        raised_on=charge.raised_on,
        amount=charge.amount,
        state=charge_state(charge, on),
        bill=str(invoice) if invoice else "",
        bill_address=reverse("invoice", args=[link.public_id, invoice.public_id]) if invoice else "",
    )


def charge_state(charge: Charge, on: date) -> StateWords:
    """How a charge stands: once it is invoiced, as its bill does."""
    if charge.invoice is not None:
        return invoice_state(charge.invoice, on)
    return _CANCELLED if charge.status == ChargeStatus.CANCELLED else _WAITING


def refusal_words(refusal: BillingRefusal) -> str:
    """What a customer is told when a charge is not invoiced. Raises LookupError for other refusals."""
    match refusal:
        case ChargeCancelled():
            return "Este cargo se canceló y no se facturó: no tenés que pagarlo."
        case ChargeAmountChanged():
            return (
                f"El importe de este cargo cambió: ahora es {pesos(refusal.charge.amount)}. No se facturó nada. "
                "Si estás de acuerdo, aceptalo de nuevo."
            )
    raise LookupError(type(refusal).__name__)
