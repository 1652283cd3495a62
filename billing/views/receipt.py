"""The receipt of a payment as PDF."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import logged_in_user
from billing.models import Receipt
from billing.payment_page import may_see_receipt, reader_of
from billing.receipts import receipt_pdf


@never_cache
@require_safe
def payment_receipt(request: HttpRequest, payment_id: str) -> HttpResponse:
    """The stored PDF, drawn now if the worker did not get to it yet. 404 for whoever it does not belong to."""
    receipts = Receipt.objects.select_related("payment__account", "payment__payer")
    receipt = get_object_or_404(receipts, payment__public_id=payment_id)
    if not may_see_receipt(receipt.payment, reader_of(receipt.payment, logged_in_user(request))):
        raise Http404
    return HttpResponse(
        receipt_pdf(receipt),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="recibo-{receipt.number}.pdf"'},
    )
