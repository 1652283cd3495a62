"""Linking an account for whoever shows their document: to their user, or by an invitation to their mail."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import logged_in_user
from accounts.attending import AttentionEnded, note_step
from accounts.counter_links import (
    LINK_PERMISSION,
    AccountIsClosed,
    AlreadyLinked,
    CannotAct,
    NotTheHolder,
    invite_to_link,
    is_holders_document,
    link_at_counter,
)
from accounts.documents import show_document
from accounts.enums import AttentionDeed
from accounts.models import Attention, ServiceAccount, User
from oficina.shared.office.act_pages import Step, as_asked, step_of
from oficina.staff.attention.forms import CounterLinkForm
from oficina.staff.attention.traces import log
from oficina.staff.audit.visits import is_about
from oficina.staff.pages import office_answer, office_page

NOT_HOLDER = (
    "Ese documento no es el del titular de la cuenta. Elegí qué relación tiene con el titular y escribí el motivo."
)
CLOSED = "La cuenta está de baja: no se vincula."
CANNOT = "Ese mail es de alguien de la oficina o de un usuario que no puede ingresar: no se vincula."


@require_http_methods(["GET", "HEAD", "POST"])
@office_page(LINK_PERMISSION)
def link_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """The form, the question that says what will happen, and the act."""
    account = get_object_or_404(ServiceAccount.objects.defer("parcel"), pk=pk)
    is_about(request, account)
    attention = _attention(request, account)
    form = CounterLinkForm(request.POST or None, initial=_seen_before(attention))
    step = step_of(request)
    context: dict[str, object] = {}
    if form.is_valid() and step is not Step.FILL:
        shown = form.shown()
        is_holders = is_holders_document(shown.document, account)
        if shown.relation == "holder" and not is_holders:
            form.add_error("document", NOT_HOLDER)
        elif step is Step.DO and (done := _link(request, account, form, attention)):
            return done
        elif step is Step.ASK:
            person = User.objects.filter(email=form.cleaned_data["email"]).first()
            context = {"asks": True, "person": person, "is_holders": is_holders, "shown": shown}
            context |= {"differs": bool(person and person.document and person.document != shown.document)}
            as_asked(form)
    return office_answer(
        request,
        "office/attention/link.html",
        title=f"Vincular la cuenta {account}",
        account=account,
        attention=attention,
        holder_document=show_document(account.holder_document),
        form=form,
        confirm="Sí, vincular" if context.get("person") else "Sí, mandar la invitación",
        back=_back(account, attention),
        **context,
    )


def _link(
    request: HttpRequest, account: ServiceAccount, form: CounterLinkForm, attention: Attention | None
) -> HttpResponse | None:
    """Where it leads once done; None when the form has to say why it was not."""
    by, now, email, shown = logged_in_user(request), timezone.now(), form.cleaned_data["email"], form.shown()
    person = User.objects.filter(email=email).first()
    try:
        if person is None:
            invitation = invite_to_link(account, email, shown, by=by, now=now)
            log(request, invitation, f"Invitación enviada: cuenta {account}, {shown.relation.label.lower()}")
            _note(attention, AttentionDeed.INVITED, f"A {email}, por siete días")
            messages.success(request, f"Le mandamos la invitación a {email}. Sirve siete días, una sola vez.")
        else:
            link = link_at_counter(account, person, shown, by=by, now=now)
            log(request, link, f"Vinculada en el mostrador: {shown.relation.label.lower()}")
            _note(attention, AttentionDeed.LINKED, f"A {person.full_name}, {email}")
            messages.success(request, f"{person.full_name} ya tiene vinculada la cuenta. Se lo avisamos por mail.")
    except AlreadyLinked:
        messages.warning(request, "Esa persona ya tiene vinculada la cuenta: no hizo falta hacer nada.")
    except (AccountIsClosed, CannotAct, NotTheHolder) as refusal:
        words = {AccountIsClosed: CLOSED, CannotAct: CANNOT, NotTheHolder: NOT_HOLDER}
        form.add_error(None, words[type(refusal)])
        return None
    return HttpResponseRedirect(_back(account, attention))


def _note(attention: Attention | None, deed: AttentionDeed, said: str) -> None:
    """In the attention, unless it ended meanwhile: the link stands either way, with what was seen."""
    if attention is not None:
        try:
            note_step(attention, deed, said, now=timezone.now())
        except AttentionEnded:
            return


def _attention(request: HttpRequest, account: ServiceAccount) -> Attention | None:
    """The attention in which this is done, if there is one that goes on."""
    typed = request.GET.get("atencion", "")
    known = typed.isdecimal() and len(typed) < 19
    return Attention.objects.open().filter(pk=int(typed), account=account).first() if known else None


def _seen_before(attention: Attention | None) -> dict[str, str]:
    """What was written down when the attention began."""
    if attention is None:
        return {}
    return {name: getattr(attention, name) for name in ("document_kind", "document", "relation")}


def _back(account: ServiceAccount, attention: Attention | None) -> str:
    if attention is None:
        return reverse("office:account", args=[account.pk])
    return reverse("office:attention", args=[attention.pk])
