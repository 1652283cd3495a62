"""Libre deuda: asking for the certificate that the account owes nothing, and those issued before."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import logged_in_user, managed_link
from billing.debt_certificates import AccountOwes, contested_payments, issue_certificate
from billing.document_download import document_download
from billing.models import Charge, DebtCertificate
from billing.pending_bills import pending_bills
from oficina.shared.dates import today

PAGE_SIZE = 25


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def debt_certificates(request: HttpRequest, ref: str) -> HttpResponse:
    """Whether the account owes something, and what; the button that asks for the certificate; the earlier ones."""
    link = managed_link(request, ref)
    if request.method == "POST":
        try:
            certificate = issue_certificate(link, logged_in_user(request))
        except AccountOwes:
            messages.error(request, "No emitimos el libre deuda. Abajo te decimos por qué.")
        else:
            messages.success(request, f"Tu libre deuda {certificate.number} está listo. Descargalo acá abajo.")
        return redirect("debt_certificates", ref=link.public_id)
    bills = pending_bills(link, on=today())
    charges = list(Charge.objects.of(link).pending().order_by("raised_on", "pk"))
    contested = bool(contested_payments(link))
    issued = DebtCertificate.objects.of(link).defer("pdf").order_by("-issued_at")
    context = {
        "link": link,
        "bills": bills,
        "charges": charges,
        "contested": contested,
        "refused": bool(bills or charges or contested),
        "can_pay": any(bill.selectable for bill in bills),
        "in_process": any(bill.in_process for bill in bills),
        "page": Paginator(issued, PAGE_SIZE).get_page(request.GET.get("pagina")),
    }
    return render(request, "billing/debt_certificates.html", context)


@never_cache
@require_safe
def debt_certificate(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """One certificate as PDF, of an account that the person has linked."""
    link = managed_link(request, ref)
    certificates = DebtCertificate.objects.of(link).select_related("account")
    return document_download(get_object_or_404(certificates, verification_code=code))
