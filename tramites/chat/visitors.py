"""The cookie that makes a conversation a visitor's: a signed secret that only their browser and its digest here know.

It goes to the pages of the assistant only, no script reads it, and it is changed once a day.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Case, CharField, F, Q, Value, When
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from accounts.models import User
from tramites.chat.people import Talker
from tramites.models import Conversation

COOKIE: Final = "asistente"
KEEP_COOKIE: Final = timedelta(days=60)
CHANGE_AFTER: Final = timedelta(days=1)

_SALT: Final = "visitor of the assistant"


def talker_of(request: HttpRequest) -> Talker:
    """Who asks."""
    user = request.user if isinstance(request.user, User) else None
    return Talker(user=user, visitor_key=_key_in(request, max_age=KEEP_COOKIE))


def own_conversation(request: HttpRequest, conversation_id: str) -> Conversation:
    """The conversation of whoever asks that this address names. Raises Http404 for everybody else's."""
    own = talker_of(request).conversations().select_related("user").filter(public_id=conversation_id).first()
    if own is None:
        raise Http404
    return own


def new_secret() -> str:
    """What a browser that has no cookie is given: 256 bits."""
    return secrets.token_urlsafe(32)


def key_of(secret: str) -> str:
    """The digest under which a secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def give_secret(response: HttpResponseBase, secret: str) -> None:
    """Put the secret into the browser."""
    response.set_cookie(
        COOKIE,
        signing.dumps(secret, salt=_SALT),
        max_age=KEEP_COOKIE,
        path=reverse("chat"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_visitor(response: HttpResponseBase) -> None:
    """Take the secret out of the browser."""
    response.delete_cookie(COOKIE, path=reverse("chat"), samesite="Lax")


def change_secret_when_old(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give the browser another secret when its own is a day old: a copy of the old one opens nothing from then on."""
    known = _key_in(request, max_age=KEEP_COOKIE)
    if not known or _key_in(request, max_age=CHANGE_AFTER):
        return
    secret = new_secret()
    if _change_key(known, key_of(secret)):
        give_secret(response, secret)


def _change_key(old: str, new: str) -> bool:
    """Whether some conversation was the browser's."""

    def changed(name: str) -> Case:
        return Case(When(**{name: old}, then=Value(new)), default=F(name), output_field=CharField())

    with transaction.atomic():
        held = Conversation.objects.filter(Q(visitor_key=old) | Q(mailed_visitor_key=old))
        return bool(held.update(visitor_key=changed("visitor_key"), mailed_visitor_key=changed("mailed_visitor_key")))


def _key_in(request: HttpRequest, *, max_age: timedelta) -> str:
    """The digest of the secret in the cookie; empty when there is none, or it is forged or older than `max_age`."""
    try:
        secret = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=max_age)
    except signing.BadSignature:
        return ""
    return key_of(secret)
