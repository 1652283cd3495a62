"""Another mail for the digital bill than that of one's user: choosing it, and the code that proves it."""

from http import HTTPStatus

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import logged_in_user, managed_link
from accounts.codes import CODE_MINUTES, CodeRefusedError
from accounts.enums import TermsPurpose
from accounts.forms import AnotherMailForm, MailCodeForm
from accounts.models import AccountLink
from accounts.rates import limited
from accounts.terms import current_terms
from adhesions.digital.forms import ChangeMailForm, JoinForm
from adhesions.digital.joining import join_digital_billing
from adhesions.digital.proving import ask_for_proof, ask_for_proof_of_another, prove_mail, send_another_code
from adhesions.digital.refusals import MailedByAnother
from adhesions.digital.reminding import Reminders
from adhesions.models import DigitalBilling, MailProof
from adhesions.refusals import LinkEnded

WAIT = "Recién te mandamos un código a ese mail. Esperá un poco antes de pedir otro."
TOO_MANY = "Hubo muchos pedidos de código. Esperá un rato y probá de nuevo."
NEW_CODE_SENT = "Te mandamos un código nuevo. El anterior ya no sirve."
TOO_LATE = "Pasó mucho tiempo desde que pediste el código. Elegí el mail de nuevo."
OWN = "Ese es el mail con el que ingresás: no necesita código. Elegilo en Factura digital."
BY_ANOTHER = "Las facturas de esta cuenta ya llegan a {}, por la adhesión de otra persona. No hace falta otra."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_bill_mail(request: HttpRequest, ref: str, adhesion_id: str) -> HttpResponse:
    """To which other mail the person's own adhesion is to go; it goes on as it is until that one is proven."""
    link = managed_link(request, ref)
    own = DigitalBilling.objects.live().of(link).filter(made_by=logged_in_user(request))
    adhesion = get_object_or_404(own, public_id=adhesion_id)
    terms = current_terms(TermsPurpose.DIGITAL_BILL)
    form = ChangeMailForm(request.POST or None, in_force=terms, adhesion=adhesion)
    if form.is_valid():
        reminders = Reminders(before_due=adhesion.reminds_before_due, when_overdue=adhesion.reminds_when_overdue)
        moved = mail_bills_to(request, link, form, reminders)
        if moved is not None:
            return moved
    known = {"link": link, "adhesion": adhesion, "form": form, "terms": terms}
    return render(request, "adhesions/change_bill_mail.html", known)


def mail_bills_to(
    request: HttpRequest, link: AccountLink, form: JoinForm | ChangeMailForm, reminders: Reminders
) -> HttpResponse | None:
    """Adhere with the mail of the form: at once with the person's own, after a code with another. None when the form
    now says why not.
    """
    email = form.cleaned_data["email"] or link.user.email
    terms, ip, now = form.in_force, get_adapter().get_client_ip(request), timezone.now()
    try:
        if email == link.user.email:
            adhesion = join_digital_billing(link, email=email, terms=terms, ip=ip, now=now, reminders=reminders)
            return _joined(request, link, adhesion)
        if _may_mail(request, email):
            proof = ask_for_proof(link, email=email, terms=terms, ip=ip, now=now, reminders=reminders)
            return _to_code(link, proof)
    except LinkEnded:
        raise Http404 from None
    except MailedByAnother:
        form.add_error("email", BY_ANOTHER.format(email))
        return None
    waiting = link.mail_proofs.open(now=now).filter(email=email).order_by("-pk").first()
    if waiting is None:
        form.add_error("email", TOO_MANY)
        return None
    messages.info(request, WAIT)
    return _to_code(link, waiting)


@never_cache
@limited("code")
@require_http_methods(["GET", "HEAD", "POST"])
def prove_bill_mail(request: HttpRequest, ref: str, proof_id: str) -> HttpResponse:
    """The code from the mail; also another code, and another mail."""
    link = managed_link(request, ref)
    proof = get_object_or_404(MailProof.objects.select_related("terms"), link=link, public_id=proof_id)
    proof.link = link  # with its account and its person
    if not proof.is_open(now=timezone.now()):
        if proof.used_at is None:
            messages.info(request, TOO_LATE)
        return _to_window(link)
    action = request.POST.get("action")
    if action == "resend":
        return _resend(request, proof)
    if action == "change":
        return _change(request, proof)
    form = MailCodeForm(request.POST or None)
    return _take_code(request, proof, form) if form.is_valid() else _code_page(request, proof, form)


def _take_code(request: HttpRequest, proof: MailProof, form: MailCodeForm) -> HttpResponse:
    try:
        adhesion = prove_mail(proof, form.cleaned_data["code"], now=timezone.now())
    except CodeRefusedError as refused:
        form.refuse(refused)
        return _code_page(request, proof, form)
    except LinkEnded:
        raise Http404 from None
    except MailedByAnother:
        messages.info(request, BY_ANOTHER.format(proof.email))
        return _to_window(proof.link)
    return _joined(request, proof.link, adhesion)


def _resend(request: HttpRequest, proof: MailProof) -> HttpResponse:
    if _may_mail(request, proof.email):
        send_another_code(proof, now=timezone.now())
        messages.success(request, NEW_CODE_SENT)
    else:
        messages.info(request, WAIT)
    return _to_code(proof.link, proof)


def _change(request: HttpRequest, proof: MailProof) -> HttpResponse:
    form = AnotherMailForm(request.POST)
    if form.is_valid():
        email = form.cleaned_data["email"]
        if email == proof.link.user.email:
            form.add_error("email", OWN)
        elif _may_mail(request, email):
            return _to_code(proof.link, _instead(proof, email))
        else:
            form.add_error("email", TOO_MANY)
    return _code_page(request, proof, MailCodeForm(), form)


def _instead(proof: MailProof, email: str) -> MailProof:
    try:
        return ask_for_proof_of_another(proof, email, now=timezone.now())
    except LinkEnded:
        raise Http404 from None


def _code_page(
    request: HttpRequest, proof: MailProof, form: MailCodeForm, change_form: AnotherMailForm | None = None
) -> HttpResponse:
    known = {
        "link": proof.link,
        "proof": proof,
        "form": form,
        "change_form": change_form or AnotherMailForm(initial={"email": proof.email}),
        "minutes": CODE_MINUTES,
    }
    return render(request, "adhesions/prove_bill_mail.html", known)


def _may_mail(request: HttpRequest, email: str) -> bool:
    """Whether this person may have another code mailed there now: a double click sends one, and nobody floods."""
    return ratelimit.consume(request, action="bill_mail", key=email)


def _joined(request: HttpRequest, link: AccountLink, adhesion: DigitalBilling) -> HttpResponse:
    messages.success(
        request, f"Listo: la cuenta está adherida a Factura digital. Las facturas nuevas llegan a {adhesion.email}."
    )
    return _to("account_home", link.public_id)


def _to_window(link: AccountLink) -> HttpResponse:
    return _to("digital_billing", link.public_id)


def _to_code(link: AccountLink, proof: MailProof) -> HttpResponse:
    return _to("prove_bill_mail", link.public_id, proof.public_id)


def _to(name: str, *args: str) -> HttpResponse:
    """303: what comes next is asked for by GET."""
    return HttpResponseRedirect(reverse(name, args=args), status=HTTPStatus.SEE_OTHER)
