"""Deliberate bugs, one at a time, to see that the soak would find them: in this process and its database only."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

import pytest
from django.db import transaction

from accounts.models import ServiceAccount
from billing import external_payments, inbox, locks, open_checkouts, polling, settlement
from billing.enums import PaymentState
from billing.external_payments import ReceivedOperation
from billing.gateway.base import Json
from billing.gateway.configured import gateway
from billing.gateway.reports import CheckoutReport
from billing.gateway.stripe_gateway import StripeGateway
from billing.locks import lock_payment
from billing.models import Payment, WebhookEvent
from billing.payment_log import move
from tests.soak import mutants_of_debits, mutants_of_plans
from tests.soak import mutants_of_returns as returns
from tests.soak.sabotage import run_sql, swapped, without_constraint, without_trigger


@dataclass(frozen=True)
class Mutant:
    """A bug: what it is called, what was taken away, and how it is put in for the length of a block."""

    name: str
    what: str
    put_in: Callable[[], AbstractContextManager[None]]


@contextmanager
def _no_lock() -> Iterator[None]:
    def account(account_id: int) -> ServiceAccount:
        return ServiceAccount.objects.get(pk=account_id)

    def payment(payment_id: int) -> Payment:
        return Payment.objects.get(pk=payment_id)

    with swapped(locks.lock_account, account), swapped(locks.lock_payment, payment):
        yield


@contextmanager
def _no_duplicate_check_of_events() -> Iterator[None]:
    def receive_event(body: bytes, signature: str) -> tuple[WebhookEvent, bool]:
        provider = gateway()
        told = provider.verify_event(body, signature)
        event = WebhookEvent.objects.create(
            source=provider.source, event_id=told.event_id, event_type=told.event_type, body=body
        )
        return event, True

    with (
        without_constraint("billing_webhookevent", "webhook_event_once"),
        swapped(inbox.receive_event, receive_event),
    ):
        yield


@contextmanager
def _no_duplicate_check_of_operations() -> Iterator[None]:
    def same_operation(operation: ReceivedOperation) -> Payment | None:
        return None

    with (
        without_constraint("billing_payment", "payment_operation_unique"),
        swapped(external_payments._same_operation, same_operation),
    ):
        yield


@contextmanager
def _settles_what_is_settled() -> Iterator[None]:
    def settle_payment(payment_id: int, report: CheckoutReport, *, cause: str) -> Payment:
        with transaction.atomic():
            payment = lock_payment(payment_id)
            settlement._apply(payment, report, cause)
        return payment

    with swapped(settlement.settle_payment, settle_payment):
        yield


@contextmanager
def _amount_is_not_compared() -> Iterator[None]:
    right = settlement.settle_payment

    def settle_payment(payment_id: int, report: CheckoutReport, *, cause: str) -> Payment:
        payment = Payment.objects.get(pk=payment_id)
        believed = replace(report, amount=payment.amount_asked, currency=payment.currency)
        return right(payment_id, believed, cause=cause)

    with swapped(settlement.settle_payment, settle_payment):
        yield


@contextmanager
def _no_conservation() -> Iterator[None]:
    with without_trigger("conservation"):
        yield


@contextmanager
def _surplus_is_forgotten() -> Iterator[None]:
    with without_trigger("conservation"):
        run_sql(
            "CREATE FUNCTION soak_forgets() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
            "CREATE TRIGGER soak_forgets BEFORE INSERT ON billing_creditentry"
            " FOR EACH ROW EXECUTE FUNCTION soak_forgets()",
        )
        try:
            yield
        finally:
            run_sql("DROP FUNCTION soak_forgets CASCADE")


@contextmanager
def _credit_may_be_deleted() -> Iterator[None]:
    with without_trigger("append_only"):
        yield


@contextmanager
def _another_key_each_time() -> Iterator[None]:
    right = StripeGateway.create_checkout

    def create_checkout(self: StripeGateway, request: dict[str, Json], *, key: str) -> CheckoutReport:
        return right(self, request, key=f"{key}-{uuid4()}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StripeGateway, "create_checkout", create_checkout)
        yield


@contextmanager
def _withdraws_only_here() -> Iterator[None]:
    def withdraw_payment(payment: Payment, *, cause: str) -> Payment:
        with transaction.atomic():
            locked = lock_payment(payment.pk)
            if locked.state in {PaymentState.CREATED, PaymentState.OPEN}:
                move(locked, PaymentState.EXPIRED, cause=cause)
        return locked

    with swapped(open_checkouts.withdraw_payment, withdraw_payment):
        yield


@contextmanager
def _nobody_polls() -> Iterator[None]:
    def check_checkouts(*, now: datetime) -> int:
        return 0

    with swapped(polling.check_checkouts, check_checkouts):
        yield


@contextmanager
def _events_are_given_up() -> Iterator[None]:
    def finish_events(*, now: datetime) -> int:
        return 0

    with swapped(inbox.finish_events, finish_events):
        yield


MUTANTS = (
    Mutant("no lock", "neither account nor payment is locked before it is changed", _no_lock),
    Mutant(
        "no duplicate check", "an event that came before is stored and acted on again", _no_duplicate_check_of_events
    ),
    Mutant("no conservation trigger", "nothing sums up at commit where money went", _no_conservation),
    Mutant("operations twice", "an operation told again is recorded again", _no_duplicate_check_of_operations),
    Mutant("settled twice", "a payment that succeeded is settled by the next report", _settles_what_is_settled),
    Mutant("amount not compared", "what was charged is taken for what was asked", _amount_is_not_compared),
    Mutant(
        "surplus forgotten",
        "money that no bill takes is not kept as credit, and nothing sums up",
        _surplus_is_forgotten,
    ),
    Mutant("not append-only", "rows of money may be changed and deleted", _credit_may_be_deleted),
    Mutant("another key", "a request to the provider is repeated under a new key", _another_key_each_time),
    Mutant("withdrawn only here", "the earlier session is not expired at the provider", _withdraws_only_here),
    Mutant("no polling", "nobody asks the provider about open checkouts", _nobody_polls),
    Mutant("events given up", "what failed when it came is not tried again", _events_are_given_up),
    Mutant("refunds doubled", "a refund that is asked for again is another one", returns.refunds_under_another_key),
    Mutant("failed refunds", "money that the bank sent back stays away", returns.failed_refunds_are_forgotten),
    Mutant("disputes not asked", "nobody asks about disputes", returns.nobody_asks_about_disputes),
    Mutant("reversals forgotten", "what a channel undid stays paid", returns.reversals_are_forgotten),
    Mutant("credit used again", "a summary confirmed again uses credit again", returns.credit_under_another_key),
    Mutant("checkouts left open", "nothing is closed of what was paid elsewhere", returns.checkouts_stay_open),
    Mutant("late money not told", "the office does not hear of late money", returns.late_money_is_not_told),
    Mutant("nothing brought in", "reconciliation compares and mends nothing", returns.what_is_missing_stays_out),
    Mutant("export in part", "the export leaves out what left again", returns.exported_without_returns),
    Mutant("debited though paid", "nobody looks whether a bill was paid", mutants_of_debits.paid_bills_are_debited),
    Mutant("cover stays", "the bills of a plan that ended stay covered", mutants_of_plans.cover_stays),
    Mutant("offers for ever", "nobody owes the instalments of a plan", mutants_of_plans.instalments_stay_offers),
    Mutant(
        "plans not told",
        "a plan does not hear that money left its instalments",
        mutants_of_plans.lost_money_is_not_told,
    ),
)
