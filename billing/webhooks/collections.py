"""/webhooks/cobranzas/…: where collection channels tell what they received, and ask what became of it."""

import logging
from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from pydantic import ValidationError

from billing.channels.answers import told_of_operation
from billing.channels.inbox import MessageConflictsError, process_message, receive_message
from billing.channels.messages import json_schema
from billing.models import CollectionChannel
from oficina.shared.request_size import announced_size
from oficina.shared.webhooks.answers import problems, refused
from oficina.shared.webhooks.signatures import SignatureRefusedError, verify_request

LARGEST_MESSAGE_BYTES: Final = 64 * 1024

_A_DAY = 24 * 60 * 60

_log = logging.getLogger(__name__)


@csrf_exempt  # a machine sends it, without cookies; its signature proves who it is
@login_not_required
@require_POST
def collection_webhook(request: HttpRequest, channel: str) -> HttpResponse:
    """Stores a signed message of a channel and acts on it. 204 once it is stored, whatever acting on it did; 400 for
    what is no message of that channel, 404 for no such channel, 409 for an id that was another message's, 413 for what
    is too large; 503 when it could not be stored, so that it is sent again.
    """
    if announced_size(request) > LARGEST_MESSAGE_BYTES:
        return refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", LARGEST_MESSAGE_BYTES)
    now = timezone.now()
    try:
        sender = _channel(channel)
        if sender is None:
            return refused(HTTPStatus.NOT_FOUND, "unknown_channel")
        body = request.body
        event, is_new = receive_message(sender, _verified(sender, request, body, now), body, now=now)
    except (SignatureRefusedError, UnreadablePostError) as error:
        return _refused_signature(channel, error)
    except ValidationError as error:
        return refused(HTTPStatus.BAD_REQUEST, "message", problems(error))
    except MessageConflictsError:
        return refused(HTTPStatus.CONFLICT, "webhook_id_used")
    except DatabaseError:
        _log.exception("a message of %s could not be stored", channel)
        return refused(HTTPStatus.SERVICE_UNAVAILABLE, "try_again")
    if is_new:
        try:
            process_message(event.pk)
        except DatabaseError:
            _log.exception("message %s of %s waits for the periodic job", event.event_id, channel)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@login_not_required
@require_safe
@never_cache
def collection_operation(request: HttpRequest, channel: str, number: str) -> HttpResponse:
    """What became of an operation of the channel that signs the request, whose body is empty. 404 when it told none."""
    try:
        sender = _channel(channel)
        if sender is None:
            return refused(HTTPStatus.NOT_FOUND, "unknown_channel")
        _verified(sender, request, b"", timezone.now())
        told = told_of_operation(sender, number)
    except SignatureRefusedError as error:
        return _refused_signature(channel, error)
    except DatabaseError:
        _log.exception("an operation of %s could not be looked up", channel)
        return refused(HTTPStatus.SERVICE_UNAVAILABLE, "try_again")
    return refused(HTTPStatus.NOT_FOUND, "unknown_operation") if told is None else JsonResponse(told)


@login_not_required
@require_safe
@cache_control(public=True, max_age=_A_DAY)
def collection_schema(_request: HttpRequest) -> HttpResponse:
    """The JSON Schema of every message."""
    return JsonResponse(json_schema(), json_dumps_params={"indent": 2}, content_type="application/schema+json")


def _channel(slug: str) -> CollectionChannel | None:
    return CollectionChannel.objects.filter(slug=slug, active=True).first()


def _verified(channel: CollectionChannel, request: HttpRequest, body: bytes, now: datetime) -> str:
    return verify_request(channel.secrets.usable(at=now), request.headers, body, now=now)


def _refused_signature(channel: str, error: SignatureRefusedError | UnreadablePostError) -> HttpResponse:
    code = error.code if isinstance(error, SignatureRefusedError) else "unreadable"
    _log.warning("a request for channel %s was refused: %s", channel, code)
    return refused(HTTPStatus.BAD_REQUEST, code)
