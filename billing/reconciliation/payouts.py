"""What the provider sent to our bank, and what the bank showed."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from billing.gateway.books import PayoutReport, ProviderBooks
from billing.gateway.errors import ProviderRefusedError
from billing.models import ProviderPayout
from billing.reconciliation.findings import found_in_payouts
from billing.refusals import PayoutAlreadySeen

_MAY_COME_BACK = timedelta(days=10)
"""Banks send a transfer back within five working days."""


def keep_payouts(books: ProviderBooks, *, now: datetime, since: datetime) -> None:
    """Asks for the payouts sent from an instant on, and those that the bank may still send back; keeps how they are.

    Never inside a transaction. Raises ProviderUnavailableError.
    """
    for report in books.payouts(since=min(since, now - _MAY_COME_BACK), until=now + timedelta(days=1)):
        kept = ProviderPayout.objects.filter(source=books.source, payout_id=report.payout_id).first()
        content = kept.content if kept is not None else None
        if content is None and report.content_is_known:
            content = _content(books, report)
        ProviderPayout.objects.update_or_create(
            source=books.source,
            payout_id=report.payout_id,
            defaults={"content": content, "arrives_on": report.arrives_on, "failed": report.failed, "checked_at": now},
            create_defaults={
                "amount": report.amount,
                "sent_at": report.sent_at,
                "content": content,
                "arrives_on": report.arrives_on,
                "failed": report.failed,
                "checked_at": now,
            },
        )


def note_bank_credit(payout: ProviderPayout, *, amount: Decimal, on: date, by: User) -> ProviderPayout:
    """Keep what a person of the office saw on the bank's statement; another amount than was sent is a finding.

    `amount` in pesos. Raises PayoutAlreadySeen, so that nobody's note is written over.
    """
    with transaction.atomic():
        noted = ProviderPayout.objects.select_for_update(no_key=True).get(pk=payout.pk)
        if noted.bank_seen_at is not None:
            raise PayoutAlreadySeen
        noted.bank_amount, noted.bank_on = amount, on
        noted.bank_seen_at, noted.bank_seen_by = timezone.now(), by
        noted.save(update_fields=["bank_amount", "bank_on", "bank_seen_at", "bank_seen_by"])
        found_in_payouts([noted])
    return noted


def _content(books: ProviderBooks, report: PayoutReport) -> Decimal | None:
    try:
        return books.payout_content(report.payout_id)
    except ProviderRefusedError:  # of a payout that somebody made by hand it tells nothing
        return None
