"""Factura digital: the window in which an account adheres or stops, and the question before ending somebody's."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import logged_in_user, managed_link
from accounts.enums import TermsPurpose
from accounts.models import AccountLink
from accounts.terms import current_terms
from adhesions.digital.bouncing import resume_digital_billing
from adhesions.digital.forms import JoinForm, RemindersForm
from adhesions.digital.leaving import leave_digital_billing
from adhesions.digital.reminding import change_reminders
from adhesions.models import DigitalBilling
from adhesions.views.bill_mail import mail_bills_to


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def digital_billing(request: HttpRequest, ref: str) -> HttpResponse:
    """Whether this person has the bills of the account mailed; what it means and the terms, or the way to stop it."""
    link = managed_link(request, ref)
    user = logged_in_user(request)
    terms = current_terms(TermsPurpose.DIGITAL_BILL)
    form = JoinForm(request.POST or None, in_force=terms)
    if form.is_valid():
        answer = mail_bills_to(request, link, form, form.reminders())
        if answer is not None:
            return answer
    live = DigitalBilling.objects.live().of(link).select_related("made_by").order_by("pk")
    mine = next((adhesion for adhesion in live if adhesion.made_by_id == user.pk), None)
    asked = link.mail_proofs.order_by("-pk").first()
    context = {
        "link": link,
        "mail": user.email,
        "mine": mine,
        "unproven": asked if asked and asked.is_open(now=timezone.now()) else None,
        "reminders": RemindersForm.of(mine) if mine else None,
        "others": [adhesion for adhesion in live if adhesion.made_by_id != user.pk],
        "form": form,
        "terms": terms,
    }
    return render(request, "adhesions/digital_billing.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_digital_billing(request: HttpRequest, ref: str, adhesion_id: str) -> HttpResponse:
    """Asks whether to end an adhesion of the account, and on POST ends it. A second press finds it ended."""
    link = managed_link(request, ref)
    found = DigitalBilling.objects.of(link).select_related("made_by")
    adhesion = get_object_or_404(found, public_id=adhesion_id)
    if request.method == "POST":
        leave_digital_billing(adhesion, by=logged_in_user(request), now=timezone.now())
        messages.success(
            request, f"Listo: las facturas de la cuenta ya no llegan a {adhesion.email}. Te mandamos la constancia."
        )
        return _to_inicio(link)
    if adhesion.ended_at is not None:
        raise Http404
    return render(request, "adhesions/cancel_digital_billing.html", {"link": link, "adhesion": adhesion})


@never_cache
@require_POST
def change_bill_reminders(request: HttpRequest, ref: str, adhesion_id: str) -> HttpResponse:
    """What the person's own adhesion reminds them of, as ticked; then the window again."""
    link = managed_link(request, ref)
    adhesion = _own(request, link, adhesion_id)
    form = RemindersForm(request.POST)
    if not form.is_valid() or not change_reminders(adhesion, form.reminders()):
        raise Http404
    messages.success(request, "Listo: guardamos qué avisos querés recibir.")
    return _to_window(link)


@never_cache
@require_POST
def resume(request: HttpRequest, ref: str, adhesion_id: str) -> HttpResponse:
    """The person says that their mail works again; then the window, which says so. A second press changes nothing."""
    link = managed_link(request, ref)
    adhesion = _own(request, link, adhesion_id)
    if resume_digital_billing(adhesion, now=timezone.now()):
        messages.success(request, f"Listo: las facturas nuevas llegan otra vez a {adhesion.email}.")
    return _to_window(link)


def _own(request: HttpRequest, link: AccountLink, adhesion_id: str) -> DigitalBilling:
    own = DigitalBilling.objects.of(link).filter(made_by=logged_in_user(request))
    return get_object_or_404(own, public_id=adhesion_id)


def _to_window(link: AccountLink) -> HttpResponse:
    return HttpResponseRedirect(reverse("digital_billing", args=[link.public_id]), status=HTTPStatus.SEE_OTHER)


def _to_inicio(link: AccountLink) -> HttpResponse:
    """303: Inicio, where the mark shows it, is asked for by GET."""
    return HttpResponseRedirect(reverse("account_home", args=[link.public_id]), status=HTTPStatus.SEE_OTHER)
