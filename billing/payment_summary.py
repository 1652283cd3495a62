"""What a customer reads before paying: each bill of a quote, why it costs that, what changed since an older quote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import AccountLink
from billing.enums import InvoiceStatus, PaymentState
from billing.models import Invoice
from billing.presentation import bill_name, price_reason
from billing.quotes import Quote
from oficina.shared.money import pesos


@dataclass(frozen=True, kw_only=True)
class SummaryRow:
    """One bill of a quote. `amount` in pesos; `reason` says what of it is surcharge or interest."""

    ref: str
    subject: str
    kind: str
    number: str
    due_on: date
    reason: str
    amount: Decimal


@dataclass(frozen=True)
class Changes:
    """What is no longer as an older summary said: a sentence each. `still_payable` are the public ids that remain."""

    sentences: list[str]
    still_payable: list[str]


def summary_rows(quote: Quote, link: AccountLink) -> list[SummaryRow]:
    """The bills of a quote, the one due first on top."""
    invoices = Invoice.objects.of(link).in_bulk(quote.invoice_ids)
    rows = [_row(invoices[item.invoice_id], item.amount, item.surcharge, quote.priced_on) for item in quote.items]
    return sorted(rows, key=lambda row: row.due_on)


def changes_since(older: Quote, link: AccountLink, *, on: date) -> Changes:
    """Compares an older quote with its bills as they are now, at the prices of a local date."""
    invoices = Invoice.objects.of(link).with_amount_due(on=on).in_bulk(older.invoice_ids)
    in_process = set(
        Invoice.objects.filter(
            pk__in=older.invoice_ids,
            payment_items__live=True,
            payment_items__payment__state=PaymentState.PROCESSING,
        ).values_list("pk", flat=True)
    )
    sentences, still_payable = [], []
    for item in older.items:
        invoice = invoices[item.invoice_id]
        gone = _why_gone(invoice, in_process=invoice.pk in in_process)
        if gone:
            sentences.append(f"{bill_name(invoice)} {gone}")
            continue
        still_payable.append(invoice.public_id)
        if invoice.amount_due != item.amount:
            sentences.append(f"{bill_name(invoice)} costaba {pesos(item.amount)} y ahora {pesos(invoice.amount_due)}.")
    return Changes(sentences, still_payable)


def names_phrase(invoices: Sequence[Invoice]) -> str:
    """`Julio y agosto 2026`, or the first ones and how many more."""
    names = [bill_name(invoice) for invoice in invoices]
    if len(names) > 3:
        return f"{', '.join(names[:2])} y {len(names) - 2} más"
    return "; ".join(names)


def _why_gone(invoice: Invoice, *, in_process: bool) -> str:
    if invoice.status == InvoiceStatus.VOID:
        return "se anuló: ya no hay que pagarla."
    if invoice.is_paid:
        return "ya está pagada."
    if invoice.is_in_plan:
        return "está en un plan de pago: la pagás con las cuotas."
    return "tiene un pago en proceso." if in_process else ""


def _row(invoice: Invoice, amount: Decimal, surcharge: Decimal, on: date) -> SummaryRow:
    return SummaryRow(
        ref=invoice.public_id,
        subject=bill_name(invoice),
        kind=invoice.get_kind_display(),
        number=str(invoice),
        due_on=invoice.due_on,
        reason=price_reason(invoice, extra=surcharge - invoice.surcharge, on=on),
        amount=amount,
    )
