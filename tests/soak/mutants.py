"""Deliberate bugs, one at a time, to see that the soak would find them: in this process and its database only."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from types import ModuleType
from uuid import uuid4

from django.db import connection, transaction

from accounts.models import ServiceAccount
from billing import checkout, external_payments, inbox, open_checkouts, polling, settlement
from billing.enums import PaymentState
from billing.gateway.base import Json
from billing.gateway.configured import gateway
from billing.gateway.reports import CheckoutReport
from billing.gateway.stripe_gateway import StripeGateway
from billing.locks import lock_payment
from billing.models import Payment, WebhookEvent
from billing.payment_log import move


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

    with (
        _swapped(settlement, "lock_payment", payment),
        _swapped(checkout, "lock_account", account),
        _swapped(external_payments, "lock_account", account),
    ):
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

    from billing.webhooks import stripe as endpoint  # noqa: PLC0415  where the name is looked up

    with (
        _without_constraint("billing_webhookevent", "webhook_event_once"),
        _swapped(endpoint, "receive_event", receive_event),
    ):
        yield


@contextmanager
def _no_duplicate_check_of_operations() -> Iterator[None]:
    with (
        _without_constraint("billing_payment", "payment_operation_unique"),
        _swapped(external_payments, "_same_operation", lambda _operation: None),
    ):
        yield


@contextmanager
def _settles_what_is_settled() -> Iterator[None]:
    def settle_payment(payment_id: int, report: CheckoutReport, *, cause: str) -> Payment:
        with transaction.atomic():
            payment = lock_payment(payment_id)
            settlement._apply(payment, report, cause)
        return payment

    with _settling_by(settle_payment):
        yield


@contextmanager
def _amount_is_not_compared() -> Iterator[None]:
    right = settlement.settle_payment

    def settle_payment(payment_id: int, report: CheckoutReport, *, cause: str) -> Payment:
        payment = Payment.objects.get(pk=payment_id)
        believed = replace(report, amount=payment.amount_asked, currency=payment.currency)
        return right(payment_id, believed, cause=cause)

    with _settling_by(settle_payment):
        yield


@contextmanager
def _no_conservation() -> Iterator[None]:
    with _without_trigger("conservation"):
        yield


@contextmanager
def _surplus_is_forgotten() -> Iterator[None]:
    with _without_trigger("conservation"):
        _run(
            "CREATE FUNCTION soak_forgets() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
            "CREATE TRIGGER soak_forgets BEFORE INSERT ON billing_creditentry"
            " FOR EACH ROW EXECUTE FUNCTION soak_forgets()",
        )
        try:
            yield
        finally:
            _run("DROP FUNCTION soak_forgets CASCADE")


@contextmanager
def _credit_may_be_deleted() -> Iterator[None]:
    with _without_trigger("append_only"):
        yield


@contextmanager
def _another_key_each_time() -> Iterator[None]:
    right = StripeGateway.create_checkout

    def create_checkout(self: StripeGateway, request: dict[str, Json], *, key: str) -> CheckoutReport:
        return right(self, request, key=f"{key}-{uuid4()}")

    with _swapped(StripeGateway, "create_checkout", create_checkout):
        yield


@contextmanager
def _withdraws_only_here() -> Iterator[None]:
    def withdraw_payment(payment: Payment, *, cause: str) -> Payment:
        with transaction.atomic():
            locked = lock_payment(payment.pk)
            if locked.state in {PaymentState.CREATED, PaymentState.OPEN}:
                move(locked, PaymentState.EXPIRED, cause=cause)
        return locked

    with (
        _swapped(checkout, "withdraw_payment", withdraw_payment),
        _swapped(polling, "withdraw_payment", withdraw_payment),
    ):
        yield


@contextmanager
def _nobody_polls() -> Iterator[None]:
    def check_checkouts(*, now: datetime) -> int:
        return 0

    with _swapped(polling, "check_checkouts", check_checkouts):
        yield


@contextmanager
def _events_are_given_up() -> Iterator[None]:
    def finish_events(*, now: datetime) -> int:
        return 0

    with _swapped(inbox, "finish_events", finish_events):
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
)


@contextmanager
def _swapped(owner: ModuleType | type, name: str, value: object) -> Iterator[None]:
    right = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, right)


@contextmanager
def _settling_by(settle_payment: Callable[..., Payment]) -> Iterator[None]:
    with ExitStack() as stack:
        for module in (inbox, open_checkouts):
            stack.enter_context(_swapped(module, "settle_payment", settle_payment))
        yield


@contextmanager
def _without_trigger(name: str) -> Iterator[None]:
    """The triggers of this name do nothing, on whatever table they are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE %s", [f"pgtrigger_{name}_%"]
        )
        found = cursor.fetchall()
    _run(*[f'ALTER TABLE {table} DISABLE TRIGGER "{trigger}"' for table, trigger in found])
    try:
        yield
    finally:
        _run(*[f'ALTER TABLE {table} ENABLE TRIGGER "{trigger}"' for table, trigger in found])


@contextmanager
def _without_constraint(table: str, name: str) -> Iterator[None]:
    """The table without one of its unique rules; it has to be empty of twins when the block ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        (definition,) = cursor.fetchone() or ("",)
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = %s)", [name])
        (is_constraint,) = cursor.fetchone() or (False,)
    _run(f"ALTER TABLE {table} DROP CONSTRAINT {name}" if is_constraint else f"DROP INDEX {name}")
    try:
        yield
    finally:
        _run(f"TRUNCATE {table} CASCADE", definition)


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
