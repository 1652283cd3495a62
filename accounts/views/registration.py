"""Registering: the data, then the code that proves the mail."""

from typing import cast

from allauth.account.adapter import get_adapter
from allauth.account.utils import complete_signup, get_next_redirect_url
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.codes import CODE_MINUTES, CodeRefusedError
from accounts.enums import TermsPurpose
from accounts.forms import AnotherMailForm, MailCodeForm, RegistrationForm
from accounts.rates import limited
from accounts.registration import (
    MailTakenError,
    PendingRegistration,
    TooManyMailsError,
    change_mail,
    confirm_registration,
    forget_registration,
    resend_code,
    start_registration,
)
from accounts.terms import current_terms

WAIT = "Recién te mandamos un código. Esperá unos segundos y probá de nuevo."
START_AGAIN = "Pasó mucho tiempo o hubo muchos pedidos. Cargá tus datos de nuevo."
TAKEN = "Ya hay un usuario con ese mail. Ingresá con tu contraseña."
NEW_CODE_SENT = "Te mandamos un código nuevo. El anterior ya no sirve."


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@limited("signup")
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """The data of a new person. Whether the mail is registered already, the answer is the same."""
    if request.user.is_authenticated:
        return redirect("home")
    terms = current_terms(TermsPurpose.REGISTRATION)
    form = RegistrationForm(request.POST or None, in_force=terms)
    next_url = get_next_redirect_url(request) or ""
    if form.is_valid():
        if not _may_mail(request, form.cleaned_data["email"]):
            messages.info(request, WAIT)
            return redirect("registration_code")
        start_registration(
            request,
            data=form.profile(),
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
            terms=terms,
            next_url=next_url,
        )
        return redirect("registration_code")
    return render(request, "accounts/register.html", {"form": form, "next": next_url, "minutes": CODE_MINUTES})


@login_not_required
@never_cache
@limited("code")
@require_http_methods(["GET", "HEAD", "POST"])
def registration_code(request: HttpRequest) -> HttpResponse:
    """The code from the mail; also another code, and another mail."""
    pending = PendingRegistration.of(request)
    if request.user.is_authenticated or pending is None:
        return redirect("home" if request.user.is_authenticated else "account_signup")
    action = request.POST.get("action")
    if action in {"resend", "change"}:
        return _mail_again(request, pending, change=action == "change")
    form = MailCodeForm(request.POST or None)
    if form.is_valid():
        return _take_code(request, pending, form)
    return _code_page(request, pending, form, AnotherMailForm(initial={"email": pending.email}))


def _take_code(request: HttpRequest, pending: PendingRegistration, form: MailCodeForm) -> HttpResponse:
    ip = get_adapter().get_client_ip(request)
    try:
        user = confirm_registration(request, pending, form.cleaned_data["code"], ip=ip)
    except CodeRefusedError as refused:
        form.refuse(refused)
        return _code_page(request, pending, form, AnotherMailForm(initial={"email": pending.email}))
    except MailTakenError:
        messages.error(request, TAKEN)
        return redirect("account_login")
    messages.success(request, f"Listo, {user.first_name}: ya tenés tu usuario.")
    # allauth's own login, so that the session is listed, and noticed, as any other.
    return cast(
        "HttpResponse", complete_signup(request, user, email_verification=None, success_url=pending.next_url or None)
    )


def _mail_again(request: HttpRequest, pending: PendingRegistration, *, change: bool) -> HttpResponse:
    form = AnotherMailForm(request.POST if change else None, initial={"email": pending.email})
    if change and not form.is_valid():
        return _code_page(request, pending, MailCodeForm(), form)
    email = form.cleaned_data["email"] if change else pending.email
    if not _may_mail(request, email):
        messages.info(request, WAIT)
        return redirect("registration_code")
    try:
        if change:
            change_mail(request, pending, email)
        else:
            resend_code(request, pending)
    except TooManyMailsError:
        forget_registration(request)
        messages.error(request, START_AGAIN)
        return redirect("account_signup")
    messages.success(request, NEW_CODE_SENT)
    return redirect("registration_code")


def _code_page(
    request: HttpRequest, pending: PendingRegistration, form: MailCodeForm, change_form: AnotherMailForm
) -> HttpResponse:
    known = {"form": form, "change_form": change_form, "email": pending.email, "minutes": CODE_MINUTES}
    return render(request, "accounts/registration_code.html", known)


def _may_mail(request: HttpRequest, email: str) -> bool:
    """Whether this mail may get another code now: a double click sends one, and nobody's mailbox is flooded."""
    return ratelimit.consume(request, action="registration_mail", key=email)
