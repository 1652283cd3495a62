"""Stopping the mails with bills from the mail itself: one click of the mail program, or this page and its button."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from adhesions.digital.unsubscribing import adhesion_of_token, unsubscribe


@csrf_exempt  # a mail program sends it, without cookies (RFC 8058); the signed address is the permission
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_from_bills(request: HttpRequest, token: str) -> HttpResponse:
    """Asks, since mail scanners follow links, and on POST ends the adhesion, however often."""
    adhesion = adhesion_of_token(token)
    if adhesion is None:
        raise Http404
    if request.method == "POST":
        unsubscribe(adhesion, now=timezone.now())
        adhesion.refresh_from_db()
    answer = render(request, "adhesions/unsubscribe.html", {"adhesion": adhesion, "account": adhesion.account})
    answer["X-Robots-Tag"] = "noindex"  # its address alone ends the adhesion
    return answer
