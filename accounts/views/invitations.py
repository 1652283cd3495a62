"""Linking the account to which somebody was invited at the counter."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import logged_in_user
from accounts.counter_links import (
    AccountIsClosed,
    CannotAct,
    InvitationGone,
    InvitationOfAnother,
    invitation_for,
    use_invitation,
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Which account it is, and a button that links it. Whoever has no user registers on the way here."""
    user = logged_in_user(request)
    try:
        if request.method == "POST":
            link = use_invitation(token, user, now=timezone.now())
            messages.success(request, "Listo: vinculaste la cuenta. Ya podés ver y pagar sus facturas.")
            address = reverse("account_home", args=[link.public_id])
            return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
        invitation = invitation_for(token, user, now=timezone.now())
    except (InvitationGone, InvitationOfAnother, AccountIsClosed, CannotAct) as refusal:
        is_other = isinstance(refusal, InvitationOfAnother)
        return render(request, "accounts/invitation_gone.html", {"is_of_another": is_other}, status=HTTPStatus.GONE)
    return render(request, "accounts/invitation.html", {"account": invitation.account, "token": token})
