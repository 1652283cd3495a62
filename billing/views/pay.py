"""Paying: the summary of what was chosen, the question, and the way to the hosted checkout."""

from collections.abc import Iterable
from decimal import Decimal
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import logged_in_user, managed_link
from accounts.models import AccountLink
from billing import refusals
from billing.credit_use import pay_quote
from billing.enums import InvoiceKind
from billing.models import CreditEntry, CreditUse, Invoice
from billing.payment_reports.reviews import reported_bills
from billing.payment_summary import Changes, changes_since, names_phrase, summary_rows
from billing.pending_bills import pending_bills
from billing.presentation import documents_phrase
from billing.quotes import Quote, make_quote, read_quote, sign_quote
from billing.refusal_words import refusal_words
from oficina.shared.dates import clock, local_day, today
from oficina.shared.money import ZERO, pesos

_LONGEST_ADDRESS = 32_768
"""A selection of some hundred bills travels in the address; Django's own limit is for addresses that strangers give."""


@never_cache
@require_safe
def pay(request: HttpRequest, ref: str) -> HttpResponse:
    """The summary, priced now and promised for some minutes. With `saldo=si` it uses the account's saldo a favor.

    What is paid: `factura` (public ids), or `seleccion=vencidas` or `todas`, or what an `anterior` summary had that can
    still be paid; then the page says what changed.
    """
    link = managed_link(request, ref)
    changes = _changes(request, link)
    chosen = changes.still_payable if changes else _chosen(request, link)
    credit = CreditEntry.objects.of(link).balance()
    try:
        quote = _quote(request, link, chosen, credit)
    except refusals.UnknownInvoice as refusal:
        raise Http404 from refusal
    except (refusals.InvoiceNotPayable, refusals.InvoiceInProcess) as refusal:
        refused = {invoice.public_id for invoice in refusal.invoices}
        left = [public_id for public_id in chosen if public_id not in refused]
        address = _address("pay" if left else "account_home", link, factura=left)
        return _tell(request, refusal, address, more="Las demás siguen elegidas." if left else "")
    except refusals.BillingRefusal as refusal:
        if changes and not chosen:
            messages.warning(request, " ".join(changes.sentences))
            return _see_other(_address("account_home", link))
        return _tell(request, refusal, _address("account_home", link, factura=chosen))
    day = "hoy" if local_day(quote.valid_until) == quote.priced_on else "mañana"
    context = {
        **_summary(link, quote),
        "rows": summary_rows(quote, link),
        "changes": changes,
        "valid_words": f"Vale hasta las {clock(quote.valid_until)} de {day}",
        "pay_words": f"Pagar {pesos(quote.to_pay)}" if quote.to_pay else "Pagar con saldo a favor",
        "confirm_address": _address("confirm_payment", link, resumen=sign_quote(quote)),
        "credit_taken": -quote.credit,
        "usable_credit": _usable_credit(link, chosen, quote, credit),
        "with_credit_address": _address("pay", link, factura=chosen, saldo="si"),
        "without_credit_address": _address("pay", link, factura=chosen),
    }
    return render(request, "billing/pay.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_payment(request: HttpRequest, ref: str) -> HttpResponse:
    """Asks whether to pay the summary `resumen`; on POST begins the payment and sends the customer to the checkout."""
    link = managed_link(request, ref)
    sent = request.POST if request.method == "POST" else request.GET
    try:
        quote = read_quote(sent.get("resumen", ""), link)
    except refusals.QuoteUnreadable as refusal:
        return _tell(request, refusal, _address("account_home", link))
    if request.method == "POST":
        return _start(request, link, quote)
    if quote.has_expired(at=timezone.now()):
        return _see_other(_address("pay", link, anterior=sign_quote(quote)))
    context = {
        **_summary(link, quote),
        "confirm_address": _address("confirm_payment", link),
        "yes_words": "Sí, ir a pagar" if quote.to_pay else "Sí, usar el saldo",
    }
    return render(request, "billing/confirm_payment.html", context)


def _start(request: HttpRequest, link: AccountLink, quote: Quote) -> HttpResponse:
    again = _address("pay", link, anterior=sign_quote(quote))
    payer = logged_in_user(request)
    try:
        payment = pay_quote(link, payer, quote, now=timezone.now())
    except (refusals.QuoteExpired, refusals.QuoteChanged, refusals.QuoteSpent):
        return _see_other(again)
    except refusals.PaymentUnderWay as refusal:
        if refusal.payment.payer_id == payer.pk:
            return _see_other(reverse("payment", args=[refusal.payment.public_id]))
        return _tell(request, refusal, _address("account_home", link))
    except (refusals.CheckoutUnavailable, refusals.CheckoutRefused) as refusal:
        used = CreditUse.objects.filter(key=quote.key).exists()
        return _tell(request, refusal, again, more="El saldo a favor ya se usó." if used else "")
    if payment is None:
        kinds = Invoice.objects.filter(pk__in=quote.invoice_ids).values_list("kind", flat=True)
        messages.success(request, f"Listo: pagaste {documents_phrase(list(kinds))} con tu saldo a favor.")
        return _see_other(_address("account_credit", link))
    return _see_other(payment.checkout_url)


def _quote(request: HttpRequest, link: AccountLink, chosen: list[str], credit: Decimal) -> Quote:
    """The summary of the chosen bills. Credit is used when that was asked for, and when only with it they can be paid:
    alone they may be less than a checkout charges.
    """
    on, now = today(), timezone.now()
    if _wants_credit(request, link):
        return make_quote(link, chosen, on=on, now=now, credit=credit)
    try:
        return make_quote(link, chosen, on=on, now=now)
    except (refusals.TotalBelowMinimum, refusals.TotalAboveMaximum) as refusal:
        try:
            return make_quote(link, chosen, on=on, now=now, credit=credit)
        except refusals.BillingRefusal:
            raise refusal from None


def _wants_credit(request: HttpRequest, link: AccountLink) -> bool:
    if request.GET.get("saldo") == "si":
        return True
    try:
        return bool(read_quote(request.GET.get("anterior", ""), link).credit)
    except refusals.QuoteUnreadable:
        return False


def _usable_credit(link: AccountLink, chosen: list[str], quote: Quote, credit: Decimal) -> Decimal:
    """What credit could pay of this summary, when it does not yet."""
    if quote.credit or not credit:
        return ZERO
    try:
        return make_quote(link, chosen, on=quote.priced_on, now=timezone.now(), credit=credit).credit
    except refusals.BillingRefusal:
        return ZERO


def _chosen(request: HttpRequest, link: AccountLink) -> list[str]:
    """The public ids that the address names, each once."""
    selection = request.GET.get("seleccion")
    if selection not in {"todas", "vencidas"}:
        return list(dict.fromkeys(request.GET.getlist("factura")))
    bills = [bill for bill in pending_bills(link, on=today()) if bill.selectable]
    return [bill.ref for bill in bills if bill.is_overdue or selection == "todas"]


def _changes(request: HttpRequest, link: AccountLink) -> Changes | None:
    """What is not as the summary said from which the customer comes; None when they come from elsewhere."""
    try:
        return changes_since(read_quote(request.GET.get("anterior", ""), link), link, on=today())
    except refusals.QuoteUnreadable:
        return None


def _summary(link: AccountLink, quote: Quote) -> dict[str, object]:
    documents = list(Invoice.objects.of(link).filter(pk__in=quote.invoice_ids).values_list("public_id", "kind"))
    chosen, kinds = [ref for ref, _ in documents], [kind for _, kind in documents]
    return {
        "link": link,
        "quote": quote,
        "token": sign_quote(quote),
        "bills": documents_phrase(kinds),
        "of_plan": set(kinds) == {InvoiceKind.INSTALMENT},
        "reported": names_phrase(reported_bills(quote.invoice_ids)),
        "home_address": _address("account_home", link, factura=chosen),
        "summary_address": _address("pay", link, factura=chosen),
    }


def _address(name: str, link: AccountLink, **query: str | Iterable[str]) -> str:
    given = {key: value for key, value in query.items() if value}
    path = reverse(name, args=[link.public_id])
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def _tell(request: HttpRequest, refusal: refusals.BillingRefusal, address: str, *, more: str = "") -> HttpResponse:
    messages.warning(request, f"{refusal_words(refusal)} {more}".strip())
    return _see_other(address)


def _see_other(address: str) -> HttpResponse:
    """303: whatever the method was, the next page is asked for by GET."""
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER, max_length=_LONGEST_ADDRESS)
