"""Addresses without an account in them, which lead to the account managed last."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import last_managed_link, logged_in_user
from accounts.account_numbers import digit_count
from oficina.configuration import LinkProof


@require_safe
def short_home(request: HttpRequest) -> HttpResponse:
    """Inicio of the account managed last; without any account, the invitation to link the first one."""
    link = last_managed_link(logged_in_user(request))
    if link is None:
        asks_for_a_bill = settings.UTILITY.link_proof is LinkProof.BILL
        context = {"digit_count": digit_count(), "asks_for_a_bill": asks_for_a_bill}
        return render(request, "pages/no_accounts.html", context)
    return redirect("account_home", ref=link.public_id)


@require_safe
def short_path(request: HttpRequest, *, to: str) -> HttpResponse:
    """The page named `to` of the account managed last; without any account, Mis cuentas."""
    link = last_managed_link(logged_in_user(request))
    return redirect(to, ref=link.public_id) if link else redirect("my_accounts")
