"""What can be done about a map that is wrong: say so, and answer. Once each."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.account_numbers import account_number_ending, format_account_number
from accounts.addresses import page_of
from accounts.models import AccountLink, User
from billing.locks import lock_account
from oficina.shared.mail import send_mail_later
from oficina.shared.outlines import Position
from tramites.models import LocationReport
from tramites.property_location.refusals import AlreadyAnswered, AlreadyReported


def report_location(link: AccountLink, text: str, *, shown: Position | None, now: datetime) -> LocationReport:
    """Keep what the holder of this link says of where the property is, for the office. `shown` is the point that the
    map had. Raises AlreadyReported.
    """
    with transaction.atomic():
        lock_account(link.account_id)
        if earlier := LocationReport.objects.of(link).open().first():
            raise AlreadyReported(earlier)
        longitude, latitude = shown or (None, None)
        return LocationReport.objects.create(
            account=link.account,
            made_by=link.user,
            text=text,
            latitude=_degrees(latitude),
            longitude=_degrees(longitude),
            made_at=now,
        )


def answer_report(report: LocationReport, answer: str, *, by: User, now: datetime) -> LocationReport:
    """End a report with words for whoever made it, who is told by mail; gives it as it then is.

    Nothing of the account changes by this: parcels and points come from the utility's system. Raises AlreadyAnswered.
    """
    with transaction.atomic():
        lock_account(report.account_id)
        found = LocationReport.objects.select_related("account", "made_by").defer("account__parcel").get(pk=report.pk)
        if not found.is_open:
            raise AlreadyAnswered(found)
        found.answer, found.answered_by, found.answered_at = answer, by, now
        found.save(update_fields=["answer", "answered_by", "answered_at"])
        _mail(found)
    return found


def _degrees(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.6f}")


def _mail(report: LocationReport) -> None:
    """To whoever reported, unless they closed their user since: then no mail of theirs is known."""
    if not report.made_by.is_active:
        return
    context = {
        "user": report.made_by,
        "report": report,
        "account_number": format_account_number(report.account.number),
        "address": page_of(report.made_by_id, report.account_id, "property_location"),
    }
    subject = f"Respondimos tu aviso de ubicación, cuenta terminada en {account_number_ending(report.account.number)}"
    send_mail_later(report.made_by.email, subject, "location_answered", context)
