"""From whatever number a customer has to the customer."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from oficina.staff.customers.searching import LONGEST, find_customers
from oficina.staff.pages import office_answer, office_page


@office_page("accounts.view_serviceaccount")
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The customer, when what was typed names one; those that it may mean; or what can be searched for."""
    typed = request.GET.get("q", "").strip()
    found = find_customers(typed, may=request.user.has_perm)
    if found.only is not None:
        return HttpResponseRedirect(found.only.address)
    return office_answer(
        request, "office/customers/search.html", title="Buscar un cliente", typed=typed[:LONGEST], found=found
    )
