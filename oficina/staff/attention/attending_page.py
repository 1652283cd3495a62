"""An attention at the counter: who came, what can be done for them, and its end with the slip that they take along."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import logged_in_user
from accounts.attending import ATTEND_PERMISSION, AttentionEnded, begin_attention, end_attention, note_step
from accounts.counter_links import LINK_PERMISSION
from accounts.documents import show_document
from accounts.enums import AttentionDeed
from accounts.models import Attention, ServiceAccount
from accounts.phones import show_phone
from billing.models import Receipt
from oficina.shared.dates import today
from oficina.staff.attention.forms import AttentionForm, OutcomeForm, StepForm
from oficina.staff.attention.open_bills import open_bills
from oficina.staff.attention.slip import attention_slip
from oficina.staff.attention.traces import log
from oficina.staff.audit.visits import is_about
from oficina.staff.pages import office_answer, office_page

TILL_PERMISSION = "billing.take_desk_payment"
ENDED = "Esta atención ya terminó: no se le agrega nada. Si la persona volvió, empezá otra."
_RECEIPTS = 6


@require_http_methods(["GET", "HEAD", "POST"])
@office_page(ATTEND_PERMISSION)
def attend(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks who came about the account, and begins to attend them."""
    account = get_object_or_404(ServiceAccount.objects.defer("parcel"), pk=pk)
    is_about(request, account)
    form = AttentionForm(request.POST or None)
    if form.is_valid():
        attention = begin_attention(
            account,
            form.visitor(),
            reason=form.cleaned_data["reason"],
            by=logged_in_user(request),
            key=form.cleaned_data["key"],
            now=timezone.now(),
        )
        log(request, attention, f"Atención empezada: {attention.reason}")
        return see_attention(attention)
    return office_answer(
        request,
        "office/attention/attend.html",
        title=f"Atender por la cuenta {account}",
        account=account,
        holder_document=show_document(account.holder_document),
        form=form,
        back=reverse("office:account", args=[account.pk]),
    )


@require_safe
@office_page(ATTEND_PERMISSION)
def attention(request: HttpRequest, pk: int) -> HttpResponse:
    """Who came, what was done, and what else can be done while it goes on."""
    shown = found_attention(pk)
    is_about(request, shown)
    account, may = shown.account, request.user.has_perm
    is_open = shown.ended_at is None
    return office_answer(
        request,
        "office/attention/attention.html",
        title=f"Atención {shown.number}",
        attention=shown,
        account=account,
        document=show_document(shown.document) if shown.document.isdecimal() else shown.document,
        phone=show_phone(shown.phone),
        steps=list(shown.steps.order_by("pk")),
        bills=open_bills(account, on=today()) if is_open else [],
        receipts=_receipts(account) if is_open else [],
        is_open=is_open,
        may_link=may(LINK_PERMISSION),
        may_take=may(TILL_PERMISSION),
        step_form=StepForm(auto_id="anotar_%s"),
        outcome_form=OutcomeForm(auto_id="terminar_%s"),
    )


@require_POST
@office_page(ATTEND_PERMISSION)
def add_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Writes down something else that was done."""
    shown = found_attention(pk)
    form = StepForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Escribí qué hiciste, en menos de 200 letras.")
        return see_attention(shown)
    return _noted(request, shown, AttentionDeed.OTHER, form.cleaned_data["said"]) or see_attention(shown)


@require_POST
@office_page(TILL_PERMISSION)
def to_the_till(request: HttpRequest, pk: int) -> HttpResponse:
    """On to the till, for the account of the attention."""
    shown = found_attention(pk)
    till = HttpResponseRedirect(reverse("office:take_payment", args=[shown.account_id]))
    return _noted(request, shown, AttentionDeed.TILL, "") or till


@require_POST
@office_page(ATTEND_PERMISSION)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """The person leaves."""
    shown = found_attention(pk)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Es demasiado largo: contá cómo quedó en menos de 1000 letras.")
    elif end_attention(shown, form.cleaned_data["outcome"], now=timezone.now()):
        log(request, shown, "Atención terminada")
        messages.success(request, "La atención terminó. Imprimí la constancia para la persona.")
    return see_attention(shown)


@require_safe
@office_page(ATTEND_PERMISSION)
def slip(request: HttpRequest, pk: int) -> HttpResponse:
    """The slip of an attention as PDF, as it stands."""
    shown = found_attention(pk)
    is_about(request, shown)
    return shown_pdf(attention_slip(shown), f"constancia-{shown.number}.pdf")


def found_attention(pk: int) -> Attention:
    """The attention with this key, with its account and who attends. Raises Http404."""
    return get_object_or_404(Attention.objects.select_related("account", "by").defer("account__parcel"), pk=pk)


def see_attention(shown: Attention) -> HttpResponse:
    """Its page, asked for by GET."""
    return HttpResponseRedirect(reverse("office:attention", args=[shown.pk]))


def shown_pdf(content: bytes, file_name: str) -> HttpResponse:
    """A PDF to look at and print at once."""
    disposition = f'inline; filename="{file_name}"'
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})


def refuse_ended(request: HttpRequest, shown: Attention) -> HttpResponse:
    """Back to the attention, with why nothing was done."""
    messages.warning(request, ENDED)
    return see_attention(shown)


def _noted(request: HttpRequest, shown: Attention, deed: AttentionDeed, said: str) -> HttpResponse | None:
    """None once it is written down; the way back when the attention has ended."""
    try:
        note_step(shown, deed, said, now=timezone.now())
    except AttentionEnded:
        return refuse_ended(request, shown)
    log(request, shown, f"{deed.label} {said}".strip())
    return None


def _receipts(account: ServiceAccount) -> list[Receipt]:
    """Of payments that nobody made from their user: those of others are the payer's alone."""
    receipts = Receipt.objects.filter(payment__account=account, payment__payer=None)
    return list(receipts.select_related("payment").defer("pdf").order_by("-pk")[:_RECEIPTS])
