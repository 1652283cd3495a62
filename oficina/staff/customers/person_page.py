"""All that the office knows of a person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import User
from oficina.staff.pages import office_answer, office_page


@office_page("accounts.view_user")
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a person. Raises Http404."""
    shown = get_object_or_404(User, pk=pk)
    return office_answer(request, "office/customers/person.html", title=shown.full_name, person=shown)
