"""The receipt of a payment as PDF."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import logged_in_user
from billing.document_download import document_download
from billing.payment_page import may_see_receipt, reader_of
from billing.receipts import RECEIPTS


@never_cache
@require_safe
def payment_receipt(request: HttpRequest, payment_id: str) -> HttpResponse:
    """The stored PDF. 404 for whoever it does not belong to."""
    receipt = get_object_or_404(RECEIPTS.documents(), payment__public_id=payment_id)
    if not may_see_receipt(receipt.payment, reader_of(receipt.payment, logged_in_user(request))):
        raise Http404
    return document_download(receipt)
