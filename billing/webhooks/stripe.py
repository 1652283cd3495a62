"""POST /webhooks/stripe/: where the provider tells what happened."""

import logging
from http import HTTPStatus
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.gateway.errors import EventRejectedError, ProviderUnavailableError
from billing.inbox import process_event, receive_event
from oficina.shared.request_size import announced_size

LARGEST_EVENT_BYTES: Final = 512 * 1024

_log = logging.getLogger(__name__)


@csrf_exempt  # a machine sends it, without cookies; its signature proves who it is
@login_not_required
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Stores a verified event and acts on it. 2xx once it is stored, whatever acting on it did; 400 for what is not an
    event of ours; 413 for what is too large to be one; 503 when it could not be stored, so that it is sent again.
    """
    if announced_size(request) > LARGEST_EVENT_BYTES:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        event, is_new = receive_event(request.body, request.headers.get("Stripe-Signature", ""))
    except (EventRejectedError, UnreadablePostError) as error:
        _log.warning("an event was rejected: %s", error)
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    except DatabaseError:
        _log.exception("an event could not be stored")
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    if is_new:
        try:
            process_event(event.pk)
        except (ProviderUnavailableError, DatabaseError):
            _log.exception("event %s waits for the periodic job", event.event_id)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
