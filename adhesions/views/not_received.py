"""No recibí factura: the last bill at hand, by mail now, and every new one by mail from now on."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import logged_in_user, managed_link
from accounts.models import AccountLink, User
from adhesions.digital.refusals import TooManyRequests
from adhesions.digital.requesting import request_bill
from adhesions.enums import DeliveryState
from adhesions.models import BillDelivery, DigitalBilling
from billing.enums import InvoiceKind, InvoiceStatus
from billing.models import Invoice
from billing.presentation import bill_name, invoice_state
from oficina.shared.dates import today

_SHOWN = 5
_TONES = {
    DeliveryState.QUEUED: "info",
    DeliveryState.SENT: "success",
    DeliveryState.FAILED: "danger",
    DeliveryState.BOUNCED: "danger",
    DeliveryState.NOT_NEEDED: "",
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bill_not_received(request: HttpRequest, ref: str) -> HttpResponse:
    """The last bill with its PDF and what became of its mails to this person; on POST it is mailed to them now."""
    link = managed_link(request, ref)
    user = logged_in_user(request)
    bill = _last_bill(link)
    if request.method == "POST":
        return _send(request, link, bill, user)
    context = {
        "link": link,
        "bill": bill,
        "subject": bill_name(bill) if bill else "",
        "state": invoice_state(bill, today()) if bill else None,
        "mail": user.email,
        "deliveries": _deliveries(bill, user) if bill else [],
        "adhered": DigitalBilling.objects.live().of(link).filter(made_by=user).exists(),
    }
    return render(request, "adhesions/bill_not_received.html", context)


def _last_bill(link: AccountLink) -> Invoice | None:
    bills = Invoice.objects.of(link).filter(kind=InvoiceKind.SERVICE, status=InvoiceStatus.OPEN)
    return bills.order_by("-issued_on", "-pk").first()


def _deliveries(bill: Invoice, user: User) -> list[tuple[BillDelivery, str]]:
    made = BillDelivery.objects.filter(invoice=bill, email=user.email).order_by("-queued_at", "-pk")[:_SHOWN]
    return [(delivery, _TONES[DeliveryState(delivery.state)]) for delivery in made]


def _send(request: HttpRequest, link: AccountLink, bill: Invoice | None, user: User) -> HttpResponse:
    if bill is None:
        raise Http404
    try:
        request_bill(bill, by=user, now=timezone.now())
    except TooManyRequests:
        messages.warning(request, "Ya te mandamos varias facturas en la última hora. Fijate en el correo no deseado.")
    else:
        messages.success(request, f"Te estamos mandando la factura a {user.email}. Llega en unos minutos.")
    address = reverse("bill_not_received", args=[link.public_id])
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
