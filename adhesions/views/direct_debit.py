"""Débito automático: the window in which an account adheres, how its adhesion stands, and the questions before ending
it or stopping one debit.
"""

from datetime import datetime
from http import HTTPStatus

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.access import logged_in_user, managed_link
from accounts.enums import TermsPurpose
from accounts.models import AccountLink
from accounts.terms import current_terms
from adhesions.debit.forms import MandateForm
from adhesions.debit.history import debit_row, debits_shown, left_out_words
from adhesions.debit.mandates import Consent, give_bank_mandate, leave_direct_debit
from adhesions.debit.presentation import means_words
from adhesions.debit.refusals import AlreadyDebited, TooLateToStop
from adhesions.debit.stopping import may_be_stopped, stop_debit
from adhesions.enums import DebitMeans, DebitState
from adhesions.models import DirectDebit, ScheduledDebit
from adhesions.refusals import LinkEnded
from adhesions.views.card_setup import leave_to_save_card
from billing.gateway.errors import ProviderUnavailableError
from billing.presentation import bill_name
from oficina.shared.dates import short_date
from oficina.shared.money import pesos

PAGE_SIZE = 25


@never_cache
@sensitive_post_parameters("cbu", "holder_document")
@require_http_methods(["GET", "HEAD", "POST"])
def direct_debit(request: HttpRequest, ref: str) -> HttpResponse:
    """Whether the bills of the account are debited, from where and when next; or the way to have them debited."""
    link = managed_link(request, ref)
    terms = current_terms(TermsPurpose.DIRECT_DEBIT)
    chosen = DebitMeans.CARD if request.GET.get("medio") == "tarjeta" else DebitMeans.BANK
    form = MandateForm(request.POST or None, in_force=terms, initial={"means": chosen})
    answer = _join(request, link, form) if form.is_valid() else None
    if answer is not None:
        return answer
    now = timezone.now()
    mandate = DirectDebit.objects.live().of(link).select_related("made_by").defer("cbu", "holder_document").first()
    page = Paginator(debits_shown(link), PAGE_SIZE).get_page(request.GET.get("pagina"))
    context = {
        "link": link,
        "mandate": mandate,
        "means": means_words(mandate) if mandate else "",
        "left_out": left_out_words(mandate) if mandate else "",
        "mine": mandate is not None and mandate.made_by_id == link.user_id,
        "next": _next_debit(mandate, link, now) if mandate else None,
        "form": form,
        "terms": terms,
        "page": page,
        "rows": [debit_row(debit, link, now=now) for debit in page],
    }
    return render(request, "adhesions/direct_debit.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_direct_debit(request: HttpRequest, ref: str, mandate_id: str) -> HttpResponse:
    """Asks whether to end the adhesion of the account, and on POST ends it. A second press finds it ended."""
    link = managed_link(request, ref)
    found = DirectDebit.objects.of(link).select_related("made_by").defer("cbu", "holder_document")
    mandate = get_object_or_404(found, public_id=mandate_id)
    if request.method == "POST":
        leave_direct_debit(mandate, by=logged_in_user(request), now=timezone.now())
        told = "Te mandamos" if mandate.made_by_id == link.user_id else f"Le mandamos a {mandate.made_by.full_name}"
        messages.success(request, f"Listo: las facturas de la cuenta ya no se debitan. {told} la constancia.")
        return _see("account_home", link)
    if mandate.ended_at is not None:
        raise Http404
    context = {
        "link": link,
        "mandate": mandate,
        "means": means_words(mandate),
        "mine": mandate.made_by_id == link.user_id,
        "under_way": mandate.scheduled.filter(state=DebitState.UNDER_WAY).exists(),
    }
    return render(request, "adhesions/cancel_direct_debit.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_one_debit(request: HttpRequest, ref: str, debit_id: str) -> HttpResponse:
    """Asks whoever gave the mandate whether to stop one of its debits, and on POST stops it, until a day before."""
    link = managed_link(request, ref)
    own = ScheduledDebit.objects.filter(mandate__account=link.account_id, mandate__made_by=link.user_id)
    found = own.select_related("mandate", "invoice").defer("mandate__cbu", "mandate__holder_document")
    debit = get_object_or_404(found, public_id=debit_id)
    if request.method == "POST":
        return _stop(request, link, debit)
    if not may_be_stopped(debit, now=timezone.now()):
        return _too_late(request, link, debit)
    return render(
        request, "adhesions/stop_debit.html", {"link": link, "debit": debit, "bill": bill_name(debit.invoice)}
    )


def _join(request: HttpRequest, link: AccountLink, form: MandateForm) -> HttpResponse | None:
    """Inicio once the account is adhered, the provider's page to save a card, or None: the form has to say why not."""
    consent = Consent(terms=form.in_force, ip=get_adapter().get_client_ip(request), cap=form.cleaned_data["cap"])
    try:
        return leave_to_save_card(link, consent) if form.is_by_card else _give(request, link, form, consent)
    except LinkEnded:
        raise Http404 from None
    except AlreadyDebited as refusal:
        return _already_debited(request, link, refusal.mandate)
    except ProviderUnavailableError:
        form.add_error(None, "La plataforma de pago no responde. Probá de nuevo en unos minutos.")
        return None


def _give(request: HttpRequest, link: AccountLink, form: MandateForm, consent: Consent) -> HttpResponse:
    given = form.cleaned_data
    try:
        mandate = give_bank_mandate(link, given["cbu"], given["holder_document"], consent, now=timezone.now())
    except AlreadyDebited as refusal:
        if not _is_as_asked(refusal.mandate, link, form):
            raise
        mandate = refusal.mandate
    messages.success(request, f"Listo: la cuenta está adherida al débito automático. {_what_comes(mandate)}")
    return _see("account_home", link)


def _is_as_asked(mandate: DirectDebit, link: AccountLink, form: MandateForm) -> bool:
    """Whether the mandate that holds is what this form gave when it was sent a moment ago, by a double press."""
    given = form.cleaned_data
    asked = (link.user_id, given["cbu"][:3], given["cbu"][-4:], given["holder_document"], given["cap"])
    return asked == (mandate.made_by_id, mandate.bank_code, mandate.last4, mandate.holder_document, mandate.cap)


def _already_debited(request: HttpRequest, link: AccountLink, mandate: DirectDebit) -> HttpResponse:
    who = "vos" if mandate.made_by_id == link.user_id else mandate.made_by.full_name
    messages.warning(
        request,
        f"No hicimos una adhesión nueva: la cuenta ya está adherida al débito automático. La adhirió {who}.",
    )
    return _see("direct_debit", link)


def _what_comes(mandate: DirectDebit) -> str:
    """The first debit, and that there are bills to be paid all the same."""
    first = mandate.scheduled.filter(state=DebitState.ANNOUNCED).order_by("debit_on", "pk").first()
    debit = (
        f"El primer débito es el {short_date(first.debit_on)}, de {pesos(first.amount)}."
        if first
        else "Te avisamos el importe y la fecha antes de cada débito."
    )
    return f"{debit} {left_out_words(mandate)}".strip()


def _next_debit(mandate: DirectDebit, link: AccountLink, now: datetime) -> dict[str, object] | None:
    """The debit that takes money next, and on which local date."""
    upcoming = debits_shown(link).filter(mandate=mandate, try_on__isnull=False).order_by("try_on", "pk").first()
    if upcoming is None:
        return None
    return {"day": upcoming.try_on, "row": debit_row(upcoming, link, now=now)}


def _stop(request: HttpRequest, link: AccountLink, debit: ScheduledDebit) -> HttpResponse:
    try:
        stop_debit(debit, now=timezone.now())
    except TooLateToStop as refusal:
        return _too_late(request, link, refusal.debit)
    messages.success(
        request,
        f"Listo: no debitamos {pesos(debit.amount)} el {short_date(debit.debit_on)}. Pagá esa factura por otro medio; "
        "la adhesión sigue para las próximas.",
    )
    return _see("direct_debit", link)


def _too_late(request: HttpRequest, link: AccountLink, debit: ScheduledDebit) -> HttpResponse:
    why = (
        "falta menos de un día. Si no lo querés, pedile a tu banco que lo frene o lo devuelva"
        if debit.state == DebitState.ANNOUNCED
        else "ya está en curso o terminó"
    )
    messages.warning(request, f"Ese débito ya no se puede frenar: {why}.")
    return _see("direct_debit", link)


def _see(url_name: str, link: AccountLink) -> HttpResponse:
    """303: the page that shows it is asked for by GET."""
    return HttpResponseRedirect(reverse(url_name, args=[link.public_id]), status=HTTPStatus.SEE_OTHER)
