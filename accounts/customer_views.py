"""Looking at the portal as a customer sees it, for the office: who, whom, why, and until when. The only writer of
CustomerView.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.http import HttpRequest

from accounts.enums import ViewEnd
from accounts.models import CustomerView, User

VIEW_PERMISSION: Final = "accounts.view_as_customer"


class ViewFault(StrEnum):
    """Why nobody may look at the portal as this person."""

    OWN = "own"
    OFFICE = "office"
    CANNOT_ENTER = "cannot_enter"


class ViewRefused(Exception):  # noqa: N818  a refusal, named by what is refused
    """The portal is not shown as this person sees it."""

    def __init__(self, fault: ViewFault) -> None:
        super().__init__(fault)
        self.fault = fault


def view_fault(by: User, seen: User) -> ViewFault | None:
    """What keeps `by` from seeing the portal as `seen` does, whatever they may do otherwise; None when nothing does.

    Nobody sees the portal as somebody of the office, who can do more there than a customer, nor as somebody who cannot
    enter it, since nobody sees it so.
    """
    if by.pk == seen.pk:
        return ViewFault.OWN
    if seen.is_staff or seen.is_superuser:
        return ViewFault.OFFICE
    return None if seen.is_active else ViewFault.CANNOT_ENTER


def begin_view(*, by: User, seen: User, reason: str, now: datetime) -> CustomerView:
    """Somebody of the office begins to look at the portal as a customer sees it, from that instant (UTC). What they had
    open before ends: nobody sees two at a time. Whoever calls has checked that they may. Raises ViewRefused.
    """
    with transaction.atomic():
        # Both rows in the order of their keys: of two people of the office nobody waits for the other for ever.
        people = User.objects.select_for_update(no_key=True).filter(pk__in=[by.pk, seen.pk]).order_by("pk")
        locked = {person.pk: person for person in people}
        fault = view_fault(locked[by.pk], locked[seen.pk])
        if fault is not None:
            raise ViewRefused(fault)
        _end(CustomerView.objects.open().filter(by=by).first(), ViewEnd.REPLACED, now)
        return CustomerView.objects.create(by=by, seen=seen, reason=reason, began_at=now)


def end_view(view: CustomerView, end: ViewEnd, *, now: datetime) -> None:
    """The view shows nothing more from that instant (UTC). Ending it twice changes nothing."""
    with transaction.atomic():
        _end(CustomerView.objects.open().select_for_update(no_key=True).filter(pk=view.pk).first(), end, now)
        view.refresh_from_db(fields=["ended_at", "end"])


def due_end(view: CustomerView, *, now: datetime) -> ViewEnd | None:
    """How the view ends at that instant (UTC); None while it may go on."""
    if now >= view.runs_out_at:
        return ViewEnd.EXPIRED
    allowed = view.by.is_active and view.by.is_staff and view.by.has_perm(VIEW_PERMISSION)
    return None if allowed and view_fault(view.by, view.seen) is None else ViewEnd.NOT_ALLOWED


def view_of(request: HttpRequest) -> CustomerView | None:
    """The view in which the office sees this page; None when whoever asks is who they are."""
    view: CustomerView | None = getattr(request, "customer_view", None)
    return view


def _end(view: CustomerView | None, end: ViewEnd, now: datetime) -> None:
    if view is not None:
        view.ended_at, view.end = max(now, view.began_at), end
        view.save(update_fields=["ended_at", "end"])
