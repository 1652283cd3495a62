"""The till: opening it, what was taken in it, and the way to the next customer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import logged_in_user
from billing.desk.refusals import ShiftAlreadyOpen
from billing.desk.shifts import open_shift, open_shift_of
from billing.desk.totals import shift_totals
from billing.models import TillPayment, TillShift
from oficina.shared.dates import local_day, today
from oficina.shared.money import pesos
from oficina.staff.desk.forms import OpeningForm
from oficina.staff.desk.scanning import LONGEST, Scanned, find_scanned
from oficina.staff.desk.traces import log_made
from oficina.staff.pages import office_answer, office_page

SHOWN = 50
"""Payments of a shift on the page, the newest: the closing has all."""


@require_http_methods(["GET", "HEAD", "POST"])
@office_page("billing.take_desk_payment")
def till(request: HttpRequest) -> HttpResponse:
    """The open shift with what was taken in it, or the form that opens one."""
    clerk = logged_in_user(request)
    shift = open_shift_of(clerk)
    if shift is None:
        return _opening(request)
    if request.method == "POST":  # the second click of a double one
        return HttpResponseRedirect(reverse("office:till"))
    typed = request.GET.get("q", "").strip()
    found = find_scanned(typed)
    if found is not None:
        return HttpResponseRedirect(_address(found))
    return office_answer(
        request,
        "office/desk/till.html",
        title="Caja",
        shift=shift,
        of_another_day=local_day(shift.opened_at) != today(),
        totals=shift_totals(shift),
        payments=payments_of(shift),
        shown=SHOWN,
        typed=typed[:LONGEST],
    )


def payments_of(shift: TillShift) -> list[TillPayment]:
    """What was taken in a shift, the newest first and no more than are SHOWN, with what a line of it says."""
    listed = shift.payments.select_related("payment__account", "payment__receipt").order_by("-number")
    return list(listed.defer("payment__request", "payment__account__parcel", "payment__receipt__pdf")[:SHOWN])


def _opening(request: HttpRequest) -> HttpResponse:
    form = OpeningForm(request.POST or None)
    if form.is_valid():
        try:
            shift = open_shift(logged_in_user(request), form.cleaned_data["opening_cash"], now=timezone.now())
        except ShiftAlreadyOpen:
            pass  # in another window, a moment ago: it is shown
        else:
            log_made(request, shift, f"Abrió la caja con {pesos(shift.opening_cash)}")
            messages.success(request, f"Abriste la caja con {pesos(shift.opening_cash)} de fondo.")
        return HttpResponseRedirect(reverse("office:till"))
    return office_answer(request, "office/desk/open.html", title="Abrir la caja", form=form)


def _address(found: Scanned) -> str:
    address = reverse("office:take_payment", args=[found.account.pk])
    return address if found.invoice is None else f"{address}?factura={found.invoice.public_id}"
