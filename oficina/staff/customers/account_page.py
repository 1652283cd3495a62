"""All that the office knows of an account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import ServiceAccount
from oficina.staff.pages import office_answer, office_page


@office_page("accounts.view_serviceaccount")
@require_safe
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of an account. Raises Http404."""
    shown = get_object_or_404(ServiceAccount.objects.defer("parcel"), pk=pk)
    return office_answer(request, "office/customers/account.html", title=f"Cuenta {shown}", account=shown)
