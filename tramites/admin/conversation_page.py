"""The page on which the office reads and answers one conversation."""

from typing import Any, cast

from django import forms
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.models import User
from accounts.office_people import office_people_who_may
from oficina.shared.office.act_pages import ActForm, act_page, record_address, record_to_act_on
from oficina.shared.private_files import DraftGoneError
from oficina.shared.upload_forms import DRAFT_GONE, HINT, UploadField
from tramites.chat.answering import answer_customer
from tramites.chat.forms import TOO_LONG, KeyField, MessageField, MessageForm
from tramites.chat.presentation import Side, first_shown, shown_messages
from tramites.chat.reading import office_read
from tramites.chat.refusals import NotAsked, UserGone
from tramites.enums import ConversationState
from tramites.models import LONGEST_MESSAGE, CannedAnswer, Conversation

PERMISSION = "tramites.answer_conversation"

_INSERT = "insertar"


class OfficeMessageForm(MessageForm, ActForm):
    """An answer, which may begin with one that was prepared."""

    body = MessageField(
        label="Respuesta", required=False, max_length=LONGEST_MESSAGE, error_messages={"max_length": TOO_LONG}
    )
    attachment = UploadField(label="Adjuntar una foto o un PDF", required=False, help_text=HINT)
    canned = forms.ModelChoiceField(
        CannedAnswer.objects.order_by("position", "title"),
        label="Respuesta preparada",
        required=False,
        empty_label="Elegí una",
        error_messages={"invalid_choice": "Esa respuesta ya no está."},
    )

    key = KeyField()

    field_order = ("canned", "body", "attachment")


def show(listed: ModelAdmin[Conversation], request: HttpRequest, object_id: str) -> HttpResponse:
    """The conversation, and for whoever may answer it the form and the buttons. Marks it read for the office."""
    found = _found(listed, request, object_id)
    return _page(listed, request, found, OfficeMessageForm(uploader=request.user.pk))


def answer(listed: ModelAdmin[Conversation], request: HttpRequest, pk: int) -> HttpResponse:
    """Sends an answer; or puts a prepared one into the form, to be changed before it is sent."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    found = record_to_act_on(listed, request, pk, PERMISSION)
    form = OfficeMessageForm(request.POST, request.FILES, uploader=request.user.pk)
    is_valid = form.is_valid()
    if _INSERT in request.POST:
        return _page(listed, request, found, _with_canned(form, request.user.pk))
    if is_valid and _send(request, found, form):
        return HttpResponseRedirect(record_address(found))
    form.hold_attachment()
    return _page(listed, request, found, form)


def news(listed: ModelAdmin[Conversation], request: HttpRequest, pk: int) -> HttpResponse:
    """The messages after the one that the page has; 204 when there are none."""
    found = _found(listed, request, str(pk))
    typed = request.GET.get("desde", "")
    after = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0
    if found.said <= after:
        return HttpResponse(status=204)
    shown = shown_messages(found, Side.OFFICE, after=after, read=found.read_by_office, at=timezone.now())
    _mark_read(request, found, up_to=shown[-1].number)
    return render(request, "admin/conversation_messages.html", {"messages_shown": shown})


def _found(listed: ModelAdmin[Conversation], request: HttpRequest, object_id: str) -> Conversation:
    if not object_id.isdecimal():
        raise Http404
    conversations = listed.get_queryset(request).select_related("user", "assigned_to", "account")
    found = get_object_or_404(conversations.defer("account__parcel"), pk=object_id)
    if not listed.has_view_permission(request, found):
        raise PermissionDenied
    return found


def _send(request: HttpRequest, found: Conversation, form: OfficeMessageForm) -> bool:
    """Whether it was sent; when not, the form says why."""
    try:
        answer_customer(found, form.words, by=cast("User", request.user), now=timezone.now())
    except DraftGoneError:
        form.add_error("attachment", DRAFT_GONE)
    except NotAsked:
        form.add_error(None, "El cliente todavía habla con el asistente: no pidió una persona.")
    except UserGone:
        form.add_error(None, "El cliente cerró su usuario: nadie leería la respuesta.")
    else:
        return True
    return False


def _mark_read(request: HttpRequest, found: Conversation, *, up_to: int) -> None:
    """For whoever answers: what somebody only looked at still waits for an answer."""
    if request.user.has_perm(PERMISSION):
        office_read(found, up_to=up_to)


def _with_canned(form: OfficeMessageForm, uploader: int | None) -> OfficeMessageForm:
    """A form that begins with what was typed and goes on with the prepared answer; what was attached stays."""
    form.hold_attachment()
    canned: CannedAnswer | None = form.cleaned_data.get("canned")
    typed = form.data.get("body", "").rstrip()
    body = "\n".join(filter(None, [typed, canned.body if canned else ""]))
    kept = form["attachment_kept"].value()
    shown = OfficeMessageForm(uploader=uploader, initial={"body": body, "attachment_kept": kept})
    shown.fields["attachment"].help_text = form["attachment"].help_text
    return shown


def _page(
    listed: ModelAdmin[Conversation], request: HttpRequest, found: Conversation, form: OfficeMessageForm
) -> HttpResponse:
    may_answer = request.user.has_perm(PERMISSION)
    after = first_shown(found, all_of_them="todos" in request.GET)
    shown = shown_messages(found, Side.OFFICE, after=after, read=found.read_by_office, at=timezone.now())
    _mark_read(request, found, up_to=found.said)
    context: dict[str, Any] = {
        "title": f"Conversación {found.pk}",
        "messages_shown": shown,
        "earlier": after,
        "seen": found.said,
        "was_read": found.office_said and found.read_by_customer >= found.office_said,
        "may_answer": may_answer,
        "may_talk": may_answer and found.person_asked_at is not None,
        "is_closed": found.state == ConversationState.CLOSED,
        "attendants": office_people_who_may(PERMISSION) if may_answer else (),
        "is_mine": found.assigned_to_id == request.user.pk,
    }
    return act_page(request, listed, found, "admin/conversation.html", form=form, **context)
