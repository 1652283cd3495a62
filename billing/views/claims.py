"""Claims: on a bill that seems wrong, the list of them, one of them, and withdrawing it."""

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import managed_link
from accounts.models import AccountLink
from billing.claims.acts import answer_due_date, withdraw_claim
from billing.claims.acts import claim_bill as claim_bill_act
from billing.claims.contested_part import contested_part
from billing.claims.forms import ClaimForm
from billing.claims.history import claims_and_reports
from billing.claims.presentation import claim_state, outcome_sentence
from billing.claims.refusals import AlreadyClaimed, ClaimEnded, VoidInvoiceClaimed
from billing.documents.bill_consumption import bill_consumption
from billing.enums import CLAIM_ANSWERS, ClaimReason, ClaimState, InvoiceStatus, ServiceKind
from billing.models import Claim, Invoice
from billing.pending_bills import pending_bill
from billing.presentation import bill_name, decimal_words, document_name
from oficina.shared.dates import today
from oficina.shared.private_files import DraftGoneError
from oficina.shared.upload_forms import DRAFT_GONE

PAGE_SIZE = 25
_VOID = "Esta factura se anuló: no hay nada que pagar ni que reclamar."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim_bill(request: HttpRequest, ref: str, invoice_id: str) -> HttpResponse:
    """The form in which a customer says what is wrong with a bill; on POST keeps it. One claim at a time."""
    link = managed_link(request, ref)
    loaded = Invoice.objects.of(link).select_related("account").prefetch_related("lines")
    invoice = get_object_or_404(loaded, public_id=invoice_id)
    own = Claim.objects.of(link).open().filter(invoice=invoice).first()
    if own is not None:
        return _see_claim(link, own)
    if invoice.status == InvoiceStatus.VOID:
        return _see_void_bill(request, link, invoice)
    consumption = bill_consumption(invoice)
    unusual = consumption.unusual if consumption else None
    form = _form(request, link, invoice, presumed_wrong=unusual is not None)
    if request.method == "POST":
        answer = _claim(request, link, invoice, form) if form.is_valid() else None
        if answer is not None:
            return answer
        form.hold_attachment()
    context = {
        "link": link,
        "form": form,
        "subject": bill_name(invoice),
        "document": document_name(invoice),
        "unusual": unusual,
        "contested": contested_part(invoice, unusual) if unusual else None,
        "bill": pending_bill(link, invoice_id, on=today()),
        "answer_due_on": answer_due_date(today()),
        "invoice_address": _bill_address(link, invoice),
    }
    return render(request, "billing/claims/form.html", context)


@never_cache
@require_safe
def claims(request: HttpRequest, ref: str) -> HttpResponse:
    """Mis reclamos: what this person claimed and reported about the account in hand, newest first."""
    link = managed_link(request, ref)
    page = Paginator(claims_and_reports(link), PAGE_SIZE).get_page(request.GET.get("pagina"))
    return render(request, "billing/claims/list.html", {"link": link, "page": page})


@never_cache
@require_safe
def claim(request: HttpRequest, ref: str, claim_id: str) -> HttpResponse:
    """One claim of this person: what they said, how it stands, what the office answered."""
    link = managed_link(request, ref)
    shown = _found(link, claim_id)
    context = {
        "link": link,
        "claim": shown,
        "state": claim_state(shown),
        "outcome": outcome_sentence(shown),
        "is_answered": shown.state in CLAIM_ANSWERS,
        "is_late": shown.is_open and shown.answer_due_on < today(),
        "reading": f"{decimal_words(shown.meter_reading)} m³" if shown.meter_reading is not None else "",
        "subject": bill_name(shown.invoice),
        "document": document_name(shown.invoice),
        "bill": pending_bill(link, shown.invoice.public_id, on=today()),
        "invoice_address": _bill_address(link, shown.invoice),
        "withdraw_address": reverse("withdraw_claim", args=[ref, claim_id]),
    }
    return render(request, "billing/claims/claim.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, ref: str, claim_id: str) -> HttpResponse:
    """Asks whether to withdraw the claim; on POST does."""
    link = managed_link(request, ref)
    shown = _found(link, claim_id)
    if request.method == "POST":
        try:
            withdraw_claim(shown, now=timezone.now())
        except ClaimEnded as refusal:
            if refusal.claim.state != ClaimState.WITHDRAWN:  # the second click of two has nothing to add
                messages.warning(request, "Ya lo habíamos respondido: no se retiró.")
        else:
            messages.success(request, "Listo: retiraste el reclamo. La factura queda como está.")
        return _see_claim(link, shown)
    if not shown.is_open:
        return _see_claim(link, shown)
    context = {
        "link": link,
        "claim": shown,
        "subject": bill_name(shown.invoice),
        "claim_address": reverse("claim", args=[ref, claim_id]),
        "withdraw_address": reverse("withdraw_claim", args=[ref, claim_id]),
    }
    return render(request, "billing/claims/withdraw.html", context)


def _form(request: HttpRequest, link: AccountLink, invoice: Invoice, *, presumed_wrong: bool) -> ClaimForm:
    """What the law presumes to be wrong is chosen already."""
    posted = request.method == "POST"
    return ClaimForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        uploader=link.user_id,
        has_meter=invoice.service_kind == ServiceKind.METERED,
        last_read_on=invoice.current_reading_on,
        initial={"reason": ClaimReason.CONSUMPTION} if presumed_wrong else None,
    )


def _claim(request: HttpRequest, link: AccountLink, invoice: Invoice, form: ClaimForm) -> HttpResponse | None:
    """Where the claim leads; None when the form has to say why there is none."""
    try:
        made = claim_bill_act(link, invoice, form.complaint, attachment=form.attached, now=timezone.now())
    except AlreadyClaimed as refusal:  # the second click of two
        return _see_claim(link, refusal.claim)
    except VoidInvoiceClaimed:
        return _see_void_bill(request, link, invoice)
    except DraftGoneError:
        form.add_error("attachment", DRAFT_GONE)
        return None
    messages.success(request, f"Recibimos tu reclamo. Su número es {made.number} y te lo mandamos por mail.")
    return _see_claim(link, made)


def _found(link: AccountLink, claim_id: str) -> Claim:
    loaded = Claim.objects.of(link).select_related("invoice", "attachment").defer("attachment__content")
    return get_object_or_404(loaded, public_id=claim_id)


def _bill_address(link: AccountLink, invoice: Invoice) -> str:
    return reverse("invoice", args=[link.public_id, invoice.public_id])


def _see_void_bill(request: HttpRequest, link: AccountLink, invoice: Invoice) -> HttpResponse:
    messages.info(request, _VOID)
    return HttpResponseRedirect(_bill_address(link, invoice), status=HTTPStatus.SEE_OTHER)


def _see_claim(link: AccountLink, shown: Claim) -> HttpResponse:
    """303: the page of the claim is asked for by GET."""
    address = reverse("claim", args=[link.public_id, shown.public_id])
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
