"""What can be done about a bill that seems wrong: claim, withdraw the claim, answer it. Once each, for good."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from accounts.models import AccountLink, User
from billing.claims.mails import mail_answered, mail_received, mail_withdrawn
from billing.claims.refusals import AlreadyClaimed, ClaimEnded, VoidInvoiceClaimed
from billing.documents.bill_consumption import bill_consumption
from billing.enums import CLAIM_ANSWERS, ClaimReason, ClaimState, InvoiceStatus
from billing.locks import lock_account, lock_invoices
from billing.models import Claim, Invoice
from oficina.shared.business_days import business_days_after
from oficina.shared.dates import local_day
from oficina.shared.models import PrivateFile
from oficina.shared.private_files import keep_file
from oficina.shared.uploads import CleanUpload


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """What a customer says. `meter_reading` is in m³ and has its local date, or both are unknown."""

    reason: ClaimReason
    text: str
    meter_reading: Decimal | None = None
    meter_read_on: date | None = None


def answer_due_date(made_on: date) -> date:
    """The local date, a business day, until which the office answers a claim that is made on this one."""
    return business_days_after(made_on, settings.UTILITY.claim_answer_days)


def claim_bill(
    link: AccountLink,
    invoice: Invoice,
    complaint: Complaint,
    *,
    attachment: CleanUpload | PrivateFile | None,
    now: datetime,
) -> Claim:
    """Keep what the holder of this link says is wrong with a bill of its account, and mail them its number.

    The bill stays payable; whether it was presumed wrong at that moment is kept with the claim.
    Raises VoidInvoiceClaimed, AlreadyClaimed and DraftGoneError.
    """
    with transaction.atomic():
        found = _claimable(invoice)
        if earlier := Claim.objects.of(link).open().filter(invoice=found).first():
            raise AlreadyClaimed(earlier)
        kept = keep_file(attachment, by=link.user_id) if attachment else None
        claim = _keep(found, complaint, made_by=link.user, attachment=kept, now=now)
        mail_received(claim)
    return claim


def claim_at_counter(invoice: Invoice, complaint: Complaint, *, claimant_name: str, by: User, now: datetime) -> Claim:
    """Keep what somebody who came to the counter says is wrong with a bill: `by`, of the office, wrote it down.

    They have no mail here: the paper that they take with them has its number, and the office tells them the answer.
    Raises VoidInvoiceClaimed, and AlreadyClaimed when the same person has a claim on it that waits.
    """
    with transaction.atomic():
        found = _claimable(invoice)
        if earlier := Claim.objects.open().filter(invoice=found, claimant_name=claimant_name).first():
            raise AlreadyClaimed(earlier)
        return _keep(found, complaint, made_by=by, claimant_name=claimant_name, now=now)


def withdraw_claim(claim: Claim, *, now: datetime) -> Claim:
    """End a claim because whoever made it says so; gives it as it then is. Raises ClaimEnded."""
    with transaction.atomic():
        found = _open(claim)
        found.state, found.ended_at = ClaimState.WITHDRAWN, now
        found.save(update_fields=["state", "ended_at"])
        mail_withdrawn(found)
    return found


def answer_claim(claim: Claim, outcome: ClaimState, answer: str, *, by: User, now: datetime) -> Claim:
    """End a claim with what the office decided and why, in words for the customer; gives it as it then is.

    `outcome` is one of CLAIM_ANSWERS, `answer` is not empty. No bill and no money changes by this: a bill that was
    wrong is voided or issued anew by the billing system. Raises ClaimEnded, so that nobody's answer is written over.
    """
    if outcome not in CLAIM_ANSWERS:
        raise ValueError(f"{outcome} is no answer")
    with transaction.atomic():
        found = _open(claim)
        found.state, found.answer, found.answered_by, found.ended_at = outcome, answer, by, now
        found.save(update_fields=["state", "answer", "answered_by", "ended_at"])
        mail_answered(found)
    return found


def _claimable(invoice: Invoice) -> Invoice:
    """The bill as it is now, locked after its account. Raises VoidInvoiceClaimed."""
    lock_account(invoice.account_id)
    [found] = lock_invoices([invoice.pk])
    if found.status == InvoiceStatus.VOID:
        raise VoidInvoiceClaimed
    return found


def _keep(
    invoice: Invoice,
    complaint: Complaint,
    *,
    made_by: User,
    now: datetime,
    claimant_name: str = "",
    attachment: PrivateFile | None = None,
) -> Claim:
    return Claim.objects.create(
        invoice=invoice,
        made_by=made_by,
        claimant_name=claimant_name,
        reason=complaint.reason,
        text=complaint.text,
        meter_reading=complaint.meter_reading,
        meter_read_on=complaint.meter_read_on,
        attachment=attachment,
        presumed_average_m3=_presumed_average(invoice),
        made_at=now,
        answer_due_on=answer_due_date(local_day(now)),
    )


def _open(claim: Claim) -> Claim:
    """The claim as it is now, locked after its account. Raises ClaimEnded."""
    lock_account(claim.invoice.account_id)
    claims = Claim.objects.select_for_update(no_key=True, of=("self",))
    found = claims.select_related("invoice__account", "made_by").get(pk=claim.pk)
    if not found.is_open:
        raise ClaimEnded(found)
    return found


def _presumed_average(invoice: Invoice) -> Decimal | None:
    consumption = bill_consumption(invoice)
    return consumption.unusual.average if consumption and consumption.unusual else None
