"""Ending an adhesion to the digital bill: as easy as making it, and with a receipt (Disposición 954/2025)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.hooks import LinkEnd
from accounts.models import AccountLink, User
from adhesions.digital.mails import tell_ended
from adhesions.enums import AdhesionEnd
from adhesions.models import DigitalBilling

_END_OF_LINK = {LinkEnd.UNLINKED: AdhesionEnd.UNLINKED, LinkEnd.USER_CLOSED: AdhesionEnd.USER_CLOSED}


def leave_digital_billing(adhesion: DigitalBilling, *, by: User, now: datetime) -> None:
    """End it on behalf of a person who has the account linked: its maker, or another one."""
    reason = AdhesionEnd.MAKER if by.pk == adhesion.made_by_id else AdhesionEnd.ANOTHER_USER
    end_digital_billing(adhesion, reason, by=by, now=now)


def end_digital_billing(adhesion: DigitalBilling, reason: AdhesionEnd, *, by: User | None, now: datetime) -> None:
    """End an adhesion and send the receipt to its mail and to whoever made it. Ending it twice changes nothing.

    `by` is None when no person of the portal did it.
    """
    with transaction.atomic():
        live = DigitalBilling.objects.select_for_update(no_key=True, of=("self",)).live()
        found = live.select_related("account", "made_by").filter(pk=adhesion.pk).first()
        if found is None:
            return
        found.ended_at, found.ended_by, found.end_reason = now, by, reason
        found.save(update_fields=["ended_at", "ended_by", "end_reason"])
        tell_ended(found)


def end_with_link(link: AccountLink, end: LinkEnd) -> None:
    """Whoever may no longer see the bills of an account no longer has them mailed. A handler of `accounts.hooks`."""
    for adhesion in DigitalBilling.objects.live().of(link).filter(made_by=link.user_id):
        end_digital_billing(adhesion, _END_OF_LINK[end], by=link.user, now=timezone.now())


def end_with_holder(account_ids: Sequence[int]) -> None:
    """The bills of a new holder go to nobody who adhered before. A handler of `accounts.hooks`."""
    for adhesion in DigitalBilling.objects.live().filter(account__in=account_ids).order_by("account", "pk"):
        end_digital_billing(adhesion, AdhesionEnd.HOLDER_CHANGED, by=None, now=timezone.now())
