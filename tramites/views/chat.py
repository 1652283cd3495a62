"""Asistente virtual: asking, the conversation with the assistant or a person, and what its own buttons do."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import logged_in_user
from accounts.second_factor_proof import acts_for_office
from oficina.shared.models import PrivateFile
from oficina.shared.private_files import FILE_POLICY, file_response
from tramites.chat.conversing import begin_conversation, end_conversation, keep_conversation
from tramites.chat.forms import TOO_OFTEN, QuestionForm
from tramites.chat.hours import hours_words, open_until
from tramites.chat.people import Talker
from tramites.chat.presentation import Side, shown_messages
from tramites.chat.rates import may_write
from tramites.chat.reading import customer_read
from tramites.chat.subjects import subject_of
from tramites.chat.visitors import (
    change_secret_when_old,
    forget_visitor,
    give_secret,
    key_of,
    new_secret,
    own_conversation,
    talker_of,
)
from tramites.chat.whatsapp import whatsapp_address
from tramites.models import Conversation
from tramites.views.base import base_of

EARLIER_SHOWN = 10


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def chat(request: HttpRequest) -> HttpResponse:
    """The form that begins a conversation; on POST begins it. Whoever has one open is led to it."""
    talker = talker_of(request)
    slug = request.POST.get("tema", "") or request.GET.get("tema", "")
    subject = subject_of(slug, at=timezone.now()) if slug else ""
    if request.method == "POST":
        return _begin(request, talker, slug, subject)
    own = talker.conversations().order_by("-said_at", "-pk")
    current = own.live().first()
    if current is not None:
        query = f"?{urlencode({'tema': slug})}" if subject else ""
        return _see_other(current, query)
    return _start_page(request, QuestionForm(), talker, slug if subject else "", subject)


@login_not_required
@never_cache
@require_safe
def conversation_news(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """The messages after the one that the page has (`desde`); 204 when there are none. Reading them marks them."""
    conversation = own_conversation(request, conversation_id)
    after = _number(request.GET.get("desde", ""))
    if conversation.said <= after:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    shown = shown_messages(
        conversation, Side.CUSTOMER, after=after, read=conversation.read_by_customer, at=timezone.now()
    )
    customer_read(conversation, up_to=shown[-1].number)
    return render(request, "tramites/messages.html", {"messages_shown": shown})


@never_cache
@require_POST
def keep_in_user(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """Whoever began as a visitor and logged in keeps the conversation in their user."""
    logged_in_user(request)
    conversation = own_conversation(request, conversation_id)
    keep_conversation(conversation, talker_of(request))
    messages.success(request, "Listo: la conversación quedó en tu usuario. Te avisamos por mail cuando respondamos.")
    return _see_other(conversation)


@login_not_required
@never_cache
@require_POST
def end_own_conversation(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """Closes it. A visitor's browser forgets it: others may use the same computer."""
    conversation = own_conversation(request, conversation_id)
    end_conversation(conversation, now=timezone.now())
    messages.success(request, "Listo: terminaste la conversación.")
    response = HttpResponseRedirect(reverse("chat"), status=HTTPStatus.SEE_OTHER)
    if conversation.user_id is None:
        forget_visitor(response)
    return response


@login_not_required
@never_cache
@csp_override(FILE_POLICY)
@require_safe
def conversation_file(request: HttpRequest, conversation_id: str, file_id: str) -> HttpResponse:
    """A file of the conversation, for its person and for those of the office who may read it."""
    if _may_read_any(request):
        conversation = get_object_or_404(Conversation, public_id=conversation_id)
    else:
        conversation = own_conversation(request, conversation_id)
    ids = conversation.messages.filter(attachment__isnull=False).values("attachment")
    return file_response(get_object_or_404(PrivateFile.objects.filter(pk__in=ids), public_id=file_id))


def _may_read_any(request: HttpRequest) -> bool:
    return acts_for_office(request) and request.user.has_perm("tramites.view_conversation")


def _begin(request: HttpRequest, talker: Talker, slug: str, subject: str) -> HttpResponse:
    form = QuestionForm(request.POST)
    secret = ""
    if talker.user is None and not talker.visitor_key:
        secret = new_secret()
        talker = Talker(user=None, visitor_key=key_of(secret))
    if form.is_valid() and not may_write(request, talker):
        form.add_error("body", TOO_OFTEN)
    if not form.is_valid():
        return _start_page(request, form, talker, slug if subject else "", subject)
    conversation = begin_conversation(talker, form.words, subject=subject, now=timezone.now())
    response = _see_other(conversation)
    if secret:
        give_secret(response, secret)
    return response


def _start_page(request: HttpRequest, form: QuestionForm, talker: Talker, slug: str, subject: str) -> HttpResponse:
    now = timezone.now()
    context = {
        "base": base_of(request),
        "form": form,
        "slug": slug,
        "subject": subject,
        "hours": hours_words(at=now),
        "is_open": open_until(at=now) is not None,
        "whatsapp": whatsapp_address(subject),
        "earlier": list(talker.conversations().order_by("-said_at", "-pk")[:EARLIER_SHOWN]),
    }
    too_often = form.has_error("body") and TOO_OFTEN in form.errors["body"]
    status = HTTPStatus.TOO_MANY_REQUESTS if too_often else HTTPStatus.OK
    response = render(request, "tramites/chat.html", context, status=status)
    if talker.user is None:
        # Before the first message, so that a form which is sent twice is sent by the same visitor.
        if talker_of(request).visitor_key:
            change_secret_when_old(request, response)
        else:
            give_secret(response, new_secret())
    return response


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0


def _see_other(conversation: Conversation, query: str = "") -> HttpResponseRedirect:
    """303: the page of the conversation is asked for by GET."""
    address = reverse("conversation", args=[conversation.public_id])
    return HttpResponseRedirect(f"{address}{query}", status=HTTPStatus.SEE_OTHER)
