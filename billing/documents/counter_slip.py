"""The part of a bill that stays at the counter: what to pay, and the bars that say it to a machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from billing.documents.payment_barcode import PaymentBarcode, payment_barcode
from billing.enums import InvoiceStatus, PaymentState
from billing.models import Invoice, PaymentItem
from oficina.shared.codes import Bars, interleaved_2_of_5
from oficina.shared.dates import short_date

_IN_PROCESS = "Hay un pago en proceso. Esperá a que termine: no hace falta pagarla otra vez."


@dataclass(frozen=True, kw_only=True)
class CounterSlip:
    """Either the digits with their bars, or the reason why there are none; `note` says until when, or how to pay."""

    digits: str = ""
    bars: Bars | None = None
    note: str


def counter_slip(invoice: Invoice, *, on: date) -> CounterSlip | None:
    """The slip of a bill, loaded with its account, on a local date; None when there is nothing to pay.

    Bars always ask for the whole printed amount. So there are none once a part was paid, while a payment is under way,
    and after the last date on which a cash network takes them: nobody is to pay too much or in vain.
    """
    return counter_slips([invoice], on=on)[invoice.pk]


def counter_slips(invoices: Sequence[Invoice], *, on: date) -> dict[int, CounterSlip | None]:
    """The slips of several bills by the ids of these, in one query."""
    unpaid = [
        bill.pk for bill in invoices if not (bill.status == InvoiceStatus.VOID or bill.is_paid or bill.is_in_plan)
    ]
    items = PaymentItem.objects.filter(invoice__in=unpaid, live=True, payment__state=PaymentState.PROCESSING)
    in_process = set(items.values_list("invoice_id", flat=True))
    return {
        bill.pk: _slip(bill, in_process=bill.pk in in_process, on=on) if bill.pk in unpaid else None
        for bill in invoices
    }


def _slip(invoice: Invoice, *, in_process: bool, on: date) -> CounterSlip:
    barcode = payment_barcode(invoice)
    reason = _IN_PROCESS if in_process else _why_no_bars(invoice, barcode, on)
    if reason or barcode is None:
        return CounterSlip(note=reason)
    return CounterSlip(
        digits=barcode.grouped,
        bars=interleaved_2_of_5(barcode.digits),
        note=f"Sirve hasta el {short_date(barcode.valid_until)}.",
    )


def _why_no_bars(invoice: Invoice, barcode: PaymentBarcode | None, on: date) -> str:
    elsewhere = " o con el código de pago electrónico" if invoice.payment_code else ""
    if invoice.held:
        return "Ya se pagó una parte. Lo que falta se paga en la Oficina Virtual."
    if barcode is None and settings.UTILITY.barcode_company:
        return f"El importe no entra en el código de barras. Pagala en la Oficina Virtual{elsewhere}."
    if barcode is None:
        return f"Pagala en la Oficina Virtual{elsewhere}."
    if on > barcode.valid_until:
        return "Los vencimientos impresos pasaron. En la Oficina Virtual la pagás al importe de cada día."
    return ""
