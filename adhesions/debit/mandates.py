"""Giving a mandate to debit the bills of an account, and ending it as easily, with a receipt (Disp. 954/2025)."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from procrastinate.contrib.django import app

from accounts.enums import TermsPurpose
from accounts.hooks import LinkEnd
from accounts.models import AccountLink, TermsVersion, User
from accounts.terms import accept_terms
from adhesions.debit.announcing import announce_debits_of
from adhesions.debit.bank_accounts import bank_code
from adhesions.debit.mails import tell_ended, tell_given
from adhesions.debit.refusals import AlreadyDebited, CardExpired, CardOfAnotherCountry
from adhesions.debit.withdrawing import withdraw_debits
from adhesions.enums import AdhesionEnd, DebitMeans
from adhesions.links import hold_link
from adhesions.models import DirectDebit, ScheduledDebit
from billing.gateway.saved_cards import SavedCard
from billing.locks import lock_account
from oficina.shared import encryption
from oficina.shared.dates import local_day

FORGET_CARD_TASK = "adhesions.forget_card"

_PURPOSE = "adhesions.debit.cbu"
_END_OF_LINK = {LinkEnd.UNLINKED: AdhesionEnd.UNLINKED, LinkEnd.USER_CLOSED: AdhesionEnd.USER_CLOSED}
_SHOWN = 4


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What the person agreed to: the version of the terms that they were shown, from which address, and the most that
    one debit may take, in pesos, if they set one. `given_at` is when (UTC) if that was not just now.
    """

    terms: TermsVersion
    ip: str | None
    cap: Decimal | None = None
    given_at: datetime | None = None


@sensitive_variables("cbu")  # no report of an error tells it
def give_bank_mandate(
    link: AccountLink, cbu: str, holder_document: str, consent: Consent, *, now: datetime
) -> DirectDebit:
    """Have the bills of the account debited from a bank account, by its 22 digits as `read_cbu` gives them.

    Bills that are pending and far enough from their due date are announced at once. Raises LinkEnded, AlreadyDebited.
    """
    account = DirectDebit(
        means=DebitMeans.BANK,
        cbu=encryption.encrypt(cbu, purpose=_PURPOSE),
        bank_code=bank_code(cbu),
        last4=cbu[-_SHOWN:],
        holder_document=holder_document,
    )
    return _give(link, account, consent, now)


def give_card_mandate(link: AccountLink, card: SavedCard, consent: Consent, *, now: datetime) -> DirectDebit:
    """Have the bills of the account charged to a card that the provider keeps.

    Raises CardOfAnotherCountry, CardExpired; LinkEnded, AlreadyDebited.
    """
    if card.country not in settings.UTILITY.debit_card_countries:
        raise CardOfAnotherCountry(card.country)
    good_until = _last_day(*card.expires)
    if good_until < local_day(now):
        raise CardExpired
    mandate = DirectDebit(
        means=DebitMeans.CARD,
        provider_customer_id=card.customer_id,
        provider_method_id=card.method_id,
        brand=card.brand,
        last4=card.last4,
        good_until=good_until,
    )
    return _give(link, mandate, consent, now)


def read_account(mandate: DirectDebit) -> str:
    """The 22 digits of a bank mandate, for the file that the bank reads."""
    return encryption.decrypt(mandate.cbu, purpose=_PURPOSE)


def leave_direct_debit(mandate: DirectDebit, *, by: User, now: datetime) -> None:
    """End it on behalf of a person who has the account linked: its maker, or another one."""
    reason = AdhesionEnd.MAKER if by.pk == mandate.made_by_id else AdhesionEnd.ANOTHER_USER
    end_direct_debit(mandate, reason, by=by, now=now)


def end_direct_debit(mandate: DirectDebit, reason: AdhesionEnd, *, by: User | None, now: datetime) -> None:
    """End a mandate and send its receipt to whoever gave it. What was announced is not debited, and the provider is
    made to forget a card; a debit that is under way goes on. Ending it twice changes nothing.

    `by` is None when no person of the portal did it.
    """
    with transaction.atomic():
        lock_account(mandate.account_id)
        found = DirectDebit.objects.live().select_related("account", "made_by").filter(pk=mandate.pk).first()
        if found is None:
            return
        found.ended_at, found.ended_by, found.end_reason = now, by, reason
        found.save(update_fields=["ended_at", "ended_by", "end_reason"])
        withdraw_debits(ScheduledDebit.objects.filter(mandate=found), now=now)
        if found.means == DebitMeans.CARD:
            app.configure_task(FORGET_CARD_TASK).defer(method_id=found.provider_method_id)
        tell_ended(found)


def end_with_link(link: AccountLink, end: LinkEnd) -> None:
    """Whoever no longer acts for an account no longer pays its bills. A handler of `accounts.hooks`."""
    for mandate in DirectDebit.objects.live().of(link).filter(made_by=link.user_id):
        end_direct_debit(mandate, _END_OF_LINK[end], by=link.user, now=timezone.now())


def end_with_holder(account_ids: Sequence[int]) -> None:
    """Whoever gave a mandate does not pay the bills of a new holder. A handler of `accounts.hooks`."""
    for mandate in DirectDebit.objects.live().filter(account__in=account_ids).order_by("account"):
        end_direct_debit(mandate, AdhesionEnd.HOLDER_CHANGED, by=None, now=timezone.now())


def _give(link: AccountLink, mandate: DirectDebit, consent: Consent, now: datetime) -> DirectDebit:
    with transaction.atomic():
        lock_account(link.account_id)
        hold_link(link)
        existing = DirectDebit.objects.live().of(link).first()
        if existing is not None:
            raise AlreadyDebited(existing)
        mandate.account, mandate.made_by, mandate.cap, mandate.started_at = link.account, link.user, consent.cap, now
        mandate.acceptance = accept_terms(
            link.user, TermsPurpose.DIRECT_DEBIT, consent.ip, terms=consent.terms, accepted_at=consent.given_at
        )
        mandate.save(force_insert=True)
        tell_given(mandate)
        announce_debits_of(mandate, now=now)
    return mandate


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
