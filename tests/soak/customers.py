"""What customers do: choose bills, confirm, click twice, open two tabs, use credit, come back."""

from decimal import Decimal
from functools import partial

from django.test import Client
from django.utils import timezone

from billing.credit_use import pay_quote
from billing.models import CreditEntry, CreditUse, Payment
from billing.quotes import Quote, make_quote
from oficina.shared.dates import today
from oficina.shared.money import ZERO
from tests.soak.threads import at_once, is_an_answer, raise_what_broke
from tests.soak.violations import NothingToDoError, Violation
from tests.soak.world import World


def start(world: World, *, bills: list[int], who: int) -> None:
    """Chooses bills, reads the summary, confirms it."""
    _confirm(world, _quote(world, bills, who))


def read_summary(world: World, *, bills: list[int], who: int) -> None:
    """Reads a summary and leaves it in a tab."""
    _quote(world, bills, who)


def confirm_old_summary(world: World, *, summary: int) -> None:
    """Confirms a summary that was read before, perhaps used already: Back, and PAGAR again."""
    if not world.quotes:
        raise NothingToDoError
    _confirm(world, world.quotes[summary % len(world.quotes)])


def double_click(world: World, *, bills: list[int], who: int, clicks: int) -> None:
    """Confirms one summary several times at once: that is one attempt."""
    quote = _quote(world, bills, who)
    results = at_once([partial(_confirm, world, quote)] * clicks)
    raise_what_broke(results)
    begun = Payment.objects.filter(idempotency_key=quote.key).count()
    if begun > 1 or len({result.pk for result in results if isinstance(result, Payment)}) > 1:
        raise Violation("clicks on one summary are one attempt", results)


def two_tabs(world: World, *, first: list[int], second: list[int], who: list[int]) -> None:
    """Two selections that may share bills, confirmed at the same moment."""
    raise_what_broke(
        at_once(
            [
                partial(start, world, bills=first, who=who[0]),
                partial(start, world, bills=second, who=who[1]),
            ]
        )
    )


def pay_two_attempts(world: World, *, first: list[int], second: list[int], who: list[int], later_first: bool) -> None:
    """Two selections that share a bill, one after the other; the first is closed too late, and both are paid."""
    world.ground.late_money.arm(1)
    try:
        attempts = [
            _confirm(world, _quote(world, first, who[0])),
            _confirm(world, _quote(world, [*second, first[0]], who[1])),
        ]
    finally:
        world.ground.late_money.disarm()
    for attempt in reversed(attempts) if later_first else attempts:
        if attempt is not None and attempt.provider_session_id is not None:
            world.simulator.pay(attempt.provider_session_id)
    world.strikes["both attempts paid"] += 1


def use_credit(world: World, *, bills: list[int], who: int, most: int, clicks: int) -> None:
    """Confirms a summary that uses credit, up to so many cents, several times at once: it is used once."""
    credit = min(CreditEntry.objects.of(world.links[who]).balance(), Decimal(most) / 100)
    if credit <= 0:
        raise NothingToDoError
    quote = _quote(world, bills, who, credit=credit)
    results = at_once([partial(_confirm, world, quote)] * clicks)
    raise_what_broke(results)
    if quote.credit and all(isinstance(result, BaseException) and is_an_answer(result) for result in results):
        raise next(result for result in results if isinstance(result, BaseException))
    used = list(CreditUse.objects.filter(key=quote.key).values_list("amount", flat=True))
    is_used = bool(used) or not all(isinstance(result, BaseException) for result in results)
    if used != ([quote.credit] if quote.credit and is_used else []):
        raise Violation("a summary uses its credit once", (quote, used))


def return_page(world: World, *, payment: int, copies: int) -> None:
    """The page of a payment is opened, in several windows at once."""
    shown = world.payment(payment)
    world.ground.clock.shift(4)  # the page asks the provider every three seconds at most
    answers = at_once([partial(_look, f"/pagos/{shown.public_id}/")] * copies)
    raise_what_broke(answers)
    odd = [answer for answer in answers if isinstance(answer, int) and answer != 200]
    if odd:
        raise Violation("the page of a payment answers", odd)


def _look(path: str) -> int:
    return Client().get(path).status_code


def _quote(world: World, bills: list[int], who: int, *, credit: Decimal = ZERO) -> Quote:
    chosen = [bill.public_id for bill in world.chosen(bills)]
    quote = make_quote(world.links[who], chosen, on=today(), now=timezone.now(), credit=credit)
    with world.lock:
        world.quotes.append(quote)
    return quote


def _confirm(world: World, quote: Quote) -> Payment | None:
    link = next(link for link in world.links if link.pk == quote.link_id)
    return pay_quote(link, link.user, quote, now=timezone.now())
