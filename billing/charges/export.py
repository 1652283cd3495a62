"""What the utility's billing system has to learn of its charges: which were accepted and became a bill of the portal,
and which the office withdrew. What its own file cancelled it knows.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q
from django.db.models.functions import Coalesce

from accounts.account_numbers import format_account_number
from billing.models import Charge
from oficina.shared.exporting import local_instant, midnight

_AT_ONCE = 2000


class ExportedCharge(NamedTuple):
    """One line. Its fields, in this order, are the columns of the file (`docs/data-formats.md`)."""

    status: str
    changed_at: str
    charge_number: str
    account_number: str
    amount: Decimal
    document_code: str
    invoice_number: str
    issued_on: str
    due_on: str
    net_amount: Decimal | str
    vat_rate: Decimal | str
    vat_amount: Decimal | str
    payment_code: str
    reason: str


def exported_charges(since: date, until: date) -> Iterator[ExportedCharge]:
    """The charges accepted or cancelled from the local date `since` to `until`, both whole, in the order of these acts.

    A charge is on one line, for good: once accepted or cancelled it never changes. Memory holds two thousand of them.
    """
    days = (midnight(since), midnight(until + timedelta(days=1)))
    changed = (
        Charge.objects.filter(
            Q(invoiced_at__gte=days[0], invoiced_at__lt=days[1])
            | Q(cancelled_at__gte=days[0], cancelled_at__lt=days[1])
        )
        .select_related("account", "invoice")
        .defer("account__parcel")
        .prefetch_related("invoice__lines")
        .order_by(Coalesce("invoiced_at", "cancelled_at"), "pk")
    )
    for charge in changed.iterator(chunk_size=_AT_ONCE):
        yield _exported(charge)


def _exported(charge: Charge) -> ExportedCharge:
    invoice = charge.invoice
    changed_at = charge.invoiced_at or charge.cancelled_at
    line = invoice.lines.all()[0] if invoice else None
    return ExportedCharge(
        status=charge.status,
        changed_at=local_instant(changed_at) if changed_at else "",
        charge_number=charge.charge_number,
        account_number=format_account_number(charge.account.number),
        amount=charge.amount,
        document_code=str(invoice.document_code) if invoice else "",
        invoice_number=invoice.invoice_number if invoice else "",
        issued_on=invoice.issued_on.isoformat() if invoice else "",
        due_on=invoice.due_on.isoformat() if invoice else "",
        net_amount=line.amount if line else "",
        vat_rate=line.vat_rate if line else "",
        vat_amount=line.vat_amount if line else "",
        payment_code=(invoice.payment_code or "") if invoice else "",
        reason=charge.cancellation_reason,
    )
