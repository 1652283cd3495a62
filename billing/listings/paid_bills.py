"""Historial de facturas pagadas: the bills of an account that are wholly paid, whoever paid them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import FETCH_RAISE, Case, Count, F, Max, Prefetch, Q, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import AccountLink
from billing.channel_names import ChannelNames, channel_names
from billing.enums import AllocationReason
from billing.listings.history_filter import HistoryFilter
from billing.models import Allocation, Invoice
from billing.models.invoice import InvoiceQuerySet
from billing.paid_parts import paid_on, paid_parts
from billing.presentation import bill_name

_STANDING = Q(allocations__reverses=None, allocations__reversed_by=None)
"""Money that was not taken back again."""

_CAME_AT = Case(
    When(allocations__reason=AllocationReason.CREDIT, then=F("allocations__created_at")),
    default=Coalesce(F("allocations__payment__paid_at"), F("allocations__payment__created_at")),
)
"""When people say that money for a bill came, as `billing.paid_parts` tells it."""


_OF_A_BILL = (
    *("public_id", "kind", "document_code", "invoice_number", "period", "description", "issued_on"),
    *("applied", "surcharge", "covered", "settled_at"),
)
_OF_ITS_MONEY = (
    *("invoice", "payment", "amount", "reason", "reverses", "created_at"),
    *("payment__payer", "payment__public_id", "payment__channel", "payment__paid_at", "payment__created_at"),
)
"""What rows are made of; making the rest of thousands of bills and payments takes longer than reading them."""


@dataclass(frozen=True, kw_only=True)
class PaidBillRow:
    """One bill. `paid`: what was paid for it, surcharge included, in pesos; `surcharge` is that part above its price.
    `day` is when the money that finished paying it came.
    """

    document: str
    kind: str
    subject: str
    day: date
    channels: str
    surcharge: Decimal
    paid: Decimal
    address: str
    pdf_address: str


def paid_bills(link: AccountLink, chosen: HistoryFilter) -> InvoiceQuerySet:
    """The bills of the account that money or a plan paid wholly, the latest first. A bill of nothing was never paid."""
    last_money = Max(_CAME_AT, filter=_STANDING)
    paid_at = Case(When(covered__gt=0, then=F("settled_at")), default=last_money)
    bills = Invoice.objects.of(link).paid().filter(settled_at__isnull=False).annotate(paid_at=paid_at)
    if chosen.begins_at:
        bills = bills.filter(paid_at__gte=chosen.begins_at)
    if chosen.ends_at:
        bills = bills.filter(paid_at__lt=chosen.ends_at)
    if chosen.kind:
        bills = bills.filter(kind=chosen.kind)
    if chosen.channel:
        through = _STANDING & Q(allocations__payment__channel=chosen.channel)
        bills = bills.annotate(came_through=Count("allocations", filter=through)).filter(came_through__gt=0)
    allocations = Allocation.objects.select_related("payment").only(*_OF_ITS_MONEY).fetch_mode(FETCH_RAISE)
    return (
        bills.prefetch_related(Prefetch("allocations", allocations))
        .only(*_OF_A_BILL)
        .order_by("-paid_at", "-pk")
        .fetch_mode(FETCH_RAISE)
    )


def paid_bill_channels(link: AccountLink) -> list[str]:
    """The channels through which money for bills of the account came, by slug."""
    allocations = Allocation.objects.filter(invoice__account=link.account_id)
    return sorted(allocations.values_list("payment__channel", flat=True).distinct())


def paid_bill_rows(bills: Iterable[Invoice], link: AccountLink) -> Iterator[PaidBillRow]:
    """These bills of `paid_bills`, in words."""
    names = channel_names()
    return (_row(bill, link, names) for bill in bills)


def _row(bill: Invoice, link: AccountLink, names: ChannelNames) -> PaidBillRow:
    channels = dict.fromkeys(part.channel for part in paid_parts(bill, link, names))
    if bill.covered:
        channels["Plan de pago"] = None
    reference = {"ref": link.public_id, "invoice_id": bill.public_id}
    return PaidBillRow(
        document=str(bill),
        kind=bill.get_kind_display(),
        subject=bill_name(bill),
        day=paid_on(bill) or bill.issued_on,
        channels=" y ".join(channels),
        surcharge=bill.surcharge,
        paid=bill.held,
        address=reverse("invoice", kwargs=reference),
        pdf_address=reverse("invoice_pdf", kwargs=reference),
    )
