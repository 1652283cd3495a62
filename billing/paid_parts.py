"""What paid a bill: the money that stands on it, payment by payment."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from accounts.models import AccountLink
from billing.channel_names import ChannelNames, channel_in_words
from billing.enums import AllocationReason
from billing.models import Allocation, Invoice
from oficina.shared.dates import local_day, short_date
from oficina.shared.money import ZERO


@dataclass(frozen=True, kw_only=True)
class PaidPart:
    """Money that one payment put on the bill. `address` is that payment's page, for its payer only."""

    paid_on: str
    channel: str
    number: str
    amount: Decimal
    address: str


def paid_parts(invoice: Invoice, link: AccountLink, names: ChannelNames) -> list[PaidPart]:
    """What pays the bill now, as the person of this link may see it."""
    together: dict[tuple[int, bool], list[Allocation]] = {}
    for part in standing_allocations(invoice):
        together.setdefault((part.payment_id, _is_credit(part)), []).append(part)
    return [_paid_part(parts, link, names) for parts in together.values()]


def paid_on(invoice: Invoice) -> date | None:
    """The local date of the money that came last, or on which a plan that covers the bill was paid; None when nothing
    was paid.
    """
    if invoice.covered and invoice.settled_at:
        return local_day(invoice.settled_at)
    return max((_day(part) for part in standing_allocations(invoice)), default=None)


def standing_allocations(invoice: Invoice) -> list[Allocation]:
    """The money on a bill, loaded with its allocations, in the order in which it came. What was taken back and its
    reversal are both left out.
    """
    allocations = list(invoice.allocations.all())
    taken_back = {allocation.reverses_id for allocation in allocations}
    standing = [part for part in allocations if part.reverses_id is None and part.pk not in taken_back]
    return sorted(standing, key=lambda part: part.pk)


def _paid_part(parts: list[Allocation], link: AccountLink, names: ChannelNames) -> PaidPart:
    payment = parts[0].payment
    return PaidPart(
        paid_on=short_date(_day(parts[-1])),
        channel="Saldo a favor" if _is_credit(parts[0]) else channel_in_words(payment, names),
        number=payment.number,
        amount=sum((part.amount for part in parts), ZERO),
        address=reverse("payment", args=[payment.public_id]) if payment.payer_id == link.user_id else "",
    )


def _day(part: Allocation) -> date:
    """When people say it was paid: when the money came, or when credit was used."""
    return local_day(part.created_at if _is_credit(part) else part.payment.paid_at or part.payment.created_at)


def _is_credit(part: Allocation) -> bool:
    return part.reason == AllocationReason.CREDIT
