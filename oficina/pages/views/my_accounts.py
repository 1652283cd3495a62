"""Mis cuentas: the accounts that a person linked, and ending or naming a link."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import logged_in_user, own_link
from accounts.account_numbers import format_account_number
from accounts.linking import rename_link, unlink_account
from oficina.pages.account_forms import AliasForm
from oficina.pages.account_list import PAGE_SIZE, AccountListForm
from oficina.pages.debts import debt_state, debt_totals, links_with_debt
from oficina.shared.dates import today


@require_safe
def my_accounts(request: HttpRequest) -> HttpResponse:
    """The linked accounts with their state of debt, found, filtered, ordered, 25 a page."""
    on = today()
    links = links_with_debt(logged_in_user(request), on)
    form = AccountListForm(request.GET)
    page = Paginator(form.matching(links), PAGE_SIZE).get_page(request.GET.get("pagina"))
    rows = [(link, debt_state(link, on)) for link in page]
    return render(
        request,
        "pages/my_accounts.html",
        {
            "totals": debt_totals(links),
            "form": form,
            "page": page,
            "rows": rows,
            "clear": reverse("my_accounts") if form.is_filtering() else "",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def unlink(request: HttpRequest, ref: str) -> HttpResponse:
    """Asks, and on POST ends the link. A second press finds it ended and says the same."""
    link = get_object_or_404(logged_in_user(request).links.with_account(), public_id=ref)
    if request.method == "POST":
        unlink_account(link)
        number = format_account_number(link.account.number)
        messages.success(request, f"Desvinculaste la cuenta {number}. Podés volver a vincularla cuando quieras.")
        return redirect("my_accounts")
    if link.unlinked_at is not None:
        raise Http404
    question = f"¿Desvincular {link.alias}?" if link.alias else "¿Desvincular esta cuenta?"
    return render(request, "pages/unlink_account.html", {"link": link, "question": question})


@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, ref: str) -> HttpResponse:
    """Asks what the person calls the account, and keeps it."""
    link = own_link(logged_in_user(request), ref)
    form = AliasForm(request.POST or None, initial={"alias": link.alias})
    if request.method == "POST" and form.is_valid():
        rename_link(link, form.cleaned_data["alias"])
        number = format_account_number(link.account.number)
        said = f"Ahora se llama {link.alias}" if link.alias else "Ya no tiene alias"
        messages.success(request, f"Guardamos el cambio de la cuenta {number}. {said}.")
        return redirect("my_accounts")
    return render(request, "pages/rename_link.html", {"link": link, "form": form})
