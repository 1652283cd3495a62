"""What a receipt says and how it is drawn. A receipt is drawn once; afterwards the stored PDF is served."""

from dataclasses import dataclass

from django.db import models

from accounts.holders import holder_of
from billing.channel_names import channel_in_words, channel_names
from billing.desk.standing import slip_facts
from billing.document_context import document_context
from billing.enums import AllocationReason, CreditReason
from billing.models import Allocation, Payment, Receipt
from billing.presentation import bill_name
from oficina.shared.dates import clock, local_day, short_date
from oficina.shared.money import ZERO, in_words, pesos
from oficina.shared.pdf import render_pdf

FUNDING_WORDS = {"credit": "crédito", "debit": "débito", "prepaid": "prepaga"}
"""The provider's words for the kind of card, as customers say them."""


_LEFT_OVER = (
    CreditReason.SURPLUS,
    CreditReason.ALREADY_PAID,
    CreditReason.VOID_INVOICE,
    CreditReason.IN_PLAN,
    CreditReason.UNASSIGNED,
)
"""Credit that the payment itself left, not what came and went since."""


@dataclass(frozen=True)
class ReceiptLine:
    """One bill that the payment paid, in printed words."""

    document: str
    subject: str
    due_on: str
    original: str
    interest: str
    paid: str


def render_receipt(receipt: Receipt) -> bytes:
    """The receipt as PDF, from the ledger as it stands."""
    return render_pdf("documents/receipt.html", receipt_context(receipt))


def receipt_context(receipt: Receipt) -> dict[str, object]:
    """Everything that `documents/receipt.html` shows."""
    payment = receipt.payment
    account = payment.account
    paid_on = local_day(payment.paid_at or receipt.issued_at)
    left_over = payment.credit_entries.filter(reason__in=_LEFT_OVER)
    surplus = left_over.aggregate(total=models.Sum("amount"))["total"] or ZERO
    received = payment.amount_received or ZERO
    shared = document_context(receipt, account)
    return {
        **shared,
        "receipt": receipt,
        "paid_on": short_date(paid_on),
        "payer_name": payment.payer.full_name if payment.payer else "",
        "total": pesos(received),
        "total_in_words": in_words(received),
        "payment_facts": _payment_facts(payment, receipt),
        "account_facts": [
            ("Número", str(shared["account_number"])),
            ("Titular", holder_of(account, on=paid_on).name),
            ("Servicio en", f"{account.service_address}, {account.locality}"),
        ],
        "lines": [_line(allocation) for allocation in _allocations(payment)],
        "surplus": pesos(surplus) if surplus else "",
    }


def means_in_words(payment: Payment) -> str:
    """`Visa débito terminada en 4417`; empty when the means is not known."""
    if not payment.means_last4:
        return ""
    kind = FUNDING_WORDS.get(payment.means_funding, "")
    words = [payment.means_brand.replace("_", " ").title() or "Tarjeta", kind, "terminada en", payment.means_last4]
    return " ".join(word for word in words if word)


def _payment_facts(payment: Payment, receipt: Receipt) -> list[tuple[str, str]]:
    paid_at = payment.paid_at or receipt.issued_at
    facts = [
        ("Número de pago", payment.number),
        ("Acreditado", f"{short_date(local_day(paid_at))}, {clock(paid_at)} h"),
        ("Canal", channel_in_words(payment, channel_names())),
        ("Medio", means_in_words(payment)),
        ("N.º de operación", payment.provider_payment_id or payment.operation_number),
        *slip_facts(payment),
    ]
    return [(name, value) for name, value in facts if value]


def _allocations(payment: Payment) -> models.QuerySet[Allocation]:
    """What the payment paid when it came, whatever was moved since."""
    paid = payment.allocations.filter(reason=AllocationReason.PAID)
    return paid.select_related("invoice").order_by("invoice__due_on", "invoice_id")


def _line(allocation: Allocation) -> ReceiptLine:
    invoice = allocation.invoice
    return ReceiptLine(
        document=f"LSP {invoice}",
        subject=bill_name(invoice),
        due_on=short_date(invoice.due_on),
        original=pesos(invoice.amount),
        interest=pesos(allocation.surcharge),
        paid=pesos(allocation.amount),
    )
