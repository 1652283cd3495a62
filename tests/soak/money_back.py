"""Money that goes back: refunds by the office and in the provider's dashboard, and disputes."""

from decimal import ROUND_HALF_UP, Decimal
from functools import partial

from billing.models import Payment, Refund
from billing.refund_requests import RefundWish
from billing.refunds import request_refund
from billing.refusals import PaymentNotRefundable, RefundExceeds
from oficina.shared.money import CENT
from tests.soak.threads import at_once, raise_what_broke
from tests.soak.violations import NothingToDoError, Violation
from tests.soak.world import World

STEPS = ("withdraw", "respond", "win", "lose", "reinstate")
_REFUSALS = (PaymentNotRefundable, RefundExceeds)


def refund(world: World, *, payment: int, share: int, clicks: int) -> None:
    """The office gives back so many hundredths of what a payment received, with several clicks on one form."""
    paid = world.settled(payment)
    wish = _wish(world, _share(paid, share))
    results = at_once([partial(request_refund, paid, wish)] * clicks)
    raise_what_broke(results)
    if len({result.pk for result in results if isinstance(result, Refund)}) > 1:
        raise Violation("clicks on one form are one refund", results)
    if not any(isinstance(result, Refund) for result in results):
        raise next(result for result in results if isinstance(result, BaseException))
    world.strikes["double click on a refund"] += clicks > 1


def refund_too_much(world: World, *, payment: int) -> None:
    """The office asks for a cent more than came."""
    paid = world.settled(payment)
    try:
        made = request_refund(paid, _wish(world, (paid.amount_received or Decimal(0)) + CENT))
    except _REFUSALS:
        world.strikes["over-refund refused"] += 1
        return
    raise Violation("no more is refunded than was received", made)


def refund_twice_and_one_fails(world: World, *, payment: int, first_fails: bool) -> None:
    """Two refunds in part, of which the bank sends one back later on."""
    paid = world.settled(payment, at_the_provider=True)
    made = [request_refund(paid, _wish(world, _share(paid, share))) for share in (30, 20)]
    failing = made[0 if first_fails else 1].provider_refund_id
    if failing is None:
        raise NothingToDoError
    world.simulator.fail_refund(failing, failure_reason="lost_or_stolen_card")
    world.strikes["one of two refunds fails later"] += 1


def refund_there(world: World, *, payment: int, share: int) -> None:
    """Somebody refunds in the provider's dashboard."""
    paid = world.settled(payment, at_the_provider=True)
    world.simulator.refund(paid.provider_session_id or "", amount=int(_share(paid, share) * 100))


def refund_before_we_know(world: World, *, payment: int, share: int) -> None:
    """A checkout is paid and refunded at once: news of the refund may overtake that of the money."""
    session, asked = world.session_of(payment), world.payment(payment)
    world.simulator.pay(session)
    world.simulator.refund(session, amount=int(_share_of(asked.amount_asked, share) * 100))


def finish_refund(world: World, *, refund: int, succeeds: bool) -> None:
    """The bank says what became of a refund, or sends one back that was done."""
    made = world.provider.refunds()
    if not made:
        raise NothingToDoError
    chosen = made[refund % len(made)].id
    if succeeds:
        world.simulator.succeed_refund(chosen)
    else:
        world.simulator.fail_refund(chosen)


def dispute(world: World, *, payment: int, share: int, inquiry: bool, withdraw: bool) -> None:
    """A card's holder contests so many hundredths of what a payment received."""
    paid = world.settled(payment, at_the_provider=True)
    world.simulator.dispute(
        paid.provider_session_id or "",
        amount=int(_share(paid, share) * 100),
        inquiry=inquiry,
        withdraw=withdraw and not inquiry,
    )


def go_on_with_dispute(world: World, *, dispute: int, step: str) -> None:
    """The next step of a dispute, or one that cannot be."""
    opened = world.provider.disputes()
    if not opened:
        raise NothingToDoError
    _take_step(world, opened[dispute % len(opened)].id, step)


def dispute_told_in_any_order(
    world: World, *, payment: int, share: int, steps: list[str], order: str, seed: int
) -> None:
    """Perhaps a refund in part first; then a dispute with its steps, whose events come in another order."""
    paid = world.settled(payment, at_the_provider=True)
    if share:
        request_refund(paid, _wish(world, _share(paid, share)))
    world.simulator.hold(matching="charge.dispute.*", order=order, seed=seed, times=1 + len(steps))
    try:
        opened = world.simulator.dispute(paid.provider_session_id or "", withdraw=False)
        for step in steps:
            _take_step(world, str(opened["id"]), step)
    finally:
        world.simulator.release(order=order, seed=seed)
    world.strikes["dispute told in another order"] += 1


def _take_step(world: World, dispute_id: str, step: str) -> None:
    acts = {
        "withdraw": world.simulator.withdraw_dispute,
        "respond": world.simulator.respond_to_dispute,
        "win": world.simulator.win_dispute,
        "lose": world.simulator.lose_dispute,
        "reinstate": world.simulator.reinstate_dispute,
    }
    acts[step](dispute_id)


def _wish(world: World, amount: Decimal) -> RefundWish:
    number = world.new_number()
    return RefundWish(
        amount=amount, reason="Pagó de más", by=world.office, key=f"form-{number}", reference=f"T-{number}"
    )


def _share(payment: Payment, share: int) -> Decimal:
    return _share_of(payment.amount_received or Decimal(0), share)


def _share_of(amount: Decimal, share: int) -> Decimal:
    return max(CENT, (amount * share / 100).quantize(CENT, ROUND_HALF_UP))
