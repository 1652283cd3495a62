"""Taking back a payment at the counter that was typed wrongly: on the same day, while its shift is open."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from billing.desk.mails import mail_annulment
from billing.desk.refusals import AnnulmentTooLate, MoneyLeftAlready
from billing.locks import lock_payment
from billing.models import TillPayment, TillShift
from billing.refunds import record_reversal
from billing.returned_money import left_of
from oficina.shared.dates import local_day


def may_be_annulled(taken: TillPayment, *, now: datetime) -> bool:
    """Whether the payment, loaded with its shift, stands, and its shift is open and of the day of `now` (UTC)."""
    shift = taken.shift
    return taken.annulled_at is None and shift.closed_at is None and local_day(shift.opened_at) == local_day(now)


def annul_desk_payment(taken_id: int, *, by: User, reason: str, now: datetime) -> TillPayment:
    """Take a payment at the counter back, whole, for a reason that is not empty: its money leaves the ledger as that of
    an operation which its channel undid, its bills are to be paid again, and whoever has the account linked is told.

    Twice changes nothing. Raises AnnulmentTooLate, and MoneyLeftAlready when a part was refunded before.
    """
    with transaction.atomic():
        shift_id = TillPayment.objects.values_list("shift_id", flat=True).get(pk=taken_id)
        TillShift.objects.select_for_update(no_key=True).get(pk=shift_id)
        taken = TillPayment.objects.select_related("shift", "payment__account").get(pk=taken_id)
        if taken.annulled_at is not None:
            return taken
        if not may_be_annulled(taken, now=now):
            raise AnnulmentTooLate
        payment = lock_payment(taken.payment_id)
        if left_of(payment) != taken.amount:
            raise MoneyLeftAlready
        record_reversal(
            payment.pk,
            amount=taken.amount,
            operation_number=payment.operation_number,
            reversed_at=now,
            reason=reason,
        )
        taken.annulled_at, taken.annulled_by, taken.annulment_reason = now, by, reason
        taken.save()
        mail_annulment(taken)
    return taken
