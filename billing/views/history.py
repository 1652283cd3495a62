"""Mis pagos: what was paid on the account in hand."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.core.paginator import Paginator
from django.db.models import FETCH_RAISE, F, Prefetch, Q
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import managed_link
from accounts.models import AccountLink
from billing.enums import PaymentState
from billing.models import Payment, PaymentItem
from billing.models.payment import PaymentQuerySet
from billing.payment_page import happened_on
from billing.presentation import StateWords, bill_name, bills_phrase, payment_state
from billing.receipt_document import channel_in_words, means_in_words
from billing.returned import with_story

PAGE_SIZE = 25

_UNFINISHED = (PaymentState.CREATED, PaymentState.OPEN)
_FILTERS = {
    "imputado": Q(state=PaymentState.SUCCEEDED),
    "en-proceso": Q(state=PaymentState.PROCESSING),
    "sin-terminar": Q(state__in=_UNFINISHED),
    "rechazado": Q(state=PaymentState.FAILED),
    "vencido": Q(state=PaymentState.EXPIRED),
}


class HistoryFilter(forms.Form):
    """Which payments are listed; kept in the address."""

    estado = forms.ChoiceField(
        label="Estado",
        required=False,
        choices=[
            ("", "Todos"),
            ("imputado", "Imputado"),
            ("en-proceso", "En proceso"),
            ("sin-terminar", "Sin terminar"),
            ("rechazado", "Rechazado"),
            ("vencido", "Vencido"),
        ],
    )


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """One payment as this reader may see it: `means`, `address` and `receipt_address` are empty for the others'."""

    payment: Payment
    paid_on: str
    subject: str
    value: Decimal
    channel: str
    means: str
    state: StateWords
    address: str
    receipt_address: str


@require_safe
def my_payments(request: HttpRequest, ref: str) -> HttpResponse:
    """The payments of the account, newest first."""
    link = managed_link(request, ref)
    form = HistoryFilter(request.GET)
    wanted = form.cleaned_data["estado"] if form.is_valid() else ""
    payments = shown_to(link)
    address = reverse("my_payments", args=[ref])
    page = Paginator(payments.filter(_FILTERS[wanted]) if wanted else payments, PAGE_SIZE).get_page(
        request.GET.get("pagina")
    )
    context = {
        "link": link,
        "form": form,
        "page": page,
        "rows": [_row(payment, link) for payment in page],
        "count_words": "1 pago" if page.paginator.count == 1 else f"{page.paginator.count} pagos",
        "is_filtered": bool(wanted),
        "address": address,
        "clear": address if wanted else "",
    }
    return render(request, "billing/my_payments.html", context)


def shown_to(link: AccountLink) -> PaymentQuerySet:
    """The payments of the account that concern whoever holds this link: the money that came or is on its way, whoever
    paid it, and all of their own attempts. What another person tried and did not pay is that person's alone.
    """
    money = Q(state__in=(PaymentState.SUCCEEDED, PaymentState.PROCESSING))
    items = PaymentItem.objects.select_related("invoice").order_by("invoice__due_on").fetch_mode(FETCH_RAISE)
    return (
        with_story(Payment.objects.of(link))
        .filter(money | Q(payer=link.user_id))
        .prefetch_related(Prefetch("items", items))
        .order_by(Coalesce(F("paid_at"), F("created_at")).desc(), "-pk")
        .fetch_mode(FETCH_RAISE)
    )


def _row(payment: Payment, link: AccountLink) -> HistoryRow:
    own = payment.payer_id == link.user_id
    at_a_counter = payment.payer_id is None
    paid = payment.state == PaymentState.SUCCEEDED
    return HistoryRow(
        payment=payment,
        paid_on=happened_on(payment),
        subject=_subject(payment),
        value=payment.amount_received or payment.amount_asked,
        channel=channel_in_words(payment),
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
    return bills_phrase(len(items)) if items else "Pago a cuenta"
