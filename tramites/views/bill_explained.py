"""Información útil: each kind of bill as it is printed, with what every part of it means."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from billing.enums import ServiceKind
from tramites.bill_explained.callouts import RADIUS, callouts_of
from tramites.bill_explained.drawing import explained_bill
from tramites.views.base import base_of

_KINDS = {"con-medidor": ServiceKind.METERED, "cuota-fija": ServiceKind.FLAT_RATE}
_LABELS = {"con-medidor": "Con medidor", "cuota-fija": "Cuota fija"}
_A_YEAR = 365 * 24 * 3600


@login_not_required
@require_safe
def useful_information(request: HttpRequest) -> HttpResponse:
    """The bill that most people get."""
    return bill_explained(request, next(iter(_KINDS)))


@login_not_required
@require_safe
def bill_explained(request: HttpRequest, kind: str) -> HttpResponse:
    """A kind of bill with its numbers, and what each says."""
    bill = explained_bill(_known(kind))
    picture = bill.picture()
    context = {
        "kind": kind,
        "kind_label": _LABELS[kind],
        "kinds": _LABELS.items(),
        "bill": bill,
        "picture": picture,
        "width": f"{picture.width:.0f}",
        "height": f"{picture.height:.0f}",
        "radius": RADIUS,
        "callouts": callouts_of(bill, picture, at=timezone.now()),
        "base": base_of(request),
    }
    return render(request, "tramites/bill_explained.html", context)


@login_not_required
@require_safe
def bill_picture(request: HttpRequest, kind: str, digest: str) -> HttpResponse:  # noqa: ARG001  Django passes it
    """The picture of a specimen. Another digest is of a bill that is no longer printed so, and leads to today's."""
    bill = explained_bill(_known(kind))
    if digest != bill.digest:
        return redirect("bill_picture", kind=kind, digest=bill.digest)
    answer = HttpResponse(bill.picture().png, content_type="image/png")
    patch_cache_control(answer, public=True, max_age=_A_YEAR, immutable=True)
    return answer


def _known(kind: str) -> ServiceKind:
    if kind not in _KINDS:
        raise Http404
    return _KINDS[kind]
