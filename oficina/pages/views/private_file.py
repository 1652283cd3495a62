"""A file that somebody attached: for themselves, and for those of the office who may see such files."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from accounts.access import logged_in_user
from accounts.second_factor_proof import acts_for_office
from oficina.shared.models import PrivateFile
from oficina.shared.private_files import FILE_POLICY, file_response

PERMISSION = "shared.view_privatefile"


@never_cache
@csp_override(FILE_POLICY)
@require_safe
def private_file(request: HttpRequest, file_id: str) -> HttpResponse:
    """The file as it was kept. What somebody else attached is not found, whatever it belongs to."""
    user = logged_in_user(request)
    seen = Q(uploaded_by=user)
    if acts_for_office(request) and user.has_perm(PERMISSION):
        seen |= Q(kept_at__isnull=False)
    return file_response(get_object_or_404(PrivateFile.objects.filter(seen), public_id=file_id))
