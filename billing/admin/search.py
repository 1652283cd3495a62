"""Which bills and payments the office means by what it typed. Only by keys with an index."""

import re

from django import forms
from django.db.models import Q

from accounts.admin.search import FEW, accounts_numbered
from accounts.models import User
from billing.models import Charge, Claim, Invoice, Payment, PaymentItem, PaymentReport

_LARGEST_KEY = 2**63 - 1


def invoices_found_by(typed: str) -> Q:
    """Bills by number, electronic payment code or account."""
    return (
        Q(invoice_number__in=invoice_numbers(typed))
        | Q(payment_code=re.sub(r"[\s.-]", "", typed))
        | Q(public_id=typed.lower())
        | Q(account__in=accounts_numbered(typed))
    )


def payments_found_by(typed: str) -> Q:
    """Payments by their number, the provider's ids, the number of an operation, account, bill or the payer's mail."""
    found = (
        Q(pk__in=record_numbers(typed, "P"))
        | Q(public_id=typed.lower())
        | Q(provider_session_id=typed)
        | Q(provider_payment_id=typed)
        | Q(operation_number=typed)
        | Q(account__in=accounts_numbered(typed))
    )
    bills = Invoice.objects.filter(
        Q(invoice_number__in=invoice_numbers(typed)) | Q(payment_code=re.sub(r"[\s.-]", "", typed))
    )
    chosen = PaymentItem.objects.filter(invoice__in=list(bills.values_list("pk", flat=True)[:FEW]))
    found |= Q(pk__in=list(chosen.values_list("payment", flat=True)[:FEW]))
    if "@" in typed:
        found |= Q(payer__in=list(User.objects.filter(email=typed.lower()).values_list("pk", flat=True)))
    return found


def charges_found_by(typed: str) -> Q:
    """Charges by number, account or the bill that they became."""
    numbered = Q(charge_number=typed) | Q(charge_number=typed.upper()) | Q(public_id=typed.lower())
    return numbered | Q(account__in=accounts_numbered(typed)) | Q(invoice__in=invoice_keys(typed))


def claims_found_by(typed: str) -> Q:
    """Claims on bills by number, bill, account or the mail of whoever made them."""
    found = Q(pk__in=record_numbers(typed, Claim.NUMBER_PREFIX)) | Q(invoice__in=invoice_keys(typed))
    if "@" in typed:
        found |= Q(made_by__in=list(User.objects.filter(email=typed.lower()).values_list("pk", flat=True)))
    return found


def payment_reports_found_by(typed: str) -> Q:
    """Reported payments by number, bill, account, number of the operation or the mail of whoever reported."""
    found = Q(pk__in=record_numbers(typed, PaymentReport.NUMBER_PREFIX)) | Q(operation_number=typed)
    found |= Q(invoice__in=invoice_keys(typed)) | Q(invoice__account__in=accounts_numbered(typed))
    if "@" in typed:
        found |= Q(reported_by__in=list(User.objects.filter(email=typed.lower()).values_list("pk", flat=True)))
    return found


def payment_keys(typed: str) -> list[int]:
    """The keys of the payments that the office means, a few at most: for tables that point to payments."""
    return list(Payment.objects.filter(payments_found_by(typed)).order_by("-pk").values_list("pk", flat=True)[:FEW])


def invoice_keys(typed: str) -> list[int]:
    """The keys of the bills that the office means, a few at most: for tables that point to bills."""
    return list(Invoice.objects.filter(invoices_found_by(typed)).order_by("-pk").values_list("pk", flat=True)[:FEW])


def charge_keys(typed: str) -> list[int]:
    """The keys of the charges that the office means, a few at most: for tables that point to charges."""
    return list(Charge.objects.filter(charges_found_by(typed)).order_by("-pk").values_list("pk", flat=True)[:FEW])


def day_typed(typed: str) -> Q:
    """A day as people write it, `24/11/2026`."""
    try:
        return Q(day=forms.DateField().clean(typed))
    except forms.ValidationError:
        return Q(pk__in=[])


def invoice_numbers(typed: str) -> list[str]:
    """How a bill's number may be stored: as typed, or as a point of sale of four or five digits and eight more."""
    number = re.sub(r"^[ABab]\s*(?=[0-9])", "", typed)
    if re.search(r"[^0-9\s-]", number):
        return [number]  # a code of letters and digits, which has groups too
    groups = re.findall(r"[0-9]+", number)
    if len(groups) == 1 and len(groups[0]) in {12, 13}:
        groups = [groups[0][:-8], groups[0][-8:]]
    if len(groups) != 2:
        return [number]
    point, count = groups[0].lstrip("0"), groups[1].lstrip("0")
    return [number, f"{point:>04}-{count:>08}", f"{point:>05}-{count:>08}"]


def record_numbers(typed: str, letter: str) -> list[int]:
    """The key in a number that people see, such as `P-00418902` or `418902`; none when it is no such number."""
    match = re.fullmatch(rf"(?:{letter}-?)?0*([0-9]{{1,19}})", typed, re.IGNORECASE)
    return [int(match[1])] if match and int(match[1]) <= _LARGEST_KEY else []
