"""The certificate that an account owes nothing (libre deuda): whether it may be had, and issuing it.

An account owes while it has an unpaid bill of any kind, also one that is not due yet: it was billed, and whoever buys
the property would have to pay it. So it does while a payment plan is in force, whether its instalments are due or not:
what they pay is still owed. So it does while a charge waits to be invoiced, and while the money of a payment is
on its way: until it arrives the bill is unpaid. While a payment is contested before the bank its money may be taken
away again, so nothing is certified until that is decided. What was consumed and is not billed yet is no debt, and the
certificate says that it does not speak of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.debt_certificate_document import render_certificate, tell_certificate
from billing.locks import lock_account
from billing.models import Charge, DebtCertificate, Dispute, Invoice
from billing.stored_documents import DocumentKind, schedule_drawing
from oficina.shared.dates import local_day

DEBT_CERTIFICATES = DocumentKind(
    model=DebtCertificate,
    file_name="libre-deuda",
    related=("account",),
    draw=render_certificate,
    tell=tell_certificate,
)


@dataclass(eq=False)
class AccountOwes(Exception):  # noqa: N818  a refusal, named by what is wrong
    """The account has bills to pay or charges to be invoiced, or payments that are contested before the bank, so nobody
    certifies that it owes nothing.
    """

    invoice_ids: Sequence[int]
    charge_ids: Sequence[int]
    contested_ids: Sequence[int]


def issue_certificate(link: AccountLink, user: User) -> DebtCertificate:
    """Certify, for the holder of this link, that its account owes nothing now. Raises AccountOwes."""
    return certify_no_debt(link.account_id, user)


def certify_no_debt(account_id: int, user: User) -> DebtCertificate:
    """Certify that the account owes nothing now, and have the certificate drawn. `user` asked for it: somebody linked
    to the account, or the office for whoever came to it.

    Asked again on the same local day, with nothing billed or paid meanwhile, it gives the one already issued. The
    account is locked, so that no payment of it is given back meanwhile; an import that brings a debt and commits later
    came later. Raises AccountOwes.
    """
    with transaction.atomic():
        account = lock_account(account_id)
        now = timezone.now()  # not before the lock: whoever held it may have paid or made a debt
        bills = Invoice.objects.filter(account=account_id)
        owed = bills.owed() | bills.filter(financed__gt=0)
        invoice_ids = list(owed.order_by("pk").values_list("pk", flat=True))
        charge_ids = list(
            Charge.objects.filter(account=account_id).pending().order_by("pk").values_list("pk", flat=True)
        )
        contested_ids = _contested(account_id)
        if invoice_ids or charge_ids or contested_ids:
            raise AccountOwes(invoice_ids, charge_ids, contested_ids)
        said = {
            "holder_name": account.holder_name,
            "service_address": account.service_address,
            "locality": account.locality,
        }
        earlier = DEBT_CERTIFICATES.documents().filter(account=account, **said).order_by("-issued_at").first()
        if earlier is not None and _still_says_all(earlier, now):
            return earlier
        certificate = DebtCertificate.objects.create(account=account, requested_by=user, issued_at=now, **said)
        schedule_drawing(certificate)
    return certificate


def contested_payments(link: AccountLink) -> list[int]:
    """The payments of the account that are contested before the bank now, by their ids, each once."""
    return _contested(link.account_id)


def _contested(account_id: int) -> list[int]:
    disputes = Dispute.objects.open().filter(payment__account=account_id)
    return list(disputes.order_by("payment").values_list("payment", flat=True).distinct())


def _still_says_all(certificate: DebtCertificate, now: datetime) -> bool:
    since = certificate.issued_at
    moved = Invoice.objects.filter(Q(created_at__gt=since) | Q(settled_at__gt=since), account=certificate.account_id)
    return local_day(since) == local_day(now) and not moved.exists()
