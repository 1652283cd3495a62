"""Facturar y pagar cargos: the list, one charge, the question before its invoice is made, its comprobante."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import FETCH_RAISE
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import logged_in_user, managed_link
from accounts.models import AccountLink
from billing.charges.acts import due_date_of_charge, invoice_charge
from billing.charges.presentation import charge_row, charge_state, refusal_words
from billing.charges.refusals import ChargeAmountChanged, ChargeCancelled
from billing.charges.vouchers import CHARGE_VOUCHERS
from billing.document_download import document_download
from billing.enums import ChargeStatus
from billing.models import Charge
from billing.pending_bills import pending_bill
from oficina.shared.dates import short_date, today
from oficina.shared.money import ZERO

PAGE_SIZE = 25


class AcceptanceForm(forms.Form):
    """The amount at which the charge was shown, in pesos: only that one is accepted."""

    importe = forms.DecimalField(max_digits=14, decimal_places=2)


@never_cache
@require_safe
def charges(request: HttpRequest, ref: str) -> HttpResponse:
    """The charges to be invoiced, newest first; with `ver=facturados` those that were, with their bills."""
    link = managed_link(request, ref)
    of_account = Charge.objects.of(link)
    shows_invoiced = request.GET.get("ver") == "facturados"
    shown = of_account.invoiced() if shows_invoiced else of_account.pending()
    ordered = shown.select_related("invoice").order_by("-raised_on", "-pk").fetch_mode(FETCH_RAISE)
    page = Paginator(ordered, PAGE_SIZE).get_page(request.GET.get("pagina"))
    address = reverse("charges", args=[ref])
    context = {
        "link": link,
        "page": page,
        "rows": [charge_row(charge, link, today()) for charge in page],
        "shows_invoiced": shows_invoiced,
        "has_invoiced": shows_invoiced or of_account.invoiced().exists(),
        "pending_address": address,
        "invoiced_address": f"{address}?ver=facturados",
    }
    return render(request, "billing/charges.html", context)


@never_cache
@require_safe
def charge(request: HttpRequest, ref: str, charge_id: str) -> HttpResponse:
    """One charge: what it is for, what it costs, and what can be done: invoice it, print its comprobante, pay it."""
    link = managed_link(request, ref)
    shown = _found(link, charge_id)
    invoice = shown.invoice
    context = {
        "link": link,
        "charge": shown,
        "invoice": invoice,
        "state": charge_state(shown, today()),
        "is_pending": shown.status == ChargeStatus.PENDING,
        "due_on_if_accepted": due_date_of_charge(today()),
        "bill": pending_bill(link, invoice.public_id, on=today()) if invoice else None,
        "vat": sum((line.vat_amount for line in invoice.lines.all()), ZERO) if invoice else None,
        "pay_address": f"{reverse('pay', args=[ref])}?factura={invoice.public_id}" if invoice else "",
        "service_address": f"{link.account.service_address}, {link.account.locality}",
    }
    return render(request, "billing/charge.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept_charge(request: HttpRequest, ref: str, charge_id: str) -> HttpResponse:
    """Asks whether to invoice the charge; on POST makes its invoice, at the amount that was shown and no other."""
    link = managed_link(request, ref)
    shown = _found(link, charge_id)
    if request.method == "POST":
        return _accept(request, link, shown)
    if shown.status != ChargeStatus.PENDING:
        return _see_other(link, shown)
    context = {
        "link": link,
        "charge": shown,
        "accepted": str(shown.amount),
        "due_on": due_date_of_charge(today()),
        "charge_address": reverse("charge", args=[ref, charge_id]),
        "accept_address": reverse("invoice_charge", args=[ref, charge_id]),
    }
    return render(request, "billing/charge_confirm.html", context)


@require_safe
def charge_voucher(request: HttpRequest, ref: str, charge_id: str) -> HttpResponse:
    """The comprobante of an invoiced charge, as PDF."""
    link = managed_link(request, ref)
    vouchers = CHARGE_VOUCHERS.documents().filter(charge__account=link.account_id)
    return document_download(get_object_or_404(vouchers, charge__public_id=charge_id))


def _accept(request: HttpRequest, link: AccountLink, shown: Charge) -> HttpResponse:
    form = AcceptanceForm(request.POST)
    accepted = form.cleaned_data["importe"] if form.is_valid() else ZERO
    try:
        invoice = invoice_charge(shown, accepted=accepted, by=logged_in_user(request), now=timezone.now())
    except (ChargeCancelled, ChargeAmountChanged) as refusal:
        messages.warning(request, refusal_words(refusal))
    else:
        if shown.invoice is None:  # the second click of two has nothing to add
            messages.success(request, f"Listo: la factura {invoice} vence el {short_date(invoice.due_on)}.")
    return _see_other(link, shown)


def _found(link: AccountLink, charge_id: str) -> Charge:
    return get_object_or_404(Charge.objects.of(link).select_related("invoice"), public_id=charge_id)


def _see_other(link: AccountLink, shown: Charge) -> HttpResponse:
    """303: the page of the charge is asked for by GET."""
    address = reverse("charge", args=[link.public_id, shown.public_id])
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
