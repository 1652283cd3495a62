"""From a record of any table to the page of the customer whom it is about.

Templates of the office's tables use it while those are being loaded, so it knows of models and of nothing else.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Final

from django.db.models import Model
from django.urls import reverse

from accounts.models import AccountLink, ServiceAccount, User
from adhesions.models import BillDelivery, DigitalBilling, DirectDebit, ScheduledDebit
from billing.models import (
    Charge,
    ChargeVoucher,
    Claim,
    CreditEntry,
    DebtCertificate,
    Dispute,
    Invoice,
    Payment,
    PaymentReport,
    Receipt,
    Refund,
)
from payment_plans.models import PaymentPlan
from tramites.models import Conversation, LocationReport

type May = Callable[[str], bool]
"""Whether whoever reads the page has a permission, `app.codename`."""

_OWN, _OF_BILL, _OF_PAYMENT = "account_id", "invoice.account_id", "payment.account_id"

_ACCOUNT_OF: Final[dict[type[Model], str]] = {
    AccountLink: _OWN, Charge: _OWN, Conversation: _OWN, CreditEntry: _OWN, DebtCertificate: _OWN,
    DigitalBilling: _OWN, DirectDebit: _OWN, Invoice: _OWN, LocationReport: _OWN, Payment: _OWN, PaymentPlan: _OWN,
    BillDelivery: _OF_BILL, Claim: _OF_BILL, PaymentReport: _OF_BILL, ScheduledDebit: _OF_BILL,
    Dispute: _OF_PAYMENT, Receipt: _OF_PAYMENT, Refund: _OF_PAYMENT,
    ChargeVoucher: "charge.account_id",
}  # fmt: skip
"""The way from a row to the key of its account."""
_SHOWN_AS: Final[dict[type[Model], str]] = {Receipt: "payment", ChargeVoucher: "charge"}
"""What an account's page shows of a row that has no table of its own there."""


def customer_address(record: Model, may: May) -> str:
    """The page of the account that the record is about, at that record, or of the person; empty when it is about
    neither, or not for whoever may not see that page.
    """
    match record:
        case ServiceAccount():
            return account_address(record.pk) if may(view_permission(ServiceAccount)) else ""
        case User():
            return person_address(record.pk) if may(view_permission(User)) else ""
    way = _ACCOUNT_OF.get(type(record))
    account: int | None = attrgetter(way)(record) if way else None
    if account is not None and may(view_permission(ServiceAccount)):
        return account_address(account, at=anchor_of(record))
    if isinstance(record, Conversation) and record.user is not None:
        return customer_address(record.user, may)
    return ""


def account_address(pk: int, *, at: str = "") -> str:
    """The page of an account, at one of its records (`payment-418902`)."""
    address = reverse("office:account", args=[pk])
    return f"{address}?hallado={at}#hallado" if at else address


def person_address(pk: int) -> str:
    """The page of a person."""
    return reverse("office:person", args=[pk])


def anchor_of(record: Model) -> str:
    """What names a record in the address of a customer's page."""
    shown = _SHOWN_AS.get(type(record))
    return f"{shown}-{getattr(record, f'{shown}_id')}" if shown else f"{record._meta.model_name}-{record.pk}"


def view_permission(model: type[Model]) -> str:
    """What somebody needs to see the rows of a table."""
    return f"{model._meta.app_label}.view_{model._meta.model_name}"
