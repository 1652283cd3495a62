"""Proving another mail than that of one's user, by a code typed from it, before it receives any bill."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.crypto import constant_time_compare

from accounts.codes import MOST_WRONG_CODES, CodeFault, CodeRefusedError, code_digest, new_code
from accounts.models import AccountLink, TermsVersion
from adhesions.digital.joining import join_digital_billing
from adhesions.digital.mails import send_mail_code
from adhesions.digital.reminding import Reminders
from adhesions.links import hold_link
from adhesions.models import DigitalBilling, MailProof
from adhesions.models.mail_proof import GOOD_FOR
from billing.locks import lock_account

FORGOTTEN_AFTER: Final = timedelta(days=1)


def ask_for_proof(
    link: AccountLink, *, email: str, terms: TermsVersion, ip: str | None, reminders: Reminders, now: datetime
) -> MailProof:
    """Mail a code to `email`, which is to receive the bills of the account once the person of this link types it.

    `terms` is the version that they were shown and accepted. Raises LinkEnded.
    """
    proof = MailProof(
        link=link,
        email=email.lower(),
        terms=terms,
        ip_address=ip,
        reminds_before_due=reminders.before_due,
        reminds_when_overdue=reminders.when_overdue,
        asked_at=now,
    )
    with transaction.atomic():
        lock_account(link.account_id)
        hold_link(link)
        _mail_code(proof, now)
    return proof


def ask_for_proof_of_another(proof: MailProof, email: str, *, now: datetime) -> MailProof:
    """Mail a code to another address instead, for what was asked and accepted in `proof`. Raises LinkEnded."""
    with transaction.atomic():
        lock_account(proof.link.account_id)
        hold_link(proof.link)
        instead = MailProof(
            link=proof.link,
            email=email.lower(),
            terms=proof.terms,
            ip_address=proof.ip_address,
            reminds_before_due=proof.reminds_before_due,
            reminds_when_overdue=proof.reminds_when_overdue,
            asked_at=proof.asked_at,
        )
        _mail_code(instead, now)
    return instead


def send_another_code(proof: MailProof, *, now: datetime) -> None:
    """Mail another code; the one before no longer counts. Changes nothing once a code was typed."""
    with transaction.atomic():
        unused = MailProof.objects.select_for_update(no_key=True, of=("self",)).filter(pk=proof.pk, used_at=None)
        held = unused.select_related("link__account", "link__user").first()
        if held is not None:
            _mail_code(held, now)


def prove_mail(proof: MailProof, typed: str, *, now: datetime) -> DigitalBilling:
    """Take the code and have the bills mailed there, in one transaction. Again gives the same adhesion.

    Raises CodeRefusedError, of which each wrong one counts; LinkEnded; MailedByAnother.
    """
    with transaction.atomic():
        lock_account(proof.link.account_id)
        hold_link(proof.link)
        proofs = MailProof.objects.select_for_update(no_key=True, of=("self",))
        held = proofs.select_related("link__account", "link__user", "terms", "adhesion").get(pk=proof.pk)
        if held.adhesion is not None:
            return held.adhesion
        refusal = _refusal(held, typed, now)
        if refusal is None:
            return _used(held, now)
        if refusal.fault is not CodeFault.EXPIRED and held.wrong_codes < MOST_WRONG_CODES:
            held.wrong_codes += 1
            held.save(update_fields=["wrong_codes"])
    raise refusal


def forget_unused_proofs(*, now: datetime) -> None:
    """Delete what was asked and never confirmed: it names mailboxes of people who may know nothing of the utility."""
    MailProof.objects.filter(used_at=None, asked_at__lt=now - FORGOTTEN_AFTER).delete()


def _refusal(held: MailProof, typed: str, now: datetime) -> CodeRefusedError | None:
    if held.wrong_codes >= MOST_WRONG_CODES:
        return CodeRefusedError(CodeFault.WORN_OUT)
    if now > held.sent_at + GOOD_FOR:
        return CodeRefusedError(CodeFault.EXPIRED)
    if constant_time_compare(code_digest(typed, of=held.public_id), held.code_digest):
        return None
    left = MOST_WRONG_CODES - held.wrong_codes - 1
    return CodeRefusedError(CodeFault.WRONG if left else CodeFault.WORN_OUT, left)


def _used(held: MailProof, now: datetime) -> DigitalBilling:
    held.adhesion = join_digital_billing(
        held.link,
        email=held.email,
        terms=held.terms,
        ip=held.ip_address,
        now=now,
        reminders=Reminders(before_due=held.reminds_before_due, when_overdue=held.reminds_when_overdue),
    )
    held.used_at = now
    held.save(update_fields=["adhesion", "used_at"])
    return held.adhesion


def _mail_code(proof: MailProof, now: datetime) -> None:
    code = new_code()
    proof.code_digest, proof.sent_at, proof.wrong_codes = code_digest(code, of=proof.public_id), now, 0
    proof.save()
    send_mail_code(proof, code)
