"""One bill: as an accessible page and as the PDF that the utility would mail."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import managed_link
from accounts.models import AccountLink
from billing.attempts import attempts_of
from billing.channel_names import channel_names
from billing.claims.reviews import open_claim_for, review_of
from billing.document_download import pdf_download
from billing.documents.bill_consumption import bill_consumption
from billing.documents.bill_document import bill_file_name, bill_pdf
from billing.documents.bill_facts import (
    charged,
    holder_document,
    payment_code_words,
    printed_prices,
    service_address,
)
from billing.documents.bill_holder import holder_of_bill, with_holder
from billing.documents.other_debts import other_debts
from billing.enums import InvoiceKind
from billing.models import Allocation, Invoice
from billing.paid_parts import paid_parts
from billing.pending_bills import pending_bill
from billing.presentation import bill_name, document_name, invoice_state
from oficina.shared.dates import today


@require_safe
def invoice(request: HttpRequest, ref: str, invoice_id: str) -> HttpResponse:
    """The bill of the account in hand that `invoice_id` names."""
    link = managed_link(request, ref)
    money = Prefetch("allocations", Allocation.objects.select_related("payment"))
    loaded = with_holder(Invoice.objects.of(link)).select_related("account").prefetch_related("lines", money)
    loaded = loaded.annotate(open_claim=open_claim_for(link))
    shown = get_object_or_404(loaded, public_id=invoice_id)
    context = {
        "link": link,
        "invoice": shown,
        "subject": bill_name(shown),
        "document": document_name(shown),
        "bill": pending_bill(link, invoice_id, on=today()),
        "state": invoice_state(shown, today()),
        "is_instalment": shown.kind == InvoiceKind.INSTALMENT,
        "paid_parts": paid_parts(shown, link, channel_names() if shown.applied else {}),
        "attempts": attempts_of(shown, link),
        "review": review_of(shown, link),
        "other_debts": other_debts(shown, on=today()),
        "consumption": bill_consumption(shown),
        **_printed(shown, link),
        **_addresses(shown, ref),
    }
    return render(request, "billing/invoice.html", context)


@never_cache
@require_safe
def invoice_pdf(request: HttpRequest, ref: str, invoice_id: str) -> HttpResponse:
    """The same bill as PDF, drawn now."""
    link = managed_link(request, ref)
    shown = get_object_or_404(Invoice.objects.of(link), public_id=invoice_id)
    return pdf_download(bill_pdf(shown.pk, on=today()), bill_file_name(shown))


def _printed(shown: Invoice, link: AccountLink) -> dict[str, object]:
    """What the bill says since it was issued."""
    holder = holder_of_bill(shown)
    return {
        "holder": holder,
        "prices": printed_prices(shown),
        "charged": charged(shown),
        "payment_code": payment_code_words(shown),
        "holder_document": holder_document(holder.document),
        "service_address": service_address(link.account),
    }


def _addresses(shown: Invoice, ref: str) -> dict[str, str]:
    return {
        "plan_address": reverse("plan_of_bill", args=[ref, shown.public_id]),
        "claim_address": reverse("claim_bill", args=[ref, shown.public_id]),
        "report_address": reverse("report_payment", args=[ref, shown.public_id]),
        "pay_this": f"{reverse('pay', args=[ref])}?factura={shown.public_id}",
        "pdf_address": reverse("invoice_pdf", args=[ref, shown.public_id]),
    }
