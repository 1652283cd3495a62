"""The instalments of a plan on paper, to be kept and paid with."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import managed_link
from billing.document_download import pdf_download
from oficina.shared.dates import today
from payment_plans.documents.instalments_document import instalments_file_name, instalments_pdf
from payment_plans.models import PaymentPlan


@never_cache
@require_safe
def plan_instalments_pdf(request: HttpRequest, ref: str, plan_id: str) -> HttpResponse:
    """A plan of the account in hand as PDF, drawn now, with a coupon for each instalment."""
    link = managed_link(request, ref)
    plan = get_object_or_404(PaymentPlan.objects.of(link), public_id=plan_id)
    return pdf_download(instalments_pdf(plan.pk, on=today()), instalments_file_name(plan))
