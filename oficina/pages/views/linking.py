"""Linking an account: search, what was found, confirmation."""

from dataclasses import dataclass
from datetime import date

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import logged_in_user
from accounts.account_numbers import format_account_number
from accounts.enums import LinkEvidence
from accounts.linking import link_account
from oficina.pages.account_forms import AccountSearchForm, AliasForm
from oficina.pages.account_search import (
    FoundAccount,
    FoundAccountExpired,
    found_token,
    read_found_token,
    search_account,
)
from oficina.pages.masking import initials, street_without_number
from oficina.shared.dates import local_day

NOT_FOUND = (
    "No encontramos una cuenta con esos datos. Revisalos en la factura y probá de nuevo. "
    "Después de varios intentos seguidos hay que esperar una hora."
)


@dataclass(frozen=True)
class FoundPanel:
    """The main data of the account found, and what its confirmation needs."""

    number: str
    holder: str
    address: str
    locality: str
    masked: bool
    token: str
    changed_on: date | None
    """The local date since when the account has a holder of whom no bill was shown."""


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """The number in its boxes and the datum of a bill; on POST, the account that they prove."""
    user = logged_in_user(request)
    form = AccountSearchForm(request.POST if request.method == "POST" else None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        context["own_link"] = own = user.links.active().with_account().filter(account__number=number).first()
        if own is None:
            found = search_account(
                user=user,
                ip_address=get_adapter().get_client_ip(request),
                number=number,
                datum=form.cleaned_data.get("datum", ""),
            )
            if found:
                context |= {"found": _panel(found, found_token(found, user)), "alias_form": AliasForm()}
            else:
                form.add_error(None, NOT_FOUND)
    return render(request, "pages/link_account.html", context)


@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Links the account of the token, under the name given."""
    user = logged_in_user(request)
    token = request.POST.get("token", "")
    try:
        found = read_found_token(token, user)
    except FoundAccountExpired:
        messages.warning(request, "Pasó un rato desde la búsqueda. Buscá la cuenta de nuevo.")
        return redirect("link_account")
    form = AliasForm(request.POST)
    if not form.is_valid():
        context = {"form": AccountSearchForm(), "found": _panel(found, token), "alias_form": form}
        return render(request, "pages/link_account.html", context)
    link = link_account(
        user=user,
        account=found.account,
        evidence=found.evidence,
        alias=form.cleaned_data["alias"],
        bill_issued_on=found.bill_issued_on,
    )
    number = format_account_number(link.account.number)
    messages.success(request, f"Vinculaste la cuenta {number}. Para usarla, presioná Gestionar cuenta.")
    return redirect("my_accounts")


def _panel(found: FoundAccount, token: str) -> FoundPanel:
    account = found.account
    masked = found.evidence is LinkEvidence.NUMBER_ONLY
    changed_at = found.changed_at if found.bill_is_of_another_holder else None
    holder = initials(account.holder_name) if masked else account.holder_name
    return FoundPanel(
        number=account.number,
        holder="" if changed_at else holder,
        address=street_without_number(account.service_address) if masked else account.service_address,
        locality=account.locality,
        masked=masked,
        token=token,
        changed_on=local_day(changed_at) if changed_at else None,
    )
