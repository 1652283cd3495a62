"""A bill as PDF, drawn whenever it is asked for.

What was billed does not change. What does (whether it is paid or void, its price after the due dates, the other debts
of the account) is told with its date.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Prefetch

from accounts.account_numbers import format_account_number
from accounts.holders import Holder
from accounts.models import ServiceAccount
from billing.documents.arca_qr import arca_qr_address
from billing.documents.bill_consumption import bill_consumption
from billing.documents.bill_facts import (
    charged,
    holder_document,
    late_interest,
    payment_code_words,
    printed_prices,
    service_address,
)
from billing.documents.bill_holder import held_until, holder_of_bill, with_holder
from billing.documents.counter_slip import counter_slip
from billing.documents.other_debts import other_debts
from billing.enums import InvoiceStatus
from billing.models import Allocation, Invoice
from billing.paid_parts import paid_on
from billing.presentation import bill_name
from oficina.shared.codes import qr_code
from oficina.shared.dates import short_date, weekday_and_date
from oficina.shared.money import pesos
from oficina.shared.pdf import render_pdf


@dataclass(frozen=True, kw_only=True)
class DueBox:
    """The largest thing on the bill: what is to be paid, until when, or that nothing is. Amounts in pesos."""

    title: str
    amount: Decimal
    tone: str = ""
    rows: list[tuple[str, str]]
    sentence: str = ""


def bill_pdf(invoice_id: int, *, on: date) -> bytes:
    """The bill of this key as it stands on a local date, as a tagged PDF. Raises Invoice.DoesNotExist."""
    money = Prefetch("allocations", Allocation.objects.select_related("payment"))
    priced = with_holder(Invoice.objects.with_amount_due(on=on))
    loaded = priced.select_related("account").prefetch_related("lines", money)
    return render_pdf("documents/bill.html", bill_context(loaded.get(pk=invoice_id), on=on))


def bill_file_name(invoice: Invoice) -> str:
    """`factura-B-0142-00000017.pdf`."""
    return f"factura-{invoice.document_letter}-{invoice.invoice_number}.pdf"


def bill_context(invoice: Invoice, *, on: date) -> dict[str, object]:
    """Everything that `documents/bill.html` shows of a bill loaded with account, holder, lines and price."""
    account, holder = invoice.account, holder_of_bill(invoice)
    qr_address = arca_qr_address(invoice, holder.document)
    return {
        "utility": settings.UTILITY,
        "portal_host": urlsplit(settings.BASE_URL).netloc,
        "drawn_on": on,
        "invoice": invoice,
        "document_code": f"{invoice.document_code:03d}",
        "is_void": invoice.status == InvoiceStatus.VOID,
        "subject": bill_name(invoice),
        "account_number": format_account_number(account.number),
        "holder_name": holder.name,
        "holder_facts": holder_facts(invoice, account, holder),
        "due": due_box(invoice, on=on),
        "prices": printed_prices(invoice),
        "slip": counter_slip(invoice, on=on),
        "charged": charged(invoice),
        "other_debts": other_debts(invoice, on=on, issued_until=held_until(invoice)),
        "late_interest": late_interest(invoice),
        "qr": qr_code(qr_address) if qr_address else None,
        "consumption": bill_consumption(invoice),
    }


def due_box(invoice: Invoice, *, on: date) -> DueBox:
    """What pays a bill, loaded with its price on that local date."""
    if invoice.status == InvoiceStatus.VOID:
        return DueBox(title="Anulada", amount=invoice.amount, tone="void", rows=[], sentence="No hay que pagarla.")
    if invoice.is_paid:
        return _paid_box(invoice)
    if invoice.is_in_plan:
        return _in_plan_box(invoice)
    rows = [
        (f"{price.place}.º vencimiento, {weekday_and_date(price.day)}", pesos(price.amount))
        for price in printed_prices(invoice)
    ]
    if invoice.held:
        rows.append(("Ya se pagó una parte", pesos(invoice.held)))
    if invoice.payment_code:
        rows.append(("Código de pago electrónico", payment_code_words(invoice)))
    is_as_printed = on <= invoice.due_on and not invoice.held
    title = "Total a pagar" if is_as_printed else f"Total a pagar el {short_date(on)}"
    return DueBox(title=title, amount=invoice.amount_due, rows=rows)


def _in_plan_box(invoice: Invoice) -> DueBox:
    paid = invoice.held - invoice.financed
    return DueBox(
        title="En plan de pago",
        amount=invoice.financed,
        rows=[("Ya se pagó una parte", pesos(paid))] if paid else [],
        sentence="Se paga con las cuotas del plan: no hay que pagarla aparte.",
    )


def _paid_box(invoice: Invoice) -> DueBox:
    last_paid_on = paid_on(invoice)
    rows = [("Pagada el", short_date(last_paid_on))] if last_paid_on else []
    if invoice.covered:
        rows.append(("Con un plan de pago", pesos(invoice.covered)))
    return DueBox(
        title="Pagada",
        amount=invoice.payable_amount,
        tone="paid",
        rows=rows,
        sentence="No queda nada para pagar.",
    )


def holder_facts(invoice: Invoice, account: ServiceAccount, holder: Holder) -> list[tuple[str, str]]:
    """Who is billed for what and where, each fact under its name; what is not known is left out."""
    facts = [
        ("Servicio en", service_address(account)),
        ("Documento", holder_document(holder.document)),
        ("Condición de IVA", holder.vat_condition),
        ("Categoría", ", ".join(part for part in (account.category, account.service.lower()) if part)),
        ("Tarifa", ", ".join(part for part in (account.tariff, _measured(invoice)) if part)),
        ("Período" if invoice.period else "Concepto", bill_name(invoice)),
    ]
    return [(name, value) for name, value in facts if value]


def _measured(invoice: Invoice) -> str:
    return invoice.get_service_kind_display().lower() if invoice.service_kind else ""
