"""BAJA: ending an adhesion or the whole user without logging in, by a code that is mailed (Disposición 954/2025)."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.logout import logout
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.codes import CODE_MINUTES, CodeRefusedError
from accounts.forms import MailCodeForm
from accounts.models import User, Withdrawal
from oficina.pages.withdrawals.ending import USER, NothingToEndError, ToEnd, things_to_end, withdraw
from oficina.pages.withdrawals.forms import WithdrawalForm
from oficina.pages.withdrawals.pending import (
    PendingWithdrawal,
    TooManyMailsError,
    begin_withdrawal,
    forget_withdrawal,
    mail_another_code,
    prove_mail,
)

WAIT = "Recién te mandamos un código. Esperá unos segundos y probá de nuevo."
START_AGAIN = "Pasó mucho tiempo o hubo muchos pedidos. Escribí tu mail de nuevo."
NEW_CODE_SENT = "Te mandamos un código nuevo. El anterior ya no sirve."
CHOOSE = "Elegí al menos una cosa."

_RECEIPT = "withdrawal_receipt"


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdrawal(request: HttpRequest) -> HttpResponse:
    """What to end, and the mail. Whatever the mail is, the answer is the same."""
    known = {"email": request.user.email} if isinstance(request.user, User) else {}
    form = WithdrawalForm(request.POST or None, initial=known)
    if form.is_valid():
        email = form.cleaned_data["email"]
        if _may_mail(request, email):
            begin_withdrawal(request, email=email, kind=form.cleaned_data["kind"])
        else:
            messages.info(request, WAIT)
        return redirect("withdrawal_code")
    return render(request, "pages/withdrawal.html", {"form": form, "minutes": CODE_MINUTES})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdrawal_code(request: HttpRequest) -> HttpResponse:
    """The code from the mail; also another code."""
    pending = PendingWithdrawal.of(request)
    if pending is None:
        return redirect("withdrawal")
    if request.POST.get("action") == "resend":
        return _mail_again(request, pending)
    form = MailCodeForm(request.POST or None)
    if form.is_valid():
        try:
            prove_mail(request, pending, form.cleaned_data["code"])
        except CodeRefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("choose_withdrawal")
    known = {"form": form, "email": pending.email, "minutes": CODE_MINUTES}
    return render(request, "pages/withdrawal_code.html", known)


@login_not_required
@never_cache
@require_safe
def choose_withdrawal(request: HttpRequest) -> HttpResponse:
    """What the person has, to choose from; what they came for is marked."""
    pending = _proven(request)
    if pending is None:
        return redirect("withdrawal")
    things = [(thing, thing.kind == pending.kind) for thing in things_to_end(pending.email)]
    return render(request, "pages/choose_withdrawal.html", {"things": things, "email": pending.email})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_withdrawal(request: HttpRequest) -> HttpResponse:
    """The question; and on POST what was chosen ends. A second press finds it done."""
    pending = _proven(request)
    if pending is None:
        return redirect("withdrawal_receipt" if _RECEIPT in request.session else "withdrawal")
    keys = set(request.GET.getlist("que"))
    chosen = [thing for thing in things_to_end(pending.email) if thing.key in keys]
    if not chosen:
        messages.error(request, CHOOSE)
        return redirect("choose_withdrawal")
    if request.method == "POST":
        return _end(request, pending, chosen)
    return render(request, "pages/confirm_withdrawal.html", {"chosen": chosen, "closes": USER in keys})


@login_not_required
@never_cache
@require_safe
def withdrawal_receipt(request: HttpRequest) -> HttpResponse:
    """The receipt of what this browser ended last, to print."""
    kept = request.session.get(_RECEIPT)
    if kept is None:
        return redirect("withdrawal")
    receipt = Withdrawal.objects.get(pk=kept["pk"])
    return render(request, "pages/withdrawal_receipt.html", {"withdrawal": receipt, "email": kept["email"]})


def _end(request: HttpRequest, pending: PendingWithdrawal, chosen: list[ToEnd]) -> HttpResponse:
    ip = get_adapter().get_client_ip(request)
    closed = next((thing.subject for thing in chosen if isinstance(thing.subject, User)), None)
    try:
        receipt = withdraw(pending.email, {thing.key for thing in chosen}, ip=ip, now=timezone.now())
    except NothingToEndError:
        return redirect("withdrawal_receipt")
    if closed is not None and closed == request.user:
        logout(request, show_message=False)
    forget_withdrawal(request)
    request.session[_RECEIPT] = {"pk": receipt.pk, "email": pending.email}
    return redirect("withdrawal_receipt")


def _proven(request: HttpRequest) -> PendingWithdrawal | None:
    pending = PendingWithdrawal.of(request)
    return pending if pending is not None and pending.is_proven else None


def _mail_again(request: HttpRequest, pending: PendingWithdrawal) -> HttpResponse:
    if not _may_mail(request, pending.email):
        messages.info(request, WAIT)
        return redirect("withdrawal_code")
    try:
        mail_another_code(request, pending)
    except TooManyMailsError:
        forget_withdrawal(request)
        messages.error(request, START_AGAIN)
        return redirect("withdrawal")
    messages.success(request, NEW_CODE_SENT)
    return redirect("withdrawal_code")


def _may_mail(request: HttpRequest, email: str) -> bool:
    """Whether this mail may get another code now: a double click sends one, and nobody's mailbox is flooded."""
    return ratelimit.consume(request, action="withdrawal_mail", key=email)
