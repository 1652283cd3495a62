"""Sending the mails with bills, each once.

The row is locked while the mail server takes the mail, as in `oficina.shared.mail`: two workers send it once, and a
crash between the server's answer and our commit sends the same mail, with the same Message-ID, again.
"""

import logging
from collections.abc import Sequence
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.db import transaction
from django.utils import timezone

from accounts.holders import changed_hands_since
from adhesions.digital.bill_mail import bill_mail
from adhesions.enums import DeliveryKind, DeliveryState
from adhesions.models import BillDelivery
from billing.enums import InvoiceStatus
from oficina.shared.dates import today

_log = logging.getLogger(__name__)

_PERMANENT = 500
"""SMTP answers from here on mean that trying again is of no use (RFC 5321, 4.2.1)."""
_GIVEN_UP = "El servidor de mail no lo tomó en un día de intentos"
_LONGEST_REASON = 300


class DeliveriesWaitError(Exception):
    """Some mails could not be handed over; whoever runs this again tries those, and only those."""


def deliver_bills(delivery_ids: Sequence[int]) -> None:
    """Send those of these deliveries that are still queued. One that cannot be drawn or sent holds no other up.

    Raises DeliveriesWaitError when some have to be tried again.
    """
    failures = 0
    for delivery_id in delivery_ids:
        try:
            deliver_bill(delivery_id)
        except Exception:  # noqa: BLE001  whatever is wrong with one, the others go out
            failures += 1
            _log.warning("delivery %s waits for the next try", delivery_id, exc_info=True)
    if failures:
        raise DeliveriesWaitError(failures)


def deliver_bill(delivery_id: int) -> None:
    """Send one delivery, unless it was sent or nobody wants it any more. The bill is drawn before anything is locked.

    Raises what the mail server raises when it cannot take it now.
    """
    loaded = BillDelivery.objects.queued().select_related("invoice__account", "adhesion")
    delivery = loaded.filter(pk=delivery_id).first()
    if delivery is None:
        return
    message = bill_mail(delivery, on=today()) if _is_wanted(delivery) else None
    with transaction.atomic():
        locked = loaded.select_for_update(of=("self",), no_key=True).filter(pk=delivery_id).first()
        if locked is None:
            return
        if message is None or not _is_wanted(locked):
            _close(locked, DeliveryState.NOT_NEEDED)
            return
        try:
            message.send()
        except (SMTPRecipientsRefused, SMTPResponseException) as refusal:
            reason = _permanent_reason(refusal, locked.email)
            if reason is None:
                raise
            _close(locked, DeliveryState.FAILED, reason)
        else:
            locked.sent_at = timezone.now()
            _close(locked, DeliveryState.SENT)


def give_up(delivery_ids: Sequence[int]) -> None:
    """No further try is made: what is still queued failed."""
    BillDelivery.objects.queued().filter(pk__in=delivery_ids).update(state=DeliveryState.FAILED, reason=_GIVEN_UP)


def _is_wanted(delivery: BillDelivery) -> bool:
    """A void bill is no bill; an adhesion that ended or is on hold receives nothing; who paid needs no reminder.

    Who asked for a bill before the account changed hands has to prove it first: the bill tells its other debts too.
    """
    adhesion, invoice = delivery.adhesion, delivery.invoice
    if invoice.status != InvoiceStatus.OPEN:
        return False
    if adhesion is not None and (adhesion.ended_at or adhesion.paused_at):
        return False
    if delivery.kind == DeliveryKind.ON_REQUEST and changed_hands_since(delivery.queued_at, invoice.account):
        return False
    nothing_to_pay = invoice.is_paid or invoice.is_in_plan
    return delivery.kind not in {DeliveryKind.REMINDER, DeliveryKind.OVERDUE} or not nothing_to_pay


def _close(delivery: BillDelivery, state: DeliveryState, reason: str = "") -> None:
    delivery.state, delivery.reason = state, reason[:_LONGEST_REASON]
    delivery.save(update_fields=["state", "reason", "sent_at"])


def _permanent_reason(refusal: SMTPRecipientsRefused | SMTPResponseException, email: str) -> str | None:
    """What the mail server said, when it will say so for ever; None when it may take the mail later."""
    code: int
    words: bytes | str
    if isinstance(refusal, SMTPRecipientsRefused):
        code, words = refusal.recipients.get(email, (0, b""))
    else:
        code, words = refusal.smtp_code, refusal.smtp_error
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{code} {said}" if code >= _PERMANENT else None
