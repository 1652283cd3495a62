"""Every act that can happen, with what it may be given; and how one is taken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import cast

from hypothesis import strategies as st

from adhesions.enums import DebitMeans
from tests.soak import bank, channels, customers, debits, faults, money_back, office, plans, provider, strangers, upkeep
from tests.soak.crashes import POINTS
from tests.soak.doing import do
from tests.soak.ground import OPTIONS
from tests.soak.threads import at_once, raise_what_broke
from tests.soak.truths import check_always
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


_payment = st.integers(0, 7)
BILLS_CHOSEN = st.lists(st.integers(0, len(BILLS) - 1), min_size=1, max_size=3)
_bill = st.integers(0, len(BILLS) - 1)
WHO = st.integers(0, 1)
_two_people = st.lists(WHO, min_size=2, max_size=2)
_cents = st.one_of(
    st.integers(1, 150_000), st.sampled_from([int(amount * 100) for amount, _ in BILLS] + [56555, 101000])
)
_lines = st.dictionaries(_bill, _cents, min_size=1, max_size=3)
_number = st.integers(1, 6)
_few = st.integers(1, 3)
_copies = st.integers(2, 5)
_minutes = st.sampled_from([0, 1, 2, 20, 120, 60 * 24])
_share = st.sampled_from([1, 25, 50, 100])
_call = st.sampled_from(sorted(faults.CALLS))
_about = st.sampled_from(faults.EVENTS)
_order = st.sampled_from(["reversed", "shuffled", "as_made"])
_seed = st.integers(0, 9)
_when = st.sampled_from(["before", "after"])

_CUSTOMERS = {
    "start": Act(customers.start, {"bills": BILLS_CHOSEN, "who": WHO}, weight=3),
    "read_summary": Act(customers.read_summary, {"bills": BILLS_CHOSEN, "who": WHO}),
    "confirm_old_summary": Act(customers.confirm_old_summary, {"summary": _payment}),
    "double_click": Act(customers.double_click, {"bills": BILLS_CHOSEN, "who": WHO, "clicks": _copies}, False),
    "two_tabs": Act(
        customers.two_tabs, {"first": BILLS_CHOSEN, "second": BILLS_CHOSEN, "who": _two_people}, may_be_at_once=False
    ),
    "pay_two_attempts": Act(
        customers.pay_two_attempts,
        {"first": BILLS_CHOSEN, "second": BILLS_CHOSEN, "who": _two_people, "later_first": st.booleans()},
        may_be_at_once=False,
        weight=4,
    ),
    "use_credit": Act(
        customers.use_credit,
        {"bills": BILLS_CHOSEN, "who": WHO, "most": st.sampled_from([10_000, 100_000, 10_000_000]), "clicks": _few},
        weight=3,
    ),
    "return_page": Act(customers.return_page, {"payment": _payment, "copies": _few}, weight=2),
}
_PROVIDER = {
    "pay": Act(provider.pay, {"payment": _payment, "card": st.sampled_from(sorted(provider.CARDS))}, weight=4),
    "decline": Act(provider.decline, {"payment": _payment}),
    "pay_later": Act(provider.pay_later, {"payment": _payment}, weight=3),
    "settle": Act(provider.settle, {"payment": _payment}, weight=2),
    "pay_by_voucher": Act(provider.pay_by_voucher, {"payment": _payment, "is_paid": st.booleans()}, weight=2),
    "fail": Act(provider.fail, {"payment": _payment}, weight=2),
    "expire": Act(provider.expire, {"payment": _payment}),
    "pay_what_was_given_up": Act(provider.pay_what_was_given_up, {"payment": _payment}),
    "pay_otherwise": Act(
        provider.pay_otherwise,
        {"payment": _payment, "cents": st.sampled_from([-1, 1, 100]), "currency": st.sampled_from([None, "usd"])},
    ),
    "pay_while_the_database_is_down": Act(
        provider.pay_while_the_database_is_down, {"payment": _payment}, may_be_at_once=False
    ),
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
    "pay_out": Act(provider.pay_out, {}),
}
_MONEY_BACK = {
    "refund": Act(money_back.refund, {"payment": _payment, "share": _share, "clicks": _few}, weight=2),
    "refund_too_much": Act(money_back.refund_too_much, {"payment": _payment}),
    "refund_twice_and_one_fails": Act(
        money_back.refund_twice_and_one_fails, {"payment": _payment, "first_fails": st.booleans()}
    ),
    "refund_there": Act(money_back.refund_there, {"payment": _payment, "share": _share}),
    "refund_before_we_know": Act(money_back.refund_before_we_know, {"payment": _payment, "share": _share}),
    "finish_refund": Act(money_back.finish_refund, {"refund": _payment, "succeeds": st.booleans()}, weight=2),
    "dispute": Act(
        money_back.dispute,
        {
            "payment": _payment,
            "share": st.sampled_from([50, 100, 120]),
            "inquiry": st.booleans(),
            "withdraw": st.booleans(),
        },
        weight=2,
    ),
    "go_on_with_dispute": Act(
        money_back.go_on_with_dispute, {"dispute": _payment, "step": st.sampled_from(money_back.STEPS)}, weight=4
    ),
    "dispute_told_in_any_order": Act(
        money_back.dispute_told_in_any_order,
        {
            "payment": _payment,
            "share": st.sampled_from([0, 25, 50]),
            "steps": st.sampled_from(
                [
                    ["withdraw", "win"],
                    ["withdraw", "lose"],
                    ["respond", "withdraw", "win"],
                    ["lose", "reinstate"],
                    ["withdraw", "respond", "lose"],
                ]
            ),
            "order": _order,
            "seed": _seed,
        },
    ),
}
_FAULTS = {
    "duplicate": Act(faults.duplicate, {"copies": _copies, "concurrent": st.booleans(), "times": _few}),
    "twin": Act(faults.twin, {"events": st.integers(2, 3), "times": _few}),
    "delay": Act(faults.delay, {"tenths": st.integers(1, 4), "times": _few}),
    "drop": Act(faults.drop, {"about": _about, "times": st.sampled_from([1, 2, 8])}, weight=2),
    "hold": Act(
        faults.hold,
        {"about": _about, "size": st.sampled_from([0, 0, 2, 3]), "order": _order, "seed": _seed, "times": _few},
        weight=2,
    ),
    "release": Act(faults.release, {"order": _order, "seed": _seed}, weight=3),
    "redeliver": Act(faults.redeliver, {"event": st.integers(0, 20)}),
    "lose_answer": Act(
        faults.lose_answer, {"call": _call, "cut": st.booleans(), "times": st.sampled_from([1, 3])}, weight=2
    ),
    "answer_500": Act(faults.answer_500, {"call": _call, "when": _when, "times": st.sampled_from([1, 3])}),
    "answer_too_late": Act(faults.answer_too_late, {"call": _call, "when": _when, "times": st.sampled_from([1, 3])}),
    "leave_refunds_pending": Act(faults.leave_refunds_pending, {"times": _few}),
    "close_too_late": Act(faults.close_too_late, {"times": _few}),
    "provider_clock": Act(faults.provider_clock, {"ahead": st.sampled_from([-120, 0, 60, 240])}, may_be_at_once=False),
}
_ELSEWHERE = {
    "receive_elsewhere": Act(
        channels.receive_elsewhere,
        {"lines": _lines, "rest": st.sampled_from([0, 0, 500]), "number": _number, "copies": _few},
    ),
    "rendicion": Act(channels.rendicion, {"lines": _lines, "number": _number}),
    "notify": Act(channels.notify, {"lines": _lines, "number": _number, "copies": _few}),
    "notify_reversal": Act(channels.notify_reversal, {"number": _number, "copies": _few}),
    "told_twice": Act(
        channels.told_twice,
        {"lines": _lines, "number": _number, "reversed_first": st.booleans()},
        may_be_at_once=False,
    ),
    "void": Act(office.void, {"bill": _bill}),
    "reissue": Act(office.reissue, {"bill": _bill, "cents": _cents}),
    "surcharge": Act(office.surcharge, {"bill": _bill, "cents": st.integers(0, 20_000)}),
    "change_what_is_being_paid": Act(
        office.change_what_is_being_paid,
        {"payment": _payment, "change": st.sampled_from(office.CHANGES), "cents": _cents},
        may_be_at_once=False,
        weight=3,
    ),
    "cancel_what_is_being_paid": Act(office.cancel_what_is_being_paid, {"who": WHO}, may_be_at_once=False),
}
_cap = st.sampled_from([0, 0, 0, 1500])
_workers = st.integers(1, 2)
_results = st.lists(st.sampled_from(["A", "A", "R", "V"]), min_size=1, max_size=3)
_DEBITS = {
    "debit_from_bank": Act(debits.debit_from_bank, {"who": WHO, "cap": _cap}, weight=2),
    "debit_from_card": Act(
        debits.debit_from_card,
        {"who": WHO, "cap": _cap, "card": st.sampled_from(sorted(debits.CARDS)), "comes_back": st.booleans()},
        weight=2,
    ),
    "end_mandate": Act(debits.end_mandate, {"who": WHO}),
    "new_bill": Act(debits.new_bill, {"cents": _cents, "days": st.integers(5, 25)}, may_be_at_once=False, weight=2),
    "stop": Act(debits.stop, {"debit": _payment}),
    "reach_debits": Act(
        debits.reach_debits, {"means": st.sampled_from(DebitMeans), "eve": st.booleans()}, may_be_at_once=False
    ),
    "day_of_cards": Act(debits.day_of_cards, {"workers": _workers}, may_be_at_once=False, weight=4),
    "follow": Act(debits.follow, {}),
    "pay_what_is_debited": Act(
        debits.pay_what_is_debited,
        {"debit": _payment, "who": WHO, "way": st.sampled_from(debits.WAYS)},
        weight=2,
    ),
    "present": Act(bank.present, {"clicks": _workers, "who": WHO}, may_be_at_once=False),
    "answer": Act(bank.answer, {"presentation": _payment, "results": _results, "copies": _workers}, weight=2),
    "answer_again": Act(bank.answer_again, {"file": _payment}),
    "bank_cycle": Act(
        bank.bank_cycle, {"clicks": _workers, "results": _results, "who": WHO}, may_be_at_once=False, weight=4
    ),
}
_instalments = st.sampled_from(sorted(OPTIONS))
_PLANS = {
    "make_plan": Act(plans.make_plan, {"who": WHO, "instalments": _instalments}),
    "plan_begins": Act(
        plans.plan_begins,
        {"who": WHO, "instalments": _instalments, "way": st.sampled_from(plans.WAYS)},
        weight=3,
    ),
    "pay_instalment": Act(
        plans.pay_instalment, {"which": _payment, "who": WHO, "way": st.sampled_from(plans.WAYS)}, weight=3
    ),
    "pay_all_instalments": Act(plans.pay_all_instalments, {"who": WHO}),
    "pay_early": Act(plans.pay_early, {"who": WHO, "pays": st.booleans()}),
    "leave_plan": Act(plans.leave_plan, {"who": WHO}),
    "cancel_plan": Act(plans.cancel, {"plan": _payment}),
    "end_plans": Act(plans.end_plans, {}),
    "leave_unpaid": Act(plans.leave_unpaid, {"times": _few, "who": WHO}, may_be_at_once=False),
}
_UPKEEP = {
    "poll": Act(upkeep.poll, {"minutes_ahead": _minutes}),
    "finish_inbox": Act(upkeep.finish_inbox, {"minutes_ahead": _minutes}),
    "hourly": Act(upkeep.hourly, {}),
    "reconcile": Act(upkeep.reconcile, {}, weight=2),
    "reconcile_day": Act(upkeep.reconcile_day, {"day": st.integers(0, 5)}),
    "work": Act(upkeep.work, {}),
    "pass_time": Act(upkeep.pass_time, {"minutes": st.sampled_from([1, 5, 31, 45, 60 * 13])}, may_be_at_once=False),
    "let_crash": Act(upkeep.let_crash, {"point": st.sampled_from(sorted(POINTS))}, weight=3),
    "write_without_asking": Act(strangers.write_without_asking, {}, may_be_at_once=False, weight=3),
    "come_to_rest": Act(upkeep.come_to_rest, {}, may_be_at_once=False),
}
ACTS: dict[str, Act] = {
    **_CUSTOMERS,
    **_PROVIDER,
    **_MONEY_BACK,
    **_FAULTS,
    **_ELSEWHERE,
    **_DEBITS,
    **_PLANS,
    **_UPKEEP,
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
    raise_what_broke(at_once([partial(do, world, act, ACTS[act].does, given) for act, given in acts]))


ACTS["at_once"] = Act(_at_once, {"acts": _several_at_once()}, may_be_at_once=False, weight=6)


def acts_at_once(step: Step) -> set[str]:
    """The acts that were begun at one moment in this step; none in a step of a single act."""
    name, given = step
    return {act for act, _ in cast("list[Step]", given["acts"])} if name == "at_once" else set()


def take(world: World, name: str, given: Given) -> None:
    """Does it, writes it down, and looks at everything that has to be true. Raises Violation."""
    world.steps.append((name, given))
    do(world, name, ACTS[name].does, given)
    if world.waits:
        world.simulator.wait_until_idle(20)
    if name != "come_to_rest":
        check_always(world)
