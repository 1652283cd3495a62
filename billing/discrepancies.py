"""What a rule cannot decide is put before a person, once; people of the office share the work, note, and resolve it."""

from collections.abc import Collection, Mapping
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.office_people import office_people_who_may
from billing.enums import DiscrepancyKind, DiscrepancyResolution, DiscrepancyState, DiscrepancyStep
from billing.models import Discrepancy, DiscrepancyEntry, Invoice, Payment, WebhookEvent
from billing.refusals import (
    AssigneeMayNotResolve,
    DiscrepanciesOfSeveralKinds,
    DiscrepancyAlreadyResolved,
    DiscrepancyAssignedMeanwhile,
    DiscrepancyNotResolved,
)

RESOLVE: Final = "billing.resolve_discrepancy"
"""The permission of whoever works on discrepancies."""

_RESOLUTION: Final = ("resolved_at", "resolved_by", "resolved_as", "resolution")


def open_discrepancy(
    kind: DiscrepancyKind,
    *,
    about: str,
    payment: Payment | None = None,
    invoice: Invoice | None = None,
    event: WebhookEvent | None = None,
    detail: Mapping[str, object] | None = None,
) -> Discrepancy:
    """Put a finding before the office. The same kind `about` the same thing stays one row, also once it is resolved.

    `about` names what was found by ids that never change, such as `3` for a payment. Part of the caller's transaction.
    """
    key = f"{kind}:{about}"
    Discrepancy.objects.bulk_create(
        [
            Discrepancy(
                key=key,
                kind=kind,
                payment=payment,
                invoice=invoice,
                event=event,
                detail=dict(detail or {}),
                opened_at=timezone.now(),
            )
        ],
        ignore_conflicts=True,
    )
    return Discrepancy.objects.get(key=key)


def assign_discrepancy(discrepancy: Discrepancy, to: User | None, *, seen: int | None, by: User) -> Discrepancy:
    """Give a finding to somebody of the office, or take it from whoever has it (`to` is None).

    `seen` is the key of the person who had it when `by` decided: whoever was overtaken is told and decides again.
    Raises DiscrepancyAlreadyResolved, DiscrepancyAssignedMeanwhile and AssigneeMayNotResolve.
    """
    if to is not None and not office_people_who_may(RESOLVE).filter(pk=to.pk).exists():
        raise AssigneeMayNotResolve
    with transaction.atomic():
        found = _locked(discrepancy.pk)
        _still_open(found)
        if found.assigned_to_id != seen:
            raise DiscrepancyAssignedMeanwhile(found.assigned_to)
        found.assigned_to = to
        found.save(update_fields=["assigned_to"])
        _keep(found, DiscrepancyStep.LET_GO if to is None else DiscrepancyStep.ASSIGNED, by=by, assignee=to)
    return found


def note_discrepancy(discrepancy: Discrepancy, text: str, *, by: User) -> DiscrepancyEntry:
    """Keep what somebody of the office saw or did, also about a finding that is resolved. `text` is not empty."""
    return _keep(discrepancy, DiscrepancyStep.NOTED, by=by, text=text)


def resolve_discrepancy(
    discrepancy: Discrepancy, resolved_as: DiscrepancyResolution, resolution: str, *, by: User
) -> Discrepancy:
    """Keep what a person of the office decided, and that it was them; gives the finding as it then is.

    `resolution` says it in words and is not empty. No money moves by this. Raises DiscrepancyAlreadyResolved, so that
    nobody's decision is written over.
    """
    with transaction.atomic():
        found = _locked(discrepancy.pk)
        _still_open(found)
        _resolve(found, resolved_as, resolution, by)
    return found


def resolve_discrepancies(
    keys: Collection[int], resolved_as: DiscrepancyResolution, resolution: str, *, by: User
) -> list[Discrepancy]:
    """The same about several findings of one kind, all or none; gives those that were resolved now. What somebody
    resolved meanwhile stays as they left it. Raises DiscrepanciesOfSeveralKinds.
    """
    with transaction.atomic():
        locked = list(Discrepancy.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
        if len({found.kind for found in locked}) > 1:
            raise DiscrepanciesOfSeveralKinds
        open_ones = [found for found in locked if found.is_open]
        for found in open_ones:
            _resolve(found, resolved_as, resolution, by)
    return open_ones


def reopen_discrepancy(discrepancy: Discrepancy, why: str, *, by: User) -> Discrepancy:
    """Put a finding before the office again; its entries keep how it was resolved. Raises DiscrepancyNotResolved."""
    with transaction.atomic():
        found = _locked(discrepancy.pk)
        if found.is_open:
            raise DiscrepancyNotResolved
        found.state = DiscrepancyState.REOPENED
        found.resolved_at = found.resolved_by = None
        found.resolved_as = found.resolution = ""
        found.save(update_fields=["state", *_RESOLUTION])
        _keep(found, DiscrepancyStep.REOPENED, by=by, text=why)
    return found


def _locked(key: int) -> Discrepancy:
    return Discrepancy.objects.select_for_update(no_key=True).get(pk=key)


def _still_open(found: Discrepancy) -> None:
    if not found.is_open:
        raise DiscrepancyAlreadyResolved


def _resolve(found: Discrepancy, resolved_as: DiscrepancyResolution, resolution: str, by: User) -> None:
    found.state = DiscrepancyState.RESOLVED
    found.resolved_at = timezone.now()
    found.resolved_by = by
    found.resolved_as = resolved_as
    found.resolution = resolution
    found.save(update_fields=["state", *_RESOLUTION])
    _keep(found, DiscrepancyStep.RESOLVED, by=by, text=resolution, resolved_as=resolved_as)


def _keep(
    discrepancy: Discrepancy,
    step: DiscrepancyStep,
    *,
    by: User,
    text: str = "",
    assignee: User | None = None,
    resolved_as: str = "",
) -> DiscrepancyEntry:
    return DiscrepancyEntry.objects.create(
        discrepancy=discrepancy, step=step, by=by, text=text, assignee=assignee, resolved_as=resolved_as
    )
