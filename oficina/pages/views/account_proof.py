"""Proving an account again, because it has another holder since: what is asked, and all that is shown until then."""

from http import HTTPStatus

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import logged_in_user, manage_link
from accounts.holders import changes_of
from accounts.linking import BillBeforeTheChange, prove_link
from accounts.models import AccountLink, User
from billing.listings.payment_history import own_payments, payment_rows
from oficina.pages.account_forms import AccountProofForm
from oficina.pages.account_search import search_bill_issued_on
from oficina.shared.dates import local_day

PAGE_SIZE = 25
NOT_FOUND = (
    "Ese dato no es de una factura emitida desde el cambio. Revisalo en la factura y probá de nuevo. "
    "Después de varios intentos seguidos hay que esperar una hora."
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def prove_account(request: HttpRequest, ref: str) -> HttpResponse:
    """Asks for a datum of a bill issued since; with it, what the person paid of the account themselves."""
    link = manage_link(request, ref)
    if link.must_prove_since is None:
        return _to_inicio(link)
    user = logged_in_user(request)
    form = AccountProofForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if _proves(link, user, get_adapter().get_client_ip(request), form.cleaned_data["datum"]):
            messages.success(request, "Acreditaste la cuenta. Ya podés ver sus facturas y pagarlas.")
            return _to_inicio(link)
        form.add_error(None, NOT_FOUND)
    page = Paginator(own_payments(link), PAGE_SIZE).get_page(request.GET.get("pagina"))
    context = {
        "link": link,
        "form": form,
        "changed_on": local_day(changes_of(link.account)[-1]),
        "page": page,
        "rows": list(payment_rows(page, link)),
    }
    return render(request, "pages/prove_account.html", context)


def _proves(link: AccountLink, user: User, ip_address: str, datum: str) -> bool:
    issued_on = search_bill_issued_on(user=user, ip_address=ip_address, account=link.account, datum=datum)
    if issued_on is None:
        return False
    try:
        prove_link(link, bill_issued_on=issued_on)
    except BillBeforeTheChange:
        return False
    return True


def _to_inicio(link: AccountLink) -> HttpResponse:
    response = redirect(reverse("account_home", args=[link.public_id]))
    response.status_code = HTTPStatus.SEE_OTHER
    return response
