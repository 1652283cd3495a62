"""The page of one conversation: what was said, and the form in which its person says more."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from oficina.shared.private_files import DraftGoneError
from oficina.shared.upload_forms import DRAFT_GONE
from tramites.chat.conversing import ask_for_person, leave_mail, return_by_mail, write_message
from tramites.chat.forms import TOO_OFTEN, MailForm, MessageForm
from tramites.chat.hours import hours_words, open_until
from tramites.chat.mailing import conversation_of_token
from tramites.chat.people import Talker
from tramites.chat.presentation import Side, first_shown, shown_messages, state_words
from tramites.chat.rates import may_write
from tramites.chat.reading import customer_read
from tramites.chat.subjects import subject_of
from tramites.chat.visitors import (
    change_secret_when_old,
    give_secret,
    key_of,
    new_secret,
    own_conversation,
    talker_of,
)
from tramites.chat.whatsapp import whatsapp_address
from tramites.enums import ConversationState
from tramites.models import Conversation
from tramites.views.base import base_of


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """What was said and the form for more; on POST says it. With HTMX a POST answers with the form alone, empty again
    or with what has to be mended; the page then looks for what is new.
    """
    found = own_conversation(request, conversation_id)
    if request.method != "POST":
        return _page(request, found, _empty_form(request, found))
    talker = talker_of(request)
    form = MessageForm(request.POST, request.FILES, uploader=_uploader(found, talker))
    sent = form.is_valid() and _send(request, found, talker, form)
    if not sent:
        form.hold_attachment()
    if "HX-Request" in request.headers:
        shown = _empty_form(request, found) if sent else form
        return render(request, "tramites/conversation.html#compose", {"conversation": found, "form": shown})
    if sent:
        return _see_other(found)
    return _page(request, found, form)


@login_not_required
@never_cache
@require_POST
def ask_for_a_person(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """Somebody of the office is to answer; a visitor may leave a mail."""
    found = own_conversation(request, conversation_id)
    form = MailForm(request.POST)
    if not form.is_valid():
        return _page(request, found, _empty_form(request, found), form)
    ask_for_person(found, talker_of(request), email=form.cleaned_data["email"], now=timezone.now())
    return _see_other(found)


@login_not_required
@never_cache
@require_POST
def conversation_mail(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """A visitor says where to be told of answers, or that nowhere."""
    found = own_conversation(request, conversation_id)
    form = MailForm(request.POST)
    if not form.is_valid():
        return _page(request, found, _empty_form(request, found), form)
    email = form.cleaned_data["email"]
    leave_mail(found, talker_of(request), email)
    messages.success(request, f"Listo: te avisamos a {email}." if email else "Listo: no te avisamos por mail.")
    return _see_other(found)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def return_to_conversation(request: HttpRequest, token: str) -> HttpResponse:
    """Where the mail of a visitor leads: a page with a button, since mail scanners open links; on POST opens it."""
    found = conversation_of_token(token)
    if found is None:
        raise Http404
    if request.method != "POST":
        return render(request, "tramites/return_to_conversation.html", {"base": base_of(request)})
    talker, secret = talker_of(request), ""
    if not talker.visitor_key:
        secret = new_secret()
        talker = Talker(user=talker.user, visitor_key=key_of(secret))
    return_by_mail(found, talker)
    response = _see_other(found)
    if secret:
        give_secret(response, secret)
    return response


def _send(request: HttpRequest, found: Conversation, talker: Talker, form: MessageForm) -> bool:
    """Whether it was said; when not, the form says why."""
    if not may_write(request, talker):
        form.add_error("body", TOO_OFTEN)
        return False
    try:
        write_message(found, talker, form.words, now=timezone.now())
    except DraftGoneError:
        form.add_error("attachment", DRAFT_GONE)
        return False
    return True


def _uploader(found: Conversation, talker: Talker) -> int | None:
    """Who attaches: the user whose the conversation is, or will be by this message."""
    if found.user_id is not None:
        return found.user_id
    return talker.user.pk if talker.user else None


def _empty_form(request: HttpRequest, found: Conversation) -> MessageForm:
    subject = subject_of(request.GET.get("tema", ""), at=timezone.now()) if "tema" in request.GET else ""
    body = f"Sobre «{subject}»: " if subject and subject != found.subject else ""
    return MessageForm(uploader=_uploader(found, talker_of(request)), initial={"body": body})


def _see_other(found: Conversation) -> HttpResponseRedirect:
    """303: the page is asked for by GET."""
    address = reverse("conversation", args=[found.public_id])
    return HttpResponseRedirect(f"{address}#conversacion", status=HTTPStatus.SEE_OTHER)


def _page(
    request: HttpRequest, found: Conversation, form: MessageForm, mail_form: MailForm | None = None
) -> HttpResponse:
    now = timezone.now()
    after = first_shown(found, all_of_them="todos" in request.GET)
    shown = shown_messages(found, Side.CUSTOMER, after=after, read=found.read_by_customer, at=now)
    words, tone = state_words(found)
    context = {
        "base": base_of(request),
        "conversation": found,
        "form": form,
        "messages_shown": shown,
        "earlier": after,
        "state": words,
        "tone": tone,
        "is_assisted": found.person_asked_at is None,
        "is_open": found.state != ConversationState.CLOSED,
        "office_is_there": open_until(at=now) is not None,
        "hours": hours_words(at=now),
        "is_visitor": found.user_id is None,
        "mail_form": mail_form or MailForm(initial={"email": found.visitor_email}),
        "whatsapp": whatsapp_address(found.subject),
    }
    limited = form.is_bound and form.has_error("body") and TOO_OFTEN in form.errors["body"]
    status = HTTPStatus.TOO_MANY_REQUESTS if limited else HTTPStatus.OK
    response = render(request, "tramites/conversation.html", context, status=status)
    if shown:
        customer_read(found, up_to=shown[-1].number)
    change_secret_when_old(request, response)
    return response
