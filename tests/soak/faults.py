"""What goes wrong between the portal and the provider: messages, answers, clocks."""

from datetime import timedelta

from django.utils import timezone

from tests.soak.ground import PATIENCE_SECONDS
from tests.soak.violations import NothingToDoError
from tests.soak.world import World

CALLS = {
    "create": "POST /v1/checkout/sessions",
    "expire": "POST /v1/checkout/sessions/*/expire",
    "ask": "GET /v1/checkout/sessions/*",
    "charge a card": "POST /v1/payment_intents",
    "refund": "POST /v1/refunds",
    "ask of a dispute": "GET /v1/disputes/*",
    "movements": "GET /v1/balance_transactions",
}
EVENTS = ("*", "checkout.session.*", "*refund*", "charge.dispute.*")

_TOO_LONG = PATIENCE_SECONDS + 0.2


def duplicate(world: World, *, copies: int, concurrent: bool, times: int) -> None:
    """Events come several times."""
    world.simulator.duplicate(copies, concurrent=concurrent, times=times)
    world.strikes["duplicate"] += 1


def twin(world: World, *, events: int, times: int) -> None:
    """Several events, each with its own id, tell one change."""
    world.simulator.twin(event_ids=events, times=times)
    world.strikes["twin"] += 1


def delay(world: World, *, tenths: int, times: int) -> None:
    """Events come later, so others overtake them."""
    world.simulator.delay(tenths / 20, times=times)
    world.strikes["delay"] += 1


def drop(world: World, *, about: str, times: int) -> None:
    """Events never come."""
    world.simulator.drop(matching=about, times=times)
    world.strikes["drop"] += 1


def hold(world: World, *, about: str, size: int, order: str, seed: int, times: int) -> None:
    """Events are held and come in another order: when there are so many of them, or when they are let go."""
    world.simulator.hold(size=size, order=order, seed=seed, matching=about, times=times)
    world.strikes["reorder"] += 1


def release(world: World, *, order: str, seed: int) -> None:
    """What is held comes, one after the other."""
    if not world.simulator.release(order=order, seed=seed):
        raise NothingToDoError


def redeliver(world: World, *, event: int) -> None:
    """Any event of the past comes once more."""
    events = world.provider.events()
    if not events:
        raise NothingToDoError
    world.simulator.redeliver(events[event % len(events)].id)
    world.strikes["redelivered"] += 1


def lose_answer(world: World, *, call: str, cut: bool, times: int) -> None:
    """What was asked is done, and nobody is told: neither the first time nor when it is asked again."""
    world.simulator.lose_answer(how="cut" if cut else "error", matching=CALLS[call], times=times)
    world.strikes[f"answer lost: {call}"] += 1


def answer_500(world: World, *, call: str, when: str, times: int) -> None:
    """The provider breaks, before or after it did what was asked."""
    world.simulator.answer_500(when=when, matching=CALLS[call], times=times)
    world.strikes[f"500: {call}"] += 1


def answer_too_late(world: World, *, call: str, when: str, times: int) -> None:
    """The provider takes longer than the portal waits."""
    world.simulator.be_slow(_TOO_LONG, when=when, matching=CALLS[call], times=times)
    world.strikes[f"time out: {call}"] += 1


def leave_refunds_pending(world: World, *, times: int) -> None:
    """Refunds are on their way until the bank says what became of them."""
    world.simulator.leave_refunds_pending(times=times)
    world.strikes["refund pending"] += 1


def close_too_late(world: World, *, times: int) -> None:
    """The provider says that it closed a checkout, and its page can still be paid."""
    world.ground.late_money.arm(times)
    world.strikes["closed too late"] += 1


def provider_clock(world: World, *, ahead: int) -> None:
    """The provider's clock differs from ours by so many seconds. None of the two goes back."""
    ours = timezone.now() + timedelta(seconds=max(0, world.provider_is_ahead - ahead))
    world.provider_is_ahead = ahead
    world.ground.live_at(ours, provider_ahead=ahead)
    world.strikes["provider's clock"] += 1
