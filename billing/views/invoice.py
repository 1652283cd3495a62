"""One bill, as an accessible page: what it charges, what was measured, what pays it today."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import managed_link
from accounts.models import AccountLink
from billing.attempts import attempts_of
from billing.enums import AllocationReason
from billing.models import Allocation, Invoice, InvoiceLine
from billing.payment_page import happened_on
from billing.pending_bills import pending_bill
from billing.presentation import bill_name, decimal_words, document_name, invoice_state
from billing.receipt_document import channel_in_words
from oficina.shared.dates import local_day, short_date, today
from oficina.shared.money import NBSP, ZERO


@dataclass(frozen=True, kw_only=True)
class PaidPart:
    """Money that one payment put on the bill. `address` is that payment's page, for its payer only."""

    paid_on: str
    channel: str
    number: str
    amount: Decimal
    address: str


@dataclass(frozen=True)
class PrintedPrice:
    """One line of the bill's prices: until when, and how much, in pesos."""

    until: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class ChargedLine:
    """One line of the bill. Amounts in pesos; `measure` is how much at what price."""

    concept: str
    measure: str
    net: Decimal
    vat_rate: str
    vat: Decimal
    total: Decimal


@require_safe
def invoice(request: HttpRequest, ref: str, invoice_id: str) -> HttpResponse:
    """The bill of the account in hand that `invoice_id` names."""
    link = managed_link(request, ref)
    loaded = Invoice.objects.of(link).prefetch_related(
        "lines", Prefetch("allocations", Allocation.objects.select_related("payment"))
    )
    shown = get_object_or_404(loaded, public_id=invoice_id)
    lines = [_line(line) for line in shown.lines.all()]
    context = {
        "link": link,
        "invoice": shown,
        "subject": bill_name(shown),
        "document": document_name(shown),
        "bill": pending_bill(link, invoice_id, on=today()),
        "state": invoice_state(shown, today()),
        "prices": _prices(shown),
        "lines": lines,
        "vat": sum((line.vat for line in lines), ZERO),
        "paid_parts": _paid_parts(shown, link),
        "attempts": attempts_of(shown, link),
        "readings": _readings(shown),
        "pay_this": f"{reverse('pay', args=[ref])}?factura={shown.public_id}",
        "service_address": f"{link.account.service_address}, {link.account.locality}",
    }
    return render(request, "billing/invoice.html", context)


def _prices(shown: Invoice) -> list[PrintedPrice]:
    printed: list[tuple[date, Decimal]] = [
        (shown.due_on, shown.amount),
        *zip(shown.later_due_on, shown.later_amounts, strict=True),
    ]
    return [PrintedPrice(f"Hasta el {short_date(day)}", amount) for day, amount in printed]


def _line(line: InvoiceLine) -> ChargedLine:
    quantity = f"{decimal_words(line.quantity)} {line.unit}".strip()
    return ChargedLine(
        concept=line.concept,
        measure=f"{quantity} × ${NBSP}{decimal_words(line.unit_price, at_least=2)}",
        net=line.amount,
        vat_rate=decimal_words(line.vat_rate),
        vat=line.vat_amount,
        total=line.amount + line.vat_amount,
    )


def _paid_parts(shown: Invoice, link: AccountLink) -> list[PaidPart]:
    """What pays the bill now: an allocation that was taken back and its reversal are both left out."""
    allocations = list(shown.allocations.all())
    taken_back = {allocation.reverses_id for allocation in allocations}
    standing = [part for part in allocations if part.reverses_id is None and part.pk not in taken_back]
    together: dict[tuple[int, bool], list[Allocation]] = {}
    for part in sorted(standing, key=lambda part: part.pk):
        together.setdefault((part.payment_id, part.reason == AllocationReason.CREDIT), []).append(part)
    return [_paid_part(parts, link, from_credit=from_credit) for (_, from_credit), parts in together.items()]


def _paid_part(parts: list[Allocation], link: AccountLink, *, from_credit: bool) -> PaidPart:
    payment = parts[0].payment
    return PaidPart(
        paid_on=short_date(local_day(parts[-1].created_at)) if from_credit else happened_on(payment),
        channel="Saldo a favor" if from_credit else channel_in_words(payment),
        number=payment.number,
        amount=sum((part.amount for part in parts), ZERO),
        address=reverse("payment", args=[payment.public_id]) if payment.payer_id == link.user_id else "",
    )


def _readings(shown: Invoice) -> list[tuple[str, str]]:
    """The readings of the meter and what lies between them, in m³; empty for a flat rate."""
    readings = [
        ("Lectura anterior", shown.previous_reading, shown.previous_reading_on),
        ("Lectura actual", shown.current_reading, shown.current_reading_on),
        ("Consumo", shown.consumption_m3, None),
    ]
    return [
        (f"{name}, {short_date(day)}" if day else name, f"{decimal_words(value)} m³")
        for name, value, day in readings
        if value is not None
    ]
