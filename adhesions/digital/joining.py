"""Adhering an account to the digital bill."""

from datetime import datetime

from django.db import transaction

from accounts.enums import TermsPurpose
from accounts.models import AccountLink, TermsVersion
from accounts.terms import accept_terms
from adhesions.digital.leaving import end_digital_billing
from adhesions.digital.mails import tell_joined
from adhesions.digital.refusals import MailedByAnother
from adhesions.digital.reminding import NO_REMINDERS, Reminders
from adhesions.enums import AdhesionEnd
from adhesions.links import hold_link
from adhesions.models import DigitalBilling
from billing.locks import lock_account


def join_digital_billing(
    link: AccountLink,
    *,
    email: str,
    terms: TermsVersion,
    ip: str | None,
    now: datetime,
    reminders: Reminders = NO_REMINDERS,
) -> DigitalBilling:
    """Have the new bills of the account mailed to `email`, which is known to be of the person of this link.

    `terms` is the version that they were shown and accepted. When they have the account mailed there already, that
    adhesion is returned as it is and nobody is told again: two presses at once are one adhesion. One of theirs that
    mails it elsewhere ends. Raises LinkEnded, or MailedByAnother when somebody else had the account mailed there.
    """
    address = email.lower()
    with transaction.atomic():
        lock_account(link.account_id)
        hold_link(link)
        existing = DigitalBilling.objects.live().of(link).filter(email=address).first()
        if existing is not None:
            if existing.made_by_id != link.user_id:
                raise MailedByAnother
            return existing
        for elsewhere in DigitalBilling.objects.live().of(link).filter(made_by=link.user_id):
            end_digital_billing(elsewhere, AdhesionEnd.MAIL_CHANGED, by=link.user, now=now)
        adhesion = DigitalBilling.objects.create(
            account=link.account,
            email=address,
            made_by=link.user,
            acceptance=accept_terms(link.user, TermsPurpose.DIGITAL_BILL, ip, terms=terms),
            reminds_before_due=reminders.before_due,
            reminds_when_overdue=reminders.when_overdue,
            started_at=now,
        )
        tell_joined(adhesion)
    return adhesion
