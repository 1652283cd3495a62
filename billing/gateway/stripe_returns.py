"""Stripe's refunds and disputes in our words and ours in Stripe's."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NotRequired, TypedDict, cast

import stripe

from billing.enums import DisputeState
from billing.gateway.base import Json
from billing.gateway.returns import DisputeReport, PaymentOfProvider, RefundOrder, RefundReport, RefundStatus
from billing.gateway.stripe_errors import asked
from billing.gateway.stripe_gateway import API_VERSION
from billing.gateway.stripe_sessions import from_minor_units, to_minor_units

if TYPE_CHECKING:
    from stripe.params import RefundCreateParams

# Somebody of the office waits, and a webhook asks back once.
_TIMEOUT_SECONDS = (3.0, 6.0)
_RETRIES = 2
_PAGE = 100
_EXPANDED = ["payment_intent"]
_EXPANDED_IN_LIST = [f"data.{path}" for path in _EXPANDED]

_REFUND_STATUSES: Final = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}
_DISPUTE_STATES: Final = {
    "warning_needs_response": DisputeState.INQUIRY,
    "warning_under_review": DisputeState.INQUIRY,
    "warning_closed": DisputeState.CLOSED,
    "prevented": DisputeState.CLOSED,
    "needs_response": DisputeState.NEEDS_RESPONSE,
    "under_review": DisputeState.UNDER_REVIEW,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}


class Intent(TypedDict):
    """What is read of the payment."""

    id: str
    metadata: dict[str, str] | None


class Refund(TypedDict):
    """What is read of a refund. Amounts in minor units, times in seconds since the epoch."""

    id: str
    amount: int
    currency: str
    created: int
    status: str
    failure_reason: NotRequired[str | None]
    metadata: dict[str, str] | None
    payment_intent: Intent | str | None


class Movement(TypedDict):
    """Money that a dispute moved: negative when it was withdrawn."""

    amount: int
    created: int


class EvidenceDetails(TypedDict):
    """Until when the shop may answer."""

    due_by: int | None


class Dispute(TypedDict):
    """What is read of a dispute. Amounts in minor units, times in seconds since the epoch."""

    id: str
    amount: int
    currency: str
    created: int
    status: str
    reason: str
    balance_transactions: list[Movement]
    evidence_details: EvidenceDetails
    payment_intent: Intent | str | None


class StripeReturns:
    """A `ReturnsGateway`. One object serves every thread of a process."""

    def __init__(self, *, api_key: str, api_base: str) -> None:
        api = stripe.StripeClient(
            api_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base},
            max_network_retries=_RETRIES,
            http_client=stripe.RequestsClient(timeout=_TIMEOUT_SECONDS),
        ).v1
        self._refunds, self._disputes = api.refunds, api.disputes

    def refund_request(self, order: RefundOrder) -> dict[str, Json]:
        """See `ReturnsGateway`."""
        return {
            "payment_intent": order.provider_payment_id,
            "amount": to_minor_units(order.amount),
            "reason": "requested_by_customer",
            "metadata": {"refund": order.reference},
            "expand": [*_EXPANDED],
        }

    def create_refund(self, request: dict[str, Json], *, key: str) -> RefundReport:
        """See `ReturnsGateway`."""
        params = cast("RefundCreateParams", request)
        return asked(lambda: _refund(self._refunds.create(params, {"idempotency_key": key})))

    def retrieve_refund(self, refund_id: str) -> RefundReport:
        """See `ReturnsGateway`."""
        return asked(lambda: _refund(self._refunds.retrieve(refund_id, {"expand": _EXPANDED})))

    def list_refunds(self, provider_payment_id: str) -> list[RefundReport]:
        """See `ReturnsGateway`."""

        def listed() -> list[RefundReport]:
            page = self._refunds.list(
                {"payment_intent": provider_payment_id, "limit": _PAGE, "expand": _EXPANDED_IN_LIST}
            )
            return [_refund(told) for told in page.auto_paging_iter()]

        return asked(listed)

    def retrieve_dispute(self, dispute_id: str) -> DisputeReport:
        """See `ReturnsGateway`."""
        return asked(lambda: _dispute(self._disputes.retrieve(dispute_id, {"expand": _EXPANDED})))

    def list_disputes(self, provider_payment_id: str) -> list[DisputeReport]:
        """See `ReturnsGateway`."""

        def listed() -> list[DisputeReport]:
            page = self._disputes.list(
                {"payment_intent": provider_payment_id, "limit": _PAGE, "expand": _EXPANDED_IN_LIST}
            )
            return [_dispute(told) for told in page.auto_paging_iter()]

        return asked(listed)


def _refund(told: stripe.Refund) -> RefundReport:
    refund = cast("Refund", told.to_dict())
    return RefundReport(
        refund_id=refund["id"],
        reference=(refund["metadata"] or {}).get("refund", ""),
        payment=_payment(refund["payment_intent"]),
        amount=from_minor_units(refund["amount"]),
        currency=refund["currency"].upper(),
        status=_REFUND_STATUSES[refund["status"]],
        failure_reason=refund.get("failure_reason") or "",
        made_at=_instant(refund["created"]),
    )


def _dispute(told: stripe.Dispute) -> DisputeReport:
    dispute = cast("Dispute", told.to_dict())
    out = [movement for movement in dispute["balance_transactions"] if movement["amount"] < 0]
    back = [movement for movement in dispute["balance_transactions"] if movement["amount"] > 0]
    due_by = dispute["evidence_details"]["due_by"]
    return DisputeReport(
        dispute_id=dispute["id"],
        payment=_payment(dispute["payment_intent"]),
        state=_DISPUTE_STATES[dispute["status"]],
        reason=dispute["reason"],
        amount=from_minor_units(dispute["amount"]),
        currency=dispute["currency"].upper(),
        withdrawn=-_sum(out),
        withdrawn_at=_first(out),
        reinstated=_sum(back),
        reinstated_at=_first(back),
        respond_by=_instant(due_by) if due_by is not None else None,
        opened_at=_instant(dispute["created"]),
    )


def _sum(movements: list[Movement]) -> Decimal:
    return from_minor_units(sum(movement["amount"] for movement in movements))


def _first(movements: list[Movement]) -> datetime | None:
    return _instant(min(movement["created"] for movement in movements)) if movements else None


def _payment(intent: Intent | str | None) -> PaymentOfProvider:
    if intent is None or isinstance(intent, str):
        return PaymentOfProvider(provider_payment_id=intent or "", reference="")
    return PaymentOfProvider(provider_payment_id=intent["id"], reference=(intent["metadata"] or {}).get("payment", ""))


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
