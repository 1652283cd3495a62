"""All that the office knows of an account."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.documents import show_document
from accounts.enums import AccountStatus
from accounts.models import ServiceAccount
from billing.presentation import StateWords
from oficina.shared.dates import today
from oficina.shared.models import ImportChange, OutgoingMail
from oficina.staff.customers import (
    account_bills,
    account_care,
    account_payments,
    account_people,
    account_services,
    trail,
)
from oficina.staff.customers.account_summary import balance
from oficina.staff.customers.acts import account_acts
from oficina.staff.customers.found_record import record_found
from oficina.staff.customers.sections import Part, sections_of
from oficina.staff.pages import office_answer, office_page

STATUS_TONES: Final = {
    AccountStatus.ACTIVE: "success",
    AccountStatus.SUSPENDED: "warning",
    AccountStatus.CLOSED: "danger",
}

PARTS: Final = (
    account_people.LINKS,
    account_bills.BILLS,
    account_payments.PAYMENTS,
    account_payments.CREDIT,
    account_bills.PLANS,
    account_bills.CHARGES,
    account_care.CLAIMS,
    account_care.PAYMENT_REPORTS,
    account_care.CONVERSATIONS,
    account_care.ATTENTIONS,
    account_services.DIGITAL_BILLS,
    account_services.MANDATES,
    account_services.DEBITS,
    account_services.DELIVERIES,
    account_payments.REFUNDS,
    account_payments.DISPUTES,
    account_payments.DISCREPANCIES,
    account_care.LOCATION_REPORTS,
    account_bills.CERTIFICATES,
    Part(shows=OutgoingMail, build=trail.mails_of_account),
    account_people.HOLDERS,
    Part(shows=ImportChange, build=trail.imports),
    trail.ACCOUNT_LOG,
    trail.ACCOUNT_CHANGES,
)
"""In the order in which somebody at the counter asks."""


@office_page("accounts.view_serviceaccount")
@require_safe
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of an account. Raises Http404."""
    shown = get_object_or_404(ServiceAccount.objects.defer("parcel"), pk=pk)
    may = request.user.has_perm
    sections = sections_of(shown, PARTS, may)
    return office_answer(
        request,
        "office/customers/account.html",
        title=f"Cuenta {shown}",
        account=shown,
        status=StateWords(shown.get_status_display(), STATUS_TONES[AccountStatus(shown.status)]),
        document=show_document(shown.holder_document),
        figures=balance(shown, may, on=today()),
        acts=account_acts(shown, may),
        sections=sections,
        found=record_found(request.GET.get("hallado", ""), sections, account=shown, may=may),
    )
