"""Every act that can happen, with what it may be given; and how one is taken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import cast

from django.db import IntegrityError
from hypothesis import strategies as st

from tests.soak import customers, office, provider, strangers, upkeep
from tests.soak.crashes import POINTS
from tests.soak.threads import at_once, is_an_answer, raise_what_broke
from tests.soak.truths import check_always, check_at_rest
from tests.soak.violations import Violation
from tests.soak.world import BILLS, Given, Step, World

type Strategy = st.SearchStrategy[object]


@dataclass(frozen=True)
class Act:
    """Something that can happen. `may_be_at_once`: also together with others, in threads of their own."""

    does: Callable[..., None]
    given: Mapping[str, st.SearchStrategy[object]]
    may_be_at_once: bool = True
    weight: int = 1
    """How much more often than others it is chosen."""


_payment = st.integers(0, 5)
BILLS_CHOSEN = st.lists(st.integers(0, len(BILLS) - 1), min_size=1, max_size=3)
_bill = st.integers(0, len(BILLS) - 1)
WHO = st.integers(0, 1)
_cents = st.one_of(
    st.integers(1, 150_000), st.sampled_from([int(amount * 100) for amount, _ in BILLS] + [56555, 101000])
)
_lines = st.dictionaries(_bill, _cents, min_size=1, max_size=3)
_number = st.integers(1, 6)
_few = st.integers(1, 3)
_copies = st.integers(2, 5)
_minutes = st.sampled_from([0, 1, 2, 20, 120, 60 * 24])

ACTS: dict[str, Act] = {
    "start": Act(customers.start, {"bills": BILLS_CHOSEN, "who": WHO}, weight=3),
    "read_summary": Act(customers.read_summary, {"bills": BILLS_CHOSEN, "who": WHO}),
    "confirm_old_summary": Act(customers.confirm_old_summary, {"summary": _payment}),
    "double_click": Act(customers.double_click, {"bills": BILLS_CHOSEN, "who": WHO, "clicks": _copies}, False),
    "two_tabs": Act(
        customers.two_tabs,
        {"first": BILLS_CHOSEN, "second": BILLS_CHOSEN, "who": st.lists(WHO, min_size=2, max_size=2)},
        may_be_at_once=False,
    ),
    "return_page": Act(customers.return_page, {"payment": _payment, "copies": _few}, weight=2),
    "pay": Act(provider.pay, {"payment": _payment}, weight=4),
    "decline": Act(provider.decline, {"payment": _payment}),
    "pay_later": Act(provider.pay_later, {"payment": _payment}, weight=2),
    "settle": Act(provider.settle, {"payment": _payment}, weight=2),
    "fail": Act(provider.fail, {"payment": _payment}),
    "expire": Act(provider.expire, {"payment": _payment}),
    "pay_otherwise": Act(
        provider.pay_otherwise,
        {"payment": _payment, "cents": st.sampled_from([-1, 1, 100]), "currency": st.sampled_from([None, "usd"])},
    ),
    "pay_while_the_database_is_down": Act(
        provider.pay_while_the_database_is_down, {"payment": _payment}, may_be_at_once=False
    ),
    "duplicate": Act(provider.duplicate, {"copies": _copies, "concurrent": st.booleans(), "times": _few}),
    "twin": Act(provider.twin, {"events": st.integers(2, 3), "times": _few}),
    "delay": Act(provider.delay, {"tenths": st.integers(1, 4), "times": _few}),
    "drop": Act(provider.drop, {"times": _few}),
    "lose_answer": Act(
        provider.lose_answer, {"to_expire": st.booleans(), "cut": st.booleans(), "times": st.sampled_from([1, 3])}
    ),
    "redeliver": Act(provider.redeliver, {"event": st.integers(0, 20)}),
    "one_event_many_times": Act(
        provider.one_event_many_times, {"payment": _payment, "copies": st.sampled_from([2, 5, 20])}, False
    ),
    "event_of_another_time": Act(
        provider.event_of_another_time,
        {
            "payment": _payment,
            "kind": st.sampled_from(["completed", "expired", "async_payment_succeeded", "async_payment_failed"]),
        },
    ),
    "receive_elsewhere": Act(
        office.receive_elsewhere,
        {"lines": _lines, "rest": st.sampled_from([0, 0, 500]), "number": _number, "copies": _few},
    ),
    "rendicion": Act(office.rendicion, {"lines": _lines, "number": _number}),
    "void": Act(office.void, {"bill": _bill}),
    "change_what_is_being_paid": Act(
        office.change_what_is_being_paid,
        {"payment": _payment, "change": st.sampled_from(["void", "reissue", "paid elsewhere"]), "cents": _cents},
        may_be_at_once=False,
        weight=2,
    ),
    "reissue": Act(office.reissue, {"bill": _bill, "cents": _cents}),
    "surcharge": Act(office.surcharge, {"bill": _bill, "cents": st.integers(0, 20_000)}),
    "poll": Act(upkeep.poll, {"minutes_ahead": _minutes}),
    "finish_inbox": Act(upkeep.finish_inbox, {"minutes_ahead": _minutes}),
    "work": Act(upkeep.work, {}),
    "pass_time": Act(upkeep.pass_time, {"minutes": st.sampled_from([1, 5, 31, 45, 60 * 13])}, may_be_at_once=False),
    "let_crash": Act(upkeep.let_crash, {"point": st.sampled_from(sorted(POINTS))}, weight=2),
    "write_without_asking": Act(
        strangers.write_without_asking, {"attempt": st.sampled_from(sorted(strangers.ATTEMPTS))}, may_be_at_once=False
    ),
    "come_to_rest": Act(upkeep.come_to_rest, {}, may_be_at_once=False),
}


def _several_at_once() -> st.SearchStrategy[list[Step]]:
    """Two to four acts for one moment."""
    each = [
        st.tuples(st.just(name), st.fixed_dictionaries(dict(act.given)))
        for name, act in sorted(ACTS.items())
        if act.may_be_at_once
        for _ in range(act.weight)
    ]
    return st.lists(st.one_of(each), min_size=2, max_size=4)


def _at_once(world: World, *, acts: list[Step]) -> None:
    """Several acts at the same moment."""
    raise_what_broke(at_once([partial(ACTS[act].does, world, **given) for act, given in acts]))


ACTS["at_once"] = Act(_at_once, {"acts": _several_at_once()}, may_be_at_once=False, weight=5)


def acts_at_once(step: Step) -> list[str]:
    """The acts that were begun at one moment in this step; none in a step of a single act."""
    name, given = step
    return [act for act, _ in cast("list[Step]", given["acts"])] if name == "at_once" else []


def take(world: World, name: str, given: Given) -> None:
    """Does it, writes it down, and looks at everything that has to be true. Raises Violation."""
    world.steps.append((name, given))
    try:
        ACTS[name].does(world, **given)
    except Violation:
        raise
    except BaseException as error:
        if not is_an_answer(error):
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            rule = "no act runs into a constraint" if isinstance(error, IntegrityError) else "no act breaks"
            raise Violation(rule, f"{type(error).__name__}: {error}") from error
    if world.waits:
        world.simulator.wait_until_idle(20)
    if name == "come_to_rest":
        check_at_rest(world)
    else:
        check_always(world)
