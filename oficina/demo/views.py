"""`/demo/correo/`: the mail that the portal sent, for whoever tries the demo. Not installed in production."""

import base64
import hashlib
import io
import re

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from oficina.demo.models import ReceivedFile, ReceivedMail

_PER_PAGE = 25
_FRAMING: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@login_not_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Every mail, newest first; `?para=` keeps those of one address."""
    wanted = request.GET.get("para", "").strip()
    mails = ReceivedMail.objects.defer("text", "html")
    if wanted:
        mails = mails.filter(recipients__icontains=wanted)
    page = Paginator(mails, _PER_PAGE).get_page(request.GET.get("pagina"))
    return render(request, "demo/mailbox.html", {"page": page, "wanted": wanted})


@login_not_required
@require_safe
@csp_override(_FRAMING)
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    """One mail: as text, as HTML in a frame of its own, and its files."""
    received = get_object_or_404(ReceivedMail, pk=mail_id)
    files = received.files.only("name", "media_type", "mail_id")
    return render(request, "demo/mail.html", {"mail": received, "files": files})


@login_not_required
@require_safe
@xframe_options_sameorigin
def mail_html(request: HttpRequest, mail_id: int) -> HttpResponse:
    """The HTML of a mail for its frame: no script, no address but the mail's own style block, by its hash."""
    html = get_object_or_404(ReceivedMail, pk=mail_id).html
    policy: dict[str, list[str]] = {
        "default-src": [CSP.NONE],
        "style-src": [_hash(style) for style in _STYLE.findall(html)] or [CSP.NONE],
        "base-uri": [CSP.NONE],
        "form-action": [CSP.NONE],
        "frame-ancestors": [CSP.SELF],
    }

    @csp_override(policy)
    def answer(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))

    return answer(request)


@login_not_required
@require_safe
def mail_file(_request: HttpRequest, mail_id: int, file_id: int) -> FileResponse:
    """A file that came with a mail, always as a download."""
    file = get_object_or_404(ReceivedFile, pk=file_id, mail=mail_id)
    content = io.BytesIO(file.content)
    return FileResponse(content, content_type=file.media_type, as_attachment=True, filename=file.name)


def _hash(style: str) -> str:
    digest = hashlib.sha256(style.replace("\r\n", "\n").encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
