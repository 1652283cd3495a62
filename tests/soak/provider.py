"""What customers do at the provider's page, and what the provider then tells about it."""

from collections.abc import Collection
from functools import partial

from django.db import connection

from billing.enums import PaymentState
from tests.billing.checkout.steps import database_down, event_body, post_event, signed
from tests.soak.threads import at_once, raise_what_broke
from tests.soak.violations import Violation
from tests.soak.world import World

STILL_PAYABLE = (PaymentState.CREATED, PaymentState.OPEN)
_ON_ITS_WAY = (PaymentState.PROCESSING,)

CARDS = {"at once": None, "refunds take time": "4000000000007726", "refunds fail later": "4000000000005126"}


def pay(world: World, *, payment: int, card: str = "at once") -> None:
    """By card; the card decides how refunds of it go."""
    world.simulator.pay(world.session_of(payment, STILL_PAYABLE), card=CARDS[card])


def decline(world: World, *, payment: int) -> None:
    """The card is declined."""
    _at_checkout(world, payment, "decline", STILL_PAYABLE)


def pay_later(world: World, *, payment: int) -> None:
    """With a voucher, which somebody may pay."""
    _at_checkout(world, payment, "pay_later", STILL_PAYABLE)


def settle(world: World, *, payment: int) -> None:
    """The voucher is paid."""
    _at_checkout(world, payment, "settle", _ON_ITS_WAY)


def fail(world: World, *, payment: int) -> None:
    """The voucher was never paid."""
    _at_checkout(world, payment, "fail", _ON_ITS_WAY)


def pay_by_voucher(world: World, *, payment: int, is_paid: bool) -> None:
    """A voucher is handed out, and paid or not in the end."""
    session = world.session_of(payment, STILL_PAYABLE)
    world.simulator.pay_later(session)
    (world.simulator.settle if is_paid else world.simulator.fail)(session)


def expire(world: World, *, payment: int) -> None:
    """Its time is over."""
    _at_checkout(world, payment, "expire", STILL_PAYABLE)


def pay_what_was_given_up(world: World, *, payment: int) -> None:
    """Somebody pays at a page that the portal believes to be closed."""
    _at_checkout(world, payment, "pay", (PaymentState.EXPIRED,))


def pay_otherwise(world: World, *, payment: int, cents: int, currency: str | None) -> None:
    """The provider charges another amount or currency than it was asked for."""
    session, asked = world.session_of(payment, STILL_PAYABLE), world.payment(payment, STILL_PAYABLE)
    total = int(asked.amount_asked * 100) + cents
    world.simulator.misreport(session, amount_total=total, currency=currency)
    world.simulator.pay(session)
    world.strikes["charged otherwise"] += 1


def pay_while_the_database_is_down(world: World, *, payment: int) -> None:
    """The webhook cannot be stored; the provider sends it again."""
    session = world.session_of(payment, STILL_PAYABLE)
    world.ground.errors.database_is_down = True
    try:
        with database_down():
            world.simulator.pay(session)
    finally:
        # Also when nothing was paid: messages that were under way were cut off, and the portal is still saying so.
        world.simulator.wait_until_idle(20)
        world.ground.errors.database_is_down = False
    world.strikes["database down"] += 1


def one_event_many_times(world: World, *, payment: int, copies: int) -> None:
    """A new event comes many times at once, as the provider signs it."""
    body = event_body(world.session_of(payment), id=f"evt_soak_{world.new_number()}")
    answers = at_once([partial(_told, body)] * copies)
    raise_what_broke(answers)
    odd = [answer for answer in answers if isinstance(answer, int) and answer != 204]
    if odd:
        raise Violation("a verified event is answered 2xx", odd)
    world.strikes["one event at once"] += 1


def event_of_another_time(world: World, *, payment: int, kind: str) -> None:
    """An event that says what is no longer so, or never was."""
    session = world.session_of(payment)
    body = event_body(session, id=f"evt_soak_{world.new_number()}", type=f"checkout.session.{kind}")
    if _told(body) != 204:
        raise Violation("a verified event is answered 2xx", kind)
    world.strikes["untimely event"] += 1


def pay_out(world: World) -> None:
    """The provider sends what it holds to the bank."""
    world.simulator.pay_out()


def _told(body: bytes) -> int:
    try:
        return post_event(body, signed(body))
    finally:
        connection.close()


def _at_checkout(world: World, payment: int, act: str, among: Collection[PaymentState]) -> None:
    getattr(world.simulator, act)(world.session_of(payment, among))
