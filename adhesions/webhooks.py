"""/webhooks/rebotes/…: where mail servers report the mails that came back."""

import logging
from http import HTTPStatus
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from pydantic import ValidationError

from adhesions.bounces.inbox import BounceConflictsError, process_bounce, receive_bounce
from adhesions.bounces.messages import json_schema
from adhesions.models import BounceSource
from billing.enums import WebhookStatus
from billing.models import WebhookEvent
from oficina.shared.request_size import announced_size
from oficina.shared.webhooks.answers import problems, refused
from oficina.shared.webhooks.signatures import SignatureRefusedError, verify_request

LARGEST_REPORT_BYTES: Final = 64 * 1024

_STATES = {WebhookStatus.PROCESSED: "noted", WebhookStatus.IGNORED: "ignored"}
_A_DAY = 24 * 60 * 60

_log = logging.getLogger(__name__)


@csrf_exempt  # a machine sends it, without cookies; its signature proves who it is
@login_not_required
@require_POST
def bounce_webhook(request: HttpRequest, source: str) -> HttpResponse:
    """Stores a signed report of a mail server and acts on it. 200 once it is stored, with what came of it; 400 for what
    is no report of that source, 404 for no such source, 409 for an id that was another report's, 413 for what is too
    large; 503 when it could not be stored, so that it is sent again.
    """
    if announced_size(request) > LARGEST_REPORT_BYTES:
        return refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", LARGEST_REPORT_BYTES)
    now = timezone.now()
    try:
        sender = BounceSource.objects.filter(slug=source, active=True).first()
        if sender is None:
            return refused(HTTPStatus.NOT_FOUND, "unknown_source")
        body = request.body
        message_id = verify_request(sender.secrets.usable(at=now), request.headers, body, now=now)
        event, is_new = receive_bounce(sender, message_id, body, now=now)
    except (SignatureRefusedError, UnreadablePostError) as error:
        code = error.code if isinstance(error, SignatureRefusedError) else "unreadable"
        _log.warning("a report of %s was refused: %s", source, code)
        return refused(HTTPStatus.BAD_REQUEST, code)
    except ValidationError as error:
        return refused(HTTPStatus.BAD_REQUEST, "message", problems(error))
    except BounceConflictsError:
        return refused(HTTPStatus.CONFLICT, "webhook_id_used")
    except DatabaseError:
        _log.exception("a report of %s could not be stored", source)
        return refused(HTTPStatus.SERVICE_UNAVAILABLE, "try_again")
    return _told(_acted_on(event) if is_new else event)


@login_not_required
@require_safe
@cache_control(public=True, max_age=_A_DAY)
def bounce_schema(_request: HttpRequest) -> HttpResponse:
    """The JSON Schema of a report."""
    return JsonResponse(json_schema(), json_dumps_params={"indent": 2}, content_type="application/schema+json")


def _acted_on(event: WebhookEvent) -> WebhookEvent:
    try:
        return process_bounce(event.pk)
    except DatabaseError:
        _log.exception("report %s of %s waits for the periodic job", event.event_id, event.source)
        return event


def _told(event: WebhookEvent) -> HttpResponse:
    return JsonResponse({"state": _STATES.get(WebhookStatus(event.status), "waiting")})
