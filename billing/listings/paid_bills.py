"""Historial de facturas pagadas: the bills of an account that are wholly paid, whoever paid them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Case, Exists, F, OuterRef, Prefetch, QuerySet, Subquery, When
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

_CAME_AT = Case(
    When(reason=AllocationReason.CREDIT, then=F("created_at")),
    default=Coalesce(F("payment__paid_at"), F("payment__created_at")),
)
"""When people say that money for a bill came, as `billing.paid_parts` tells it."""


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
    """The bills of the account that money paid wholly, the latest first. A bill of nothing was never paid."""
    came_last = _standing().annotate(came_at=_CAME_AT).order_by("-came_at").values("came_at")[:1]
    bills = Invoice.objects.of(link).paid().filter(applied__gt=0).annotate(paid_at=Subquery(came_last))
    if chosen.begins_at:
        bills = bills.filter(paid_at__gte=chosen.begins_at)
    if chosen.ends_at:
        bills = bills.filter(paid_at__lt=chosen.ends_at)
    if chosen.kind:
        bills = bills.filter(kind=chosen.kind)
    if chosen.channel:
        bills = bills.filter(Exists(_standing().filter(payment__channel=chosen.channel)))
    allocations = Allocation.objects.select_related("payment").defer("payment__request")
    return bills.prefetch_related(Prefetch("allocations", allocations)).order_by("-paid_at", "-pk")


def paid_bill_channels(link: AccountLink) -> list[str]:
    """The channels through which money for bills of the account came, by slug."""
    allocations = Allocation.objects.filter(invoice__account=link.account_id)
    return sorted(allocations.values_list("payment__channel", flat=True).distinct())


def paid_bill_rows(bills: Iterable[Invoice], link: AccountLink) -> Iterator[PaidBillRow]:
    """These bills of `paid_bills`, in words."""
    names = channel_names()
    return (_row(bill, link, names) for bill in bills)


def _standing() -> QuerySet[Allocation]:
    """What stands on the bill of the outer query."""
    return Allocation.objects.filter(invoice=OuterRef("pk"), reverses=None, reversed_by=None)


def _row(bill: Invoice, link: AccountLink, names: ChannelNames) -> PaidBillRow:
    channels = dict.fromkeys(part.channel for part in paid_parts(bill, link, names))
    reference = {"ref": link.public_id, "invoice_id": bill.public_id}
    return PaidBillRow(
        document=str(bill),
        kind=bill.get_kind_display(),
        subject=bill_name(bill),
        day=paid_on(bill) or bill.issued_on,
        channels=" y ".join(channels),
        surcharge=bill.surcharge,
        paid=bill.applied,
        address=reverse("invoice", kwargs=reference),
        pdf_address=reverse("invoice_pdf", kwargs=reference),
    )
