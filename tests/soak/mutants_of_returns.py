"""Deliberate bugs in what leaves a payment again, in what only reconciliation finds, and in who is told."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from uuid import uuid4

import pytest

from accounts.models import AccountLink, User
from billing import credit_use, export, polling, refunds, return_polling, settlement
from billing.channels import payments as channel_payments
from billing.enums import DiscrepancyKind
from billing.export import ExportedMovement
from billing.gateway.base import Json
from billing.gateway.books import ProviderBooks
from billing.gateway.reports import MoneyReport
from billing.gateway.returns import RefundReport, RefundStatus
from billing.gateway.stripe_returns import StripeReturns
from billing.management.commands import export_payments  # noqa: F401  it has to know the function that is swapped
from billing.models import CollectionOperation, CreditUse, Payment, ProviderMovement, Refund
from billing.quotes import Quote
from billing.reconciliation import missed
from tests.soak.sabotage import swapped


@contextmanager
def refunds_under_another_key() -> Iterator[None]:
    """A refund that is asked for again is another one."""
    right = StripeReturns.create_refund

    def create_refund(self: StripeReturns, request: dict[str, Json], *, key: str) -> RefundReport:
        return right(self, request, key=f"{key}-{uuid4()}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StripeReturns, "create_refund", create_refund)
        yield


@contextmanager
def failed_refunds_are_forgotten() -> Iterator[None]:
    """Money that the bank sent back stays away."""
    right = refunds.record_refund

    def record_refund(payment_id: int, report: RefundReport) -> Refund | None:
        if report.status is RefundStatus.FAILED:
            return None
        return right(payment_id, report)

    with swapped(right, record_refund):
        yield


@contextmanager
def nobody_asks_about_disputes() -> Iterator[None]:
    """A dispute whose events are lost stays as it was."""

    def check_disputes(*, now: datetime) -> int:
        return 0

    with swapped(return_polling.check_disputes, check_disputes):
        yield


@contextmanager
def reversals_are_forgotten() -> Iterator[None]:
    """What a channel undid stays paid."""

    def undo_payments(operation: CollectionOperation) -> list[Payment]:
        return channel_payments.payments_of(operation.channel, operation.operation_number)

    with swapped(channel_payments.undo_payments, undo_payments):
        yield


@contextmanager
def credit_under_another_key() -> Iterator[None]:
    """A summary that is confirmed again uses credit again."""
    right = credit_use.use_credit

    def use_credit(link: AccountLink, user: User, quote: Quote, *, now: datetime) -> CreditUse:
        return right(link, user, replace(quote, key=str(uuid4())), now=now)

    with swapped(right, use_credit):
        yield


@contextmanager
def checkouts_stay_open() -> Iterator[None]:
    """The checkout of a bill that was paid elsewhere is not closed."""

    def withdraw_checkouts_of(invoice_ids: Collection[int], *, cause: str) -> None:
        return

    with swapped(polling.withdraw_checkouts_of, withdraw_checkouts_of):
        yield


@contextmanager
def late_money_is_not_told() -> Iterator[None]:
    """The office does not hear that an attempt that was given up was paid."""
    right = settlement._put_before_the_office

    def _put_before_the_office(
        kind: DiscrepancyKind, payment: Payment, report: MoneyReport, *, about: str = ""
    ) -> None:
        if kind is not DiscrepancyKind.LATE_PAYMENT:
            right(kind, payment, report, about=about)

    with swapped(right, _put_before_the_office):
        yield


@contextmanager
def what_is_missing_stays_out() -> Iterator[None]:
    """Reconciliation compares, and brings nothing in."""

    def bring_in(missing: Sequence[ProviderMovement], books: ProviderBooks) -> set[int]:
        return set()

    with swapped(missed.bring_in, bring_in):
        yield


@contextmanager
def exported_without_returns() -> Iterator[None]:
    """The file for accounting leaves out what left again."""
    right: Callable[..., Iterator[ExportedMovement]] = export.export_rows

    def export_rows(since: date, until: date, *, at_once: int = 2000) -> Iterator[ExportedMovement]:
        return (row for row in right(since, until, at_once=at_once) if row.movement != "returned")

    with swapped(right, export_rows):
        yield
