"""What customers do: choose bills, confirm, click twice, open two tabs, come back."""

from functools import partial

from django.test import Client
from django.utils import timezone

from billing import checkout
from billing.models import Payment
from billing.quotes import Quote, make_quote
from oficina.shared.dates import today
from tests.soak.threads import at_once, raise_what_broke
from tests.soak.violations import Violation
from tests.soak.world import World


def start(world: World, *, bills: list[int], who: int) -> None:
    """Chooses bills, reads the summary, confirms it."""
    _confirm(world, _quote(world, bills, who))


def read_summary(world: World, *, bills: list[int], who: int) -> None:
    """Reads a summary and leaves it in a tab."""
    _quote(world, bills, who)


def confirm_old_summary(world: World, *, summary: int) -> None:
    """Confirms a summary that was read before, perhaps used already: Back, and PAGAR again."""
    if world.quotes:
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


def return_page(world: World, *, payment: int, copies: int) -> None:
    """The page of a payment is opened, in several windows at once."""
    shown = world.payment(payment)
    if shown is None:
        return
    world.ground.clock.shift(4)  # the page asks the provider every three seconds at most
    answers = at_once([partial(_look, f"/pagos/{shown.public_id}/")] * copies)
    raise_what_broke(answers)
    odd = [answer for answer in answers if isinstance(answer, int) and answer != 200]
    if odd:
        raise Violation("the page of a payment answers", odd)


def _look(path: str) -> int:
    return Client().get(path).status_code


def _quote(world: World, bills: list[int], who: int) -> Quote:
    chosen = [bill.public_id for bill in world.chosen(bills)]
    quote = make_quote(world.links[who], chosen, on=today(), now=timezone.now())
    with world.lock:
        world.quotes.append(quote)
    return quote


def _confirm(world: World, quote: Quote) -> Payment:
    link = next(link for link in world.links if link.pk == quote.link_id)
    return checkout.start_payment(link, link.user, quote, now=timezone.now())
