"""What whoever claims is told: that it was received, with its number, and how it ended."""

from accounts.account_numbers import account_number_ending, format_account_number
from accounts.addresses import page_of
from billing.claims.presentation import outcome_sentence
from billing.models import Claim
from billing.presentation import bill_name
from oficina.shared.dates import short_date
from oficina.shared.mail import send_mail_later


def mail_received(claim: Claim) -> None:
    """The proof that the claim was made: its number, its bill, until when it is answered."""
    _mail(claim, f"Recibimos tu reclamo {claim.number}", "claim_received")


def mail_withdrawn(claim: Claim) -> None:
    """The claim ended because whoever made it withdrew it."""
    _mail(claim, f"Retiraste el reclamo {claim.number}", "claim_withdrawn")


def mail_answered(claim: Claim) -> None:
    """What the office decided and its words."""
    _mail(claim, f"Respondimos tu reclamo {claim.number}", "claim_answered")


def _mail(claim: Claim, what: str, template: str) -> None:
    """In the caller's transaction. Whoever claimed at the counter has no mail here; whoever closed their user is told
    nothing, since no mail of theirs is known; whoever gave the account up gets no address, since its pages are closed
    to them.
    """
    if claim.claimant_name or not claim.made_by.is_active:
        return
    account = claim.invoice.account
    context = {
        "user": claim.made_by,
        "claim": claim,
        "bill": bill_name(claim.invoice),
        "invoice": f"LSP {claim.invoice}",
        "reason": claim.get_reason_display(),
        "due_on": short_date(claim.answer_due_on),
        "outcome": outcome_sentence(claim),
        "account_number": format_account_number(account.number),
        "address": page_of(claim.made_by_id, account.pk, "claim", claim.public_id),
    }
    subject = f"{what}, cuenta terminada en {account_number_ending(account.number)}"
    send_mail_later(claim.made_by.email, subject, template, context)
