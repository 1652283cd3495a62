"""Shifts of the till: opened by whoever takes money, closed with what was counted."""

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Sum

from accounts.models import User
from billing.desk.refusals import (
    DifferenceUnexplained,
    NoOpenShift,
    ShiftAlreadyOpen,
    ShiftClosed,
    ShiftOfAnotherDay,
    TillMoved,
)
from billing.enums import TillMeans
from billing.models import TillShift
from oficina.shared.dates import local_day
from oficina.shared.money import ZERO


def open_shift_of(clerk: User) -> TillShift | None:
    """The shift that somebody has open."""
    return TillShift.objects.still_open().of(clerk).first()


def open_shift(clerk: User, opening_cash: Decimal, *, now: datetime) -> TillShift:
    """Begin to take money, with that many pesos in the drawer. Raises ShiftAlreadyOpen."""
    try:
        with transaction.atomic():
            return TillShift.objects.create(clerk=clerk, opening_cash=opening_cash, opened_at=now)
    except IntegrityError:
        earlier = open_shift_of(clerk)
        if earlier is None:
            raise
        raise ShiftAlreadyOpen(earlier) from None


def lock_shift_to_take_in(clerk: User, *, now: datetime) -> TillShift:
    """The shift in which somebody may take a payment now, locked: before account, payment and bills, and by the acts of
    the till only. Raises NoOpenShift and ShiftOfAnotherDay.
    """
    shift = TillShift.objects.select_for_update(no_key=True).still_open().of(clerk).first()
    if shift is None:
        raise NoOpenShift
    if local_day(shift.opened_at) != local_day(now):
        raise ShiftOfAnotherDay(shift)
    return shift


def expected_cash(shift: TillShift) -> Decimal:
    """What the drawer should have, in pesos: the opening cash and the cash that was taken and not annulled."""
    taken = shift.payments.standing().filter(means=TillMeans.CASH).aggregate(total=Sum("amount"))["total"]
    return shift.opening_cash + (taken or ZERO)


def close_shift(
    shift_id: int, *, by: User, counted: Decimal, expected: Decimal, reason: str, now: datetime
) -> TillShift:
    """Close a shift for good with the pesos that were counted; `expected` is what whoever closes it was shown.

    Raises ShiftClosed; TillMoved, when something was paid or annulled since it was shown; DifferenceUnexplained.
    """
    with transaction.atomic():
        shift = TillShift.objects.select_for_update(no_key=True).get(pk=shift_id)
        if shift.closed_at is not None:
            raise ShiftClosed(shift)
        if (there_should_be := expected_cash(shift)) != expected:
            raise TillMoved(there_should_be)
        if counted != expected and not reason:
            raise DifferenceUnexplained(counted - expected)
        shift.closed_at = now
        shift.closed_by = by
        shift.expected_cash = expected
        shift.counted_cash = counted
        shift.difference_reason = reason if counted != expected else ""
        shift.save()
    return shift
