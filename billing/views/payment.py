"""The page of one payment: where the checkout sends the customer back to, with or without a session."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import logged_in_user
from accounts.account_numbers import account_number_ending
from accounts.models import User
from billing.closing import CANCELLED_BY_PAYER
from billing.enums import PaymentState
from billing.gateway.errors import ProviderUnavailableError
from billing.models import CreditEntry, Invoice, Payment, PaymentItem
from billing.open_checkouts import refresh_payment, withdraw_payment
from billing.payment_page import Reader, happened_on, may_see_receipt, payment_page, reader_of
from billing.presentation import bill_name, documents_phrase
from billing.returned import returned_of, with_story
from oficina.shared.looking_again import look_of
from oficina.shared.money import ZERO, pesos


@login_not_required
@never_cache
@require_safe
def payment(request: HttpRequest, payment_id: str) -> HttpResponse:
    """What became of a payment. Asks the provider, claims nothing that it did not say.

    Anybody who knows the address sees state, date and amount; the payer also the bills and the receipt. With HTMX it
    answers `vuelta` and `estado` with the next wait, and with the new state if it is another one.
    """
    found = get_object_or_404(Payment.objects.only("pk", "state", "checked_at"), public_id=payment_id)
    refresh_payment(found)
    payments = with_story(Payment.objects.select_related("account").defer("request", "account__parcel"))
    shown = payments.get(pk=found.pk)
    reader = reader_of(shown, request.user if isinstance(request.user, User) else None)
    context = _context(request, shown, reader)
    if "HX-Request" in request.headers:
        return render(request, "billing/payment.html#poll", context)
    if reader.link is not None:
        request.managed_link = reader.link  # type: ignore[attr-defined]  # as accounts.access does, for the menus
    return render(request, "billing/payment.html", context)


@never_cache
@require_POST
def cancel_payment(request: HttpRequest, payment_id: str) -> HttpResponse:
    """The payer gives an open checkout up: it is closed at the provider, and its bills are free at once."""
    found = get_object_or_404(Payment, public_id=payment_id, payer=logged_in_user(request))
    try:
        current = withdraw_payment(found, cause=CANCELLED_BY_PAYER) if found.state == PaymentState.OPEN else found
    except ProviderUnavailableError:
        messages.warning(request, "No pudimos cancelar el pago. Probá de nuevo en unos minutos.")
    else:
        if current.state == PaymentState.EXPIRED:
            messages.success(request, "Cancelaste el pago. No se te cobró nada.")
    return HttpResponseRedirect(reverse("payment", args=[payment_id]), status=HTTPStatus.SEE_OTHER)


def _context(request: HttpRequest, shown: Payment, reader: Reader) -> dict[str, object]:
    look = look_of(request)
    own = reader.is_payer
    cancelled = "cancelado" in request.GET
    items = list(shown.items.select_related("invoice").order_by("invoice__due_on", "invoice_id")) if own else []
    page = payment_page(shown, reader, cancelled=cancelled)
    return {
        "base": "base_account.html" if reader.user else "base_public.html",
        "payment": shown,
        "reader": reader,
        "page": page,
        "line": f"Pago {shown.number} · {happened_on(shown)}" if own else happened_on(shown),
        "note": _note(shown, items) if own else "",
        "value": shown.amount_received or shown.amount_asked,
        "items": [(item, bill_name(item.invoice)) for item in items],
        "retry": _retriable(items) if page.may_retry else [],
        "credit": CreditEntry.objects.filter(payment=shown).balance() if own else ZERO,
        "has_receipt": may_see_receipt(shown, reader),
        "waits": page.is_waiting and look.goes_on,
        "wait_seconds": look.wait_seconds,
        "next_look": f"{request.path}?vuelta={look.next_round}{'&cancelado=1' if cancelled else ''}",
        "changed": request.GET.get("estado", shown.state) != shown.state,
    }


def _retriable(items: list[PaymentItem]) -> list[str]:
    """The bills that may be tried again: still to be paid, and nothing under way for them."""
    bills = Invoice.objects.payable().filter(pk__in=[item.invoice_id for item in items])
    return list(bills.exclude(payment_items__live=True).order_by("due_on", "pk").values_list("public_id", flat=True))


def _note(shown: Payment, items: list[PaymentItem]) -> str:
    paid = documents_phrase([item.invoice.kind for item in items])
    bills = f"{paid} de la cuenta terminada en {account_number_ending(shown.account.number)}"
    returned = returned_of(shown)
    return f"{bills} · te devolvemos {pesos(returned.refunded)}" if returned.refunded else bills
