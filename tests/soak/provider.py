"""What happens at the provider: customers pay or not, and its messages and answers go wrong in every way it knows."""

from collections.abc import Collection
from functools import partial

from django.db import connection

from billing.enums import PaymentState
from tests.billing.checkout.steps import database_down, event_body, post_event, signed
from tests.soak.threads import at_once, raise_what_broke
from tests.soak.violations import Violation
from tests.soak.world import World

_CREATE = "POST /v1/checkout/sessions"
STILL_PAYABLE = (PaymentState.CREATED, PaymentState.OPEN)
_ON_ITS_WAY = (PaymentState.PROCESSING,)
_EXPIRE = "POST /v1/checkout/sessions/*/expire"


def pay(world: World, *, payment: int) -> None:
    _at_checkout(world, payment, "pay", STILL_PAYABLE)


def decline(world: World, *, payment: int) -> None:
    _at_checkout(world, payment, "decline", STILL_PAYABLE)


def pay_later(world: World, *, payment: int) -> None:
    _at_checkout(world, payment, "pay_later", STILL_PAYABLE)


def settle(world: World, *, payment: int) -> None:
    """The voucher is paid."""
    _at_checkout(world, payment, "settle", _ON_ITS_WAY)


def fail(world: World, *, payment: int) -> None:
    """The voucher was never paid."""
    _at_checkout(world, payment, "fail", _ON_ITS_WAY)


def expire(world: World, *, payment: int) -> None:
    _at_checkout(world, payment, "expire", STILL_PAYABLE)


def pay_otherwise(world: World, *, payment: int, cents: int, currency: str | None) -> None:
    """The provider charges another amount or currency than it was asked for."""
    session, asked = world.session_of(payment, STILL_PAYABLE), world.payment(payment, STILL_PAYABLE)
    if session and asked:
        total = int(asked.amount_asked * 100) + cents
        world.simulator.misreport(session, amount_total=total, currency=currency)
        world.simulator.pay(session)
        world.strikes["charged otherwise"] += 1


def pay_while_the_database_is_down(world: World, *, payment: int) -> None:
    """The webhook cannot be stored; the provider sends it again."""
    session = world.session_of(payment, STILL_PAYABLE)
    if session is None:
        return
    world.ground.errors.database_is_down = True
    try:
        with database_down():
            world.simulator.pay(session)
        world.simulator.wait_until_idle()
    finally:
        world.ground.errors.database_is_down = False
    world.strikes["database down"] += 1


def duplicate(world: World, *, copies: int, concurrent: bool, times: int) -> None:
    world.simulator.duplicate(copies, concurrent=concurrent, times=times)
    world.strikes["duplicate"] += 1


def twin(world: World, *, events: int, times: int) -> None:
    world.simulator.twin(event_ids=events, times=times)
    world.strikes["twin"] += 1


def delay(world: World, *, tenths: int, times: int) -> None:
    """Events come later, so others overtake them."""
    world.simulator.delay(tenths / 20, times=times)
    world.strikes["delay"] += 1


def drop(world: World, *, times: int) -> None:
    world.simulator.drop(matching="checkout.session.*", times=times)
    world.strikes["drop"] += 1


def lose_answer(world: World, *, to_expire: bool, cut: bool, times: int) -> None:
    """What was asked is done, and nobody is told: neither the first time nor when it is asked again."""
    matching = _EXPIRE if to_expire else _CREATE
    world.simulator.lose_answer(how="cut" if cut else "error", matching=matching, times=times)
    world.strikes["answer lost"] += 1


def redeliver(world: World, *, event: int) -> None:
    """Any event of the past comes once more."""
    events = world.events()
    if events:
        world.simulator.redeliver(events[event % len(events)].id)
        world.strikes["redelivered"] += 1


def one_event_many_times(world: World, *, payment: int, copies: int) -> None:
    """A new event comes many times at once, as the provider signs it."""
    session = world.session_of(payment)
    if session is None:
        return
    body = event_body(session, id=f"evt_soak_{len(world.steps)}")
    answers = at_once([partial(_told, body)] * copies)
    raise_what_broke(answers)
    odd = [answer for answer in answers if isinstance(answer, int) and answer != 204]
    if odd:
        raise Violation("a verified event is answered 2xx", odd)
    world.strikes["one event at once"] += 1


def event_of_another_time(world: World, *, payment: int, kind: str) -> None:
    """An event that says what is no longer so, or never was."""
    session = world.session_of(payment)
    if session is None:
        return
    body = event_body(session, id=f"evt_soak_{len(world.steps)}", type=f"checkout.session.{kind}")
    if _told(body) != 204:
        raise Violation("a verified event is answered 2xx", kind)
    world.strikes["untimely event"] += 1


def _told(body: bytes) -> int:
    try:
        return post_event(body, signed(body))
    finally:
        connection.close()


def _at_checkout(world: World, payment: int, act: str, among: Collection[PaymentState]) -> None:
    session = world.session_of(payment, among)
    if session is not None:
        getattr(world.simulator, act)(session)
