"""What the buttons of a conversation do: take it, give it to somebody, name its account, close it, open it again."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils import timezone

from accounts.account_numbers import format_account_number
from accounts.admin.search import accounts_numbered
from accounts.models import ServiceAccount, User
from accounts.office_people import office_people_who_may
from oficina.shared.office.act_pages import record_address, record_to_act_on
from tramites.admin.conversation_page import PERMISSION
from tramites.chat.answering import (
    assign_conversation,
    attach_account,
    close_conversation,
    reopen_conversation,
    take_conversation,
)
from tramites.chat.refusals import NotAsked, SaidMeanwhile, TakenMeanwhile, UserGone
from tramites.models import Conversation

type Listed = ModelAdmin[Conversation]
type Act = Callable[[Listed, HttpRequest, Conversation], None]


def _button(act: Act) -> Callable[[Listed, HttpRequest, int], HttpResponse]:
    """A button: a POST of whoever may answer, which does the act and leads back to the conversation."""

    @wraps(act)
    def view(listed: Listed, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        conversation = record_to_act_on(listed, request, pk, PERMISSION)
        act(listed, request, conversation)
        return HttpResponseRedirect(record_address(conversation))

    return view


@_button
def take(listed: Listed, request: HttpRequest, conversation: Conversation) -> None:
    """Whoever presses attends to it."""
    try:
        take_conversation(conversation, by=cast("User", request.user))
    except TakenMeanwhile as refusal:
        messages.warning(request, f"Ya la atiende {refusal.by.full_name}. Si la seguís vos, asignátela.")
    else:
        _log(listed, request, conversation, "La tomó")


@_button
def assign(listed: Listed, request: HttpRequest, conversation: Conversation) -> None:
    """Somebody else attends to it, or nobody for now."""
    chosen, seen = request.POST.get("atiende", ""), request.POST.get("atendia", "")
    to = office_people_who_may(PERMISSION).filter(pk=chosen).first() if chosen.isdecimal() else None
    if chosen and to is None:
        messages.error(request, "Esa persona no puede atender conversaciones.")
        return
    try:
        assign_conversation(conversation, to, seen=int(seen) if seen.isdecimal() else None)
    except TakenMeanwhile as refusal:
        messages.warning(request, f"Mientras tanto la tomó {refusal.by.full_name}: no cambió nada.")
    else:
        told = f"Ahora la atiende {to.full_name}." if to else "Ahora no la atiende nadie."
        _log(listed, request, conversation, told)
        messages.success(request, told)


@_button
def attach(listed: Listed, request: HttpRequest, conversation: Conversation) -> None:
    """The account that it is about, by its number; none when the number is empty."""
    typed = request.POST.get("cuenta", "").strip().replace("\x00", "")
    if not typed:
        attach_account(conversation, None)
        _log(listed, request, conversation, "Sin cuenta")
        messages.success(request, "Listo: la conversación quedó sin cuenta.")
        return
    account = ServiceAccount.objects.filter(pk__in=accounts_numbered(typed)).defer("parcel").first()
    if account is None:
        messages.error(request, f"No hay una cuenta con el número {typed}.")
        return
    attach_account(conversation, account)
    number = format_account_number(account.number)
    _log(listed, request, conversation, f"Cuenta {number}")
    messages.success(request, f"Listo: la conversación es de la cuenta {number}.")


@_button
def close(listed: Listed, request: HttpRequest, conversation: Conversation) -> None:
    """It ends, unless the customer wrote something that this person has not seen."""
    seen = request.POST.get("visto", "")
    try:
        close_conversation(
            conversation, seen=int(seen) if seen.isdecimal() and len(seen) < 9 else 0, now=timezone.now()
        )
    except SaidMeanwhile:
        messages.warning(request, "El cliente escribió mientras tanto: leé su mensaje antes de cerrar.")
    else:
        _log(listed, request, conversation, "Cerrada")
        messages.success(request, "Cerramos la conversación. Si el cliente escribe de nuevo, vuelve a la lista.")


@_button
def reopen(listed: Listed, request: HttpRequest, conversation: Conversation) -> None:
    """It waits for an answer again."""
    try:
        reopen_conversation(conversation, now=timezone.now())
    except NotAsked:
        messages.warning(request, "El cliente no pidió hablar con una persona: no hay qué responder.")
    except UserGone:
        messages.warning(request, "El cliente cerró su usuario: nadie leería la respuesta.")
    else:
        _log(listed, request, conversation, "Reabierta")
        messages.success(request, "Reabrimos la conversación: espera tu respuesta.")


def _log(listed: Listed, request: HttpRequest, conversation: Conversation, what: str) -> None:
    listed.log_change(cast("Any", request), conversation, what)
