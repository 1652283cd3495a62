"""Stripe's balance transactions and payouts: the movements of the account's balance, and what reaches the bank."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, NotRequired, TypedDict, cast

import stripe

from billing.enums import MovementKind
from billing.gateway.books import Movement, PayoutReport
from billing.gateway.reports import CheckoutReport
from billing.gateway.stripe_errors import asked
from billing.gateway.stripe_gateway import API_VERSION
from billing.gateway.stripe_sessions import EXPANDED, Session, from_minor_units, report_of

# Nobody waits for these answers, and a page of a hundred objects takes its time.
_TIMEOUT_SECONDS = (3.0, 30.0)
_RETRIES = 3
_PAGE = 100

# https://docs.stripe.com/reports/reporting-categories
_KINDS: Final = {
    "charge": MovementKind.CHARGE,
    "refund": MovementKind.REFUND,
    "refund_failure": MovementKind.REFUND_RETURNED,
    "dispute": MovementKind.DISPUTE,
    "dispute_reversal": MovementKind.DISPUTE_REINSTATED,
    "payout": MovementKind.PAYOUT,
    "payout_reversal": MovementKind.PAYOUT,
    "fee": MovementKind.FEE,
    "tax": MovementKind.FEE,
}
_SENT_BACK = frozenset({"failed", "canceled"})


class MovedObject(TypedDict):
    """What is read of the charge, refund, dispute or payout that moved the balance."""

    id: str
    payment_intent: NotRequired[str | None]
    metadata: NotRequired[dict[str, str] | None]


class BalanceTransaction(TypedDict):
    """What is read of a balance transaction. Amounts in minor units, times in seconds since the epoch."""

    id: str
    amount: int
    fee: int
    currency: str
    created: int
    reporting_category: str
    source: MovedObject | None


class StripeBooks:
    """A `ProviderBooks`."""

    source = "stripe"

    def __init__(self, *, api_key: str, api_base: str) -> None:
        self._api = stripe.StripeClient(
            api_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base},
            max_network_retries=_RETRIES,
            http_client=stripe.RequestsClient(timeout=_TIMEOUT_SECONDS),
        ).v1

    def movements(self, *, since: datetime, until: datetime) -> list[Movement]:
        """See `ProviderBooks`."""

        def listed() -> Iterator[stripe.BalanceTransaction]:
            page = self._api.balance_transactions.list(
                {
                    "created": {"gte": int(since.timestamp()), "lt": int(until.timestamp())},
                    "limit": _PAGE,
                    "expand": ["data.source"],
                }
            )
            yield from page.auto_paging_iter()

        newest_first = asked(lambda: [movement_of(cast("BalanceTransaction", told.to_dict())) for told in listed()])
        return newest_first[::-1]

    def payout_content(self, payout_id: str) -> Decimal:
        """See `ProviderBooks`."""

        def nets() -> Iterator[int]:
            page = self._api.balance_transactions.list({"payout": payout_id, "limit": _PAGE})
            for told in page.auto_paging_iter():
                if _KINDS.get(told.reporting_category) is not MovementKind.PAYOUT:
                    yield told.net

        return from_minor_units(asked(lambda: sum(nets())))

    def payouts(self, *, since: datetime, until: datetime) -> list[PayoutReport]:
        """See `ProviderBooks`."""

        def listed() -> Iterator[stripe.Payout]:
            page = self._api.payouts.list(
                {"created": {"gte": int(since.timestamp()), "lt": int(until.timestamp())}, "limit": _PAGE}
            )
            yield from page.auto_paging_iter()

        return asked(lambda: [_payout(payout) for payout in listed()])

    def checkout_paid_by(self, provider_payment_id: str) -> CheckoutReport | None:
        """See `ProviderBooks`."""
        expand = [f"data.{path}" for path in EXPANDED]
        found = asked(
            lambda: self._api.checkout.sessions.list({"payment_intent": provider_payment_id, "expand": expand})
        )
        return next((report_of(cast("Session", session.to_dict())) for session in found.data), None)


def movement_of(transaction: BalanceTransaction) -> Movement:
    """What a balance transaction, with its source expanded, says."""
    moved = transaction["source"]
    metadata = (moved.get("metadata") if moved else None) or {}
    return Movement(
        movement_id=transaction["id"],
        kind=_KINDS.get(transaction["reporting_category"], MovementKind.OTHER),
        at=datetime.fromtimestamp(transaction["created"], UTC),
        amount=from_minor_units(transaction["amount"]),
        fee=from_minor_units(transaction["fee"]),
        currency=transaction["currency"].upper(),
        object_id=moved["id"] if moved else "",
        provider_payment_id=(moved.get("payment_intent") if moved else None) or "",
        reference=metadata.get("payment", ""),
    )


def _payout(payout: stripe.Payout) -> PayoutReport:
    return PayoutReport(
        payout_id=payout.id,
        amount=from_minor_units(payout.amount),
        currency=payout.currency.upper(),
        sent_at=datetime.fromtimestamp(payout.created, UTC),
        # A date, told as its midnight UTC.
        arrives_on=datetime.fromtimestamp(payout.arrival_date, UTC).date(),
        failed=payout.status in _SENT_BACK,
        content_is_known=payout.reconciliation_status == "completed",
    )
