"""What the portal promises and asks: terms, personal data, accessibility. Anyone may read them."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.enums import TermsPurpose
from accounts.models import TermsVersion

SLUGS = {
    TermsPurpose.REGISTRATION: "registro",
    TermsPurpose.DIGITAL_BILL: "factura-digital",
    TermsPurpose.DIRECT_DEBIT: "debito-automatico",
    TermsPurpose.PAYMENT_PLAN: "plan-de-pago",
}
"""The purpose as an address says it."""


@login_not_required
@require_safe
def terms_list(request: HttpRequest) -> HttpResponse:
    """The text in force of each purpose that has one."""
    in_force: dict[str, TermsVersion] = {}
    for text in TermsVersion.objects.filter(published_at__lte=timezone.now()).order_by("purpose", "version"):
        in_force[text.purpose] = text
    listed = [(SLUGS[purpose], in_force[purpose]) for purpose in TermsPurpose if purpose in in_force]
    return render(request, "pages/terms_list.html", {"listed": listed})


@login_not_required
@require_safe
def terms(request: HttpRequest, slug: str, version: int | None = None) -> HttpResponse:
    """One text: the version in force, or an earlier one by its number, since people agreed to it."""
    purpose = next((purpose for purpose, name in SLUGS.items() if name == slug), None)
    if purpose is None:
        raise Http404
    published = TermsVersion.objects.filter(purpose=purpose, published_at__lte=timezone.now()).order_by("-version")
    texts = list(published)
    shown = next((text for text in texts if version in {None, text.version}), None)
    if shown is None:
        raise Http404
    return render(request, "pages/terms.html", {"text": shown, "latest": texts[0], "versions": texts, "slug": slug})


@login_not_required
@require_safe
def personal_data(request: HttpRequest) -> HttpResponse:
    """What the portal keeps about a person and how to exercise each right (Ley 25.326)."""
    return render(request, "pages/personal_data.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement (Ley 26.653)."""
    return render(request, "pages/accessibility.html")


@login_not_required
@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """Search engines read the public pages and nothing with a reference in its address."""
    closed = (
        "/cuenta/", "/mis-", "/pagos/", "/verificar/", "/factura-digital/", "/archivos/", "/admin/", "/webhooks/",
    )  # fmt: skip
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
