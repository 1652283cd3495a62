"""The summary that a customer sees before paying: what was chosen and what it costs, promised for some minutes.

Nothing is stored. The quote goes to the page signed and comes back with the confirmation; bound to the person and to
their link to the account, so that nobody can use another's. Its key becomes the key of the payment, so a confirmation
that is sent twice is one payment.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Self, TypedDict

from django.conf import settings
from django.core import signing

from accounts.models import AccountLink
from billing.enums import PaymentState
from billing.models import Invoice
from billing.refusals import (
    InvoiceInProcess,
    InvoiceNotPayable,
    NothingChosen,
    QuoteUnreadable,
    TotalAboveMaximum,
    TotalBelowMinimum,
    UnknownInvoice,
)
from oficina.shared.money import ZERO

_SALT = "billing.quote"


@dataclass(frozen=True, kw_only=True)
class QuoteItem:
    """One bill: what pays it wholly, in pesos, and the surcharge above its amount that it has once that is paid.
    `credit` is the part of it that the account's saldo a favor pays.
    """

    invoice_id: int
    amount: Decimal
    surcharge: Decimal
    credit: Decimal = ZERO


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What was chosen, frozen. Prices are of the local date `priced_on` and hold until `valid_until` (UTC), also when
    that is past midnight. Items are in the order of their bills' ids.
    """

    key: str
    user_id: int
    link_id: int
    priced_on: date
    valid_until: datetime
    items: tuple[QuoteItem, ...]

    @property
    def total(self) -> Decimal:
        """What the bills cost, in pesos."""
        return sum((item.amount for item in self.items), ZERO)

    @property
    def credit(self) -> Decimal:
        """What of that is paid with saldo a favor."""
        return sum((item.credit for item in self.items), ZERO)

    @property
    def to_pay(self) -> Decimal:
        """What is left for the checkout."""
        return self.total - self.credit

    def after_credit(self) -> Self:
        """The same promise once its credit was used: what is left of each bill, under the same key."""
        left = (replace(item, amount=item.amount - item.credit, credit=ZERO) for item in self.items)
        return replace(self, items=tuple(item for item in left if item.amount))

    @property
    def invoice_ids(self) -> list[int]:
        """The bills, in ascending order."""
        return [item.invoice_id for item in self.items]

    def has_expired(self, *, at: datetime) -> bool:
        """Whether the promise no longer holds at a UTC instant."""
        return at >= self.valid_until


class _Payload(TypedDict):
    key: str
    user: int
    link: int
    priced_on: str
    valid_until: int
    items: list[tuple[int, str, str, str]]


def make_quote(link: AccountLink, chosen: Collection[str], *, on: date, now: datetime, credit: Decimal = ZERO) -> Quote:
    """The quote of the bills with these public ids at the prices of a local date. `credit` is how much saldo a favor
    may be used, in pesos: it pays the bill due first, and less of it is used when a checkout could not charge the rest.

    Raises NothingChosen, UnknownInvoice, InvoiceNotPayable, InvoiceInProcess,
    TotalBelowMinimum, TotalAboveMaximum.
    """
    if not chosen:
        raise NothingChosen
    invoices = list(Invoice.objects.of(link).filter(public_id__in=chosen).with_amount_due(on=on).order_by("pk"))
    if len(invoices) != len(set(chosen)):
        raise UnknownInvoice
    _refuse_unpayable(invoices)
    valid_until = now + timedelta(minutes=settings.UTILITY.quote_minutes)
    items = tuple(quote_item(invoice, invoice.amount_due) for invoice in invoices)
    first_due = [invoice.pk for invoice in sorted(invoices, key=lambda invoice: (invoice.due_on, invoice.pk))]
    quote = Quote(
        key=f"quote-{secrets.token_hex(16)}",
        user_id=link.user_id,
        link_id=link.pk,
        priced_on=on,
        valid_until=valid_until.replace(microsecond=0),
        items=_with_credit(items, first_due, credit),
    )
    if quote.to_pay:
        _refuse_total(quote.to_pay)
    return quote


def quote_item(invoice: Invoice, amount_due: Decimal) -> QuoteItem:
    """The item of a bill that costs `amount_due` pesos."""
    return QuoteItem(invoice_id=invoice.pk, amount=amount_due, surcharge=invoice.surcharge_when_paid(amount_due))


def sign_quote(quote: Quote) -> str:
    """The quote as text for a form's hidden field."""
    payload: _Payload = {
        "key": quote.key,
        "user": quote.user_id,
        "link": quote.link_id,
        "priced_on": quote.priced_on.isoformat(),
        "valid_until": int(quote.valid_until.timestamp()),
        "items": [(item.invoice_id, str(item.amount), str(item.surcharge), str(item.credit)) for item in quote.items],
    }
    return signing.dumps(payload, salt=_SALT, compress=True)


def read_quote(text: str, link: AccountLink) -> Quote:
    """The quote that `sign_quote` wrote for this link; an expired one is read too. Raises QuoteUnreadable."""
    try:
        payload: _Payload = signing.loads(text, salt=_SALT)
    except signing.BadSignature as error:
        raise QuoteUnreadable from error
    if (payload["user"], payload["link"]) != (link.user_id, link.pk):
        raise QuoteUnreadable
    return Quote(
        key=payload["key"],
        user_id=payload["user"],
        link_id=payload["link"],
        priced_on=date.fromisoformat(payload["priced_on"]),
        valid_until=datetime.fromtimestamp(payload["valid_until"], UTC),
        items=tuple(
            QuoteItem(
                invoice_id=invoice_id, amount=Decimal(amount), surcharge=Decimal(surcharge), credit=Decimal(credit)
            )
            for invoice_id, amount, surcharge, credit in payload["items"]
        ),
    )


def _with_credit(items: tuple[QuoteItem, ...], order: list[int], credit: Decimal) -> tuple[QuoteItem, ...]:
    total = sum((item.amount for item in items), ZERO)
    minimum = Decimal(settings.UTILITY.payment_minimum)
    left = min(credit, total)
    if 0 < total - left < minimum:
        left = max(ZERO, total - minimum)
    used: dict[int, Decimal] = {}
    amounts = {item.invoice_id: item.amount for item in items}
    for invoice_id in order:
        used[invoice_id] = min(left, amounts[invoice_id])
        left -= used[invoice_id]
    return tuple(replace(item, credit=used[item.invoice_id]) for item in items)


def _refuse_unpayable(invoices: list[Invoice]) -> None:
    chosen = [invoice.pk for invoice in invoices]
    payable = set(Invoice.objects.payable().filter(pk__in=chosen).values_list("pk", flat=True))
    done = [invoice for invoice in invoices if invoice.pk not in payable]
    if done:
        raise InvoiceNotPayable(done)
    in_process = Invoice.objects.filter(
        pk__in=payable, payment_items__live=True, payment_items__payment__state=PaymentState.PROCESSING
    )
    if blocked := list(in_process):
        raise InvoiceInProcess(blocked)


def _refuse_total(total: Decimal) -> None:
    minimum, maximum = Decimal(settings.UTILITY.payment_minimum), Decimal(settings.UTILITY.payment_maximum)
    if total < minimum:
        raise TotalBelowMinimum(total, minimum)
    if total > maximum:
        raise TotalAboveMaximum(total, maximum)
