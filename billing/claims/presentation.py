"""Claims as customers read them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.urls import reverse

from accounts.models import AccountLink
from billing.enums import ClaimState
from billing.models import Claim
from billing.presentation import StateWords, bill_name

STATES: Final = {
    ClaimState.OPEN: StateWords("En revisión", "info"),
    ClaimState.UPHELD: StateWords("A tu favor", "success"),
    ClaimState.PARTLY_UPHELD: StateWords("En parte a tu favor", "success"),
    ClaimState.DISMISSED: StateWords("Sin cambios", ""),
    ClaimState.WITHDRAWN: StateWords("Retirado", ""),
}
"""The badge of each state."""

_OUTCOMES: Final = {
    ClaimState.OPEN: "",
    ClaimState.UPHELD: "Tenías razón: el reclamo se resolvió a tu favor.",
    ClaimState.PARTLY_UPHELD: "El reclamo se resolvió en parte a tu favor.",
    ClaimState.DISMISSED: "Revisamos la factura y no cambia.",
    ClaimState.WITHDRAWN: "Retiraste el reclamo.",
}


@dataclass(frozen=True, kw_only=True)
class ClaimRow:
    """One line of Mis reclamos: a claim on a bill, or the report of a payment. `at` is UTC.

    `answer_due_on`, a local date, is there while the office has to answer a claim.
    """

    subject: str
    number: str
    address: str
    bill: str
    at: datetime
    state: StateWords
    answer_due_on: date | None = None


def claim_row(claim: Claim, link: AccountLink) -> ClaimRow:
    """A claim, loaded with its bill."""
    return ClaimRow(
        subject=claim.get_reason_display(),
        number=claim.number,
        address=reverse("claim", args=[link.public_id, claim.public_id]),
        bill=bill_name(claim.invoice),
        at=claim.made_at,
        state=claim_state(claim),
        answer_due_on=claim.answer_due_on if claim.is_open else None,
    )


def claim_state(claim: Claim) -> StateWords:
    """How a claim stands."""
    return STATES[ClaimState(claim.state)]


def outcome_sentence(claim: Claim) -> str:
    """How a claim ended, in a sentence; empty while it is open."""
    return _OUTCOMES[ClaimState(claim.state)]
