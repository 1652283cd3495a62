"""Files that people attached: kept in the database, and given only by a view that asked who may see them.

A form that was refused does not lose its file: it waits as a draft, named in the form by a signed word that only the
same person can use.
"""

import hashlib
from datetime import timedelta

from django.core import signing
from django.http import HttpResponse
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.http import content_disposition_header

from oficina.shared.models import PrivateFile
from oficina.shared.uploads import CleanUpload

KEEP_DRAFTS = timedelta(days=1)
FILE_POLICY = {
    "default-src": [CSP.NONE],
    "img-src": [CSP.SELF],
    "style-src": [CSP.UNSAFE_INLINE],
    "frame-ancestors": [CSP.NONE],
}
"""The content security policy of a page that is a file: nothing of it may run or load anything. A browser scales a
picture by a style that it writes itself.
"""

_SALT = "attached draft"


class DraftGoneError(Exception):
    """The draft was kept by another form meanwhile, or forgotten."""


def keep_draft(upload: CleanUpload, *, by: int | None) -> PrivateFile:
    """Keep what was attached to a form that was refused. `by` is the user's key, None for a visitor."""
    return PrivateFile.objects.create(
        name=upload.name,
        media_type=upload.media_type,
        content=upload.content,
        size=len(upload.content),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        uploaded_by_id=by,
    )


def keep_file(attached: CleanUpload | PrivateFile, *, by: int | None) -> PrivateFile:
    """Keep what was attached, for good: part of the transaction of the thing it belongs to. Raises DraftGoneError."""
    draft = attached if isinstance(attached, PrivateFile) else keep_draft(attached, by=by)
    now = timezone.now()
    if not PrivateFile.objects.filter(pk=draft.pk, uploaded_by=by, kept_at=None).update(kept_at=now):
        raise DraftGoneError
    draft.kept_at = now
    return draft


def draft_token(draft: PrivateFile) -> str:
    """What a form carries instead of the file, good for the person who attached it."""
    return signing.dumps([draft.public_id, draft.uploaded_by_id], salt=_SALT)


def draft_of(token: str, *, by: int | None) -> PrivateFile | None:
    """The draft that a form carries; None when it is somebody else's, too old or already used."""
    try:
        public_id, uploader = signing.loads(token, salt=_SALT, max_age=KEEP_DRAFTS)
    except (signing.BadSignature, ValueError):
        return None
    if uploader != by:
        return None
    return PrivateFile.objects.filter(public_id=public_id, uploaded_by=by, kept_at=None).first()


def forget_drafts() -> int:
    """Delete what was attached to forms that nobody finished; gives how many."""
    return PrivateFile.objects.filter(kept_at=None, uploaded_at__lt=timezone.now() - KEEP_DRAFTS).delete()[0]


def file_response(file: PrivateFile) -> HttpResponse:
    """The file for a browser to show. Whoever calls this has asked whether the person may see it."""
    response = HttpResponse(bytes(file.content), content_type=file.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=file.name) or ""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
