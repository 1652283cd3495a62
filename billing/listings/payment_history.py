"""Historial de pagos: the payments of an account, as whoever holds a link to it may see them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import FETCH_RAISE, F, Prefetch, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import AccountLink
from billing.channel_names import ChannelNames, channel_in_words, channel_names
from billing.enums import PaymentState
from billing.listings.history_filter import HistoryFilter
from billing.models import Payment, PaymentItem
from billing.models.payment import PaymentQuerySet
from billing.presentation import StateWords, bill_name, documents_phrase, payment_state
from billing.receipt_document import means_in_words
from billing.returned import returned_of, with_story
from oficina.shared.dates import local_day
from oficina.shared.money import ZERO

_STATES = {
    "imputado": Q(state=PaymentState.SUCCEEDED),
    "en-proceso": Q(state=PaymentState.PROCESSING),
    "sin-terminar": Q(state__in=(PaymentState.CREATED, PaymentState.OPEN)),
    "rechazado": Q(state=PaymentState.FAILED),
    "vencido": Q(state=PaymentState.EXPIRED),
}


_HAPPENED_AT = Coalesce(F("paid_at"), F("created_at"))

_NAMED_BY = ("payment", "invoice", "invoice__kind", "invoice__period", "invoice__description")
"""What of its bills a payment is named by; making the rest of thousands of bills takes longer than reading them."""


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """One payment as this reader may see it: `means`, `address` and `receipt_address` are empty for the others'.

    `value` is what was received, or asked for while nothing was; `received` and `returned` are pesos in the ledger.
    """

    number: str
    day: date
    subject: str
    value: Decimal
    received: Decimal
    returned: Decimal
    channel: str
    means: str
    state: StateWords
    address: str
    receipt_address: str


def payment_history(link: AccountLink, chosen: HistoryFilter) -> PaymentQuerySet:
    """The payments of the account that concern whoever holds this link, the latest first: the money that came or is on
    its way, whoever paid it, and all of their own attempts. What another person tried and did not pay is theirs alone.
    """
    payments = _shown_to(link).annotate(happened_at=_HAPPENED_AT)
    if chosen.begins_at:
        payments = payments.filter(happened_at__gte=chosen.begins_at)
    if chosen.ends_at:
        payments = payments.filter(happened_at__lt=chosen.ends_at)
    if chosen.channel:
        payments = payments.filter(channel=chosen.channel)
    if chosen.state:
        payments = payments.filter(_STATES[chosen.state])
    return _told(payments)


def own_payments(link: AccountLink) -> PaymentQuerySet:
    """What the person of this link paid of the account themselves, the latest first: theirs, whoever holds it now."""
    return _told(Payment.objects.of(link).succeeded().filter(payer=link.user_id))


def _told(payments: PaymentQuerySet) -> PaymentQuerySet:
    """The latest first, with all that `payment_rows` tells."""
    items = PaymentItem.objects.select_related("invoice").order_by("invoice__due_on").only(*_NAMED_BY)
    return (
        with_story(payments)
        .prefetch_related(Prefetch("items", items.fetch_mode(FETCH_RAISE)))
        .defer("request")
        .order_by(_HAPPENED_AT.desc(), "-pk")
        .fetch_mode(FETCH_RAISE)
    )


def payment_channels(link: AccountLink) -> list[str]:
    """The channels of those payments, by slug."""
    return sorted(_shown_to(link).values_list("channel", flat=True).distinct())


def payment_rows(payments: Iterable[Payment], link: AccountLink) -> Iterator[HistoryRow]:
    """These payments of `payment_history` or `own_payments`, in words."""
    names = channel_names()
    return (_row(payment, link, names) for payment in payments)


def _shown_to(link: AccountLink) -> PaymentQuerySet:
    money = Q(state__in=(PaymentState.SUCCEEDED, PaymentState.PROCESSING))
    return Payment.objects.of(link).filter(money | Q(payer=link.user_id))


def _row(payment: Payment, link: AccountLink, names: ChannelNames) -> HistoryRow:
    own = payment.payer_id == link.user_id
    at_a_counter = payment.payer_id is None
    paid = payment.state == PaymentState.SUCCEEDED
    return HistoryRow(
        number=payment.number,
        day=local_day(payment.paid_at or payment.created_at),
        subject=_subject(payment),
        value=payment.amount_received or payment.amount_asked,
        received=payment.amount_received or ZERO,
        returned=returned_of(payment).total,
        channel=channel_in_words(payment, names),
        means=means_in_words(payment) if own else "",
        state=payment_state(payment),
        address=reverse("payment", args=[payment.public_id]) if own else "",
        receipt_address=reverse("payment_receipt", args=[payment.public_id]) if paid and (own or at_a_counter) else "",
    )


def _subject(payment: Payment) -> str:
    """`Julio y agosto 2026`, `3 facturas`, or that no bill was named."""
    items = list(payment.items.all())
    if len(items) == 1:
        return bill_name(items[0].invoice)
    return documents_phrase([item.invoice.kind for item in items]) if items else "Pago a cuenta"
