"""The utility's collecting bank: the office makes its presentations, and it answers them, in any order and again."""

from datetime import timedelta
from functools import partial

from django.utils import timezone

from adhesions.debit.answering import AnswerOutcome, load_answer
from adhesions.debit.bank_files import BankAnswer, BankResult
from adhesions.debit.presenting import present_debits
from adhesions.enums import DebitMeans, DebitState
from adhesions.models import BankPresentation, DirectDebit, ScheduledDebit
from oficina.shared.dates import today
from tests.adhesions.debit.test_bank_files import answer_file
from tests.soak.debits import debit_from_bank, follow, new_bill, reach_debits
from tests.soak.threads import at_once, raise_what_broke
from tests.soak.violations import Violation
from tests.soak.world import World, of_index

_NUMBER_OF_TESTS = b"H0100000007"
_REASON = "R10"
_TOMORROW = timedelta(days=1)
_CENTS = 123_456
_DAYS_OF_NOTICE = 20


def present(world: World, *, clicks: int, who: int) -> None:
    """The day before the next debit in a bank comes, and the office presents it, from several places at once.

    Chance alone seldom comes so far, so what is missing is brought: the mandate, unless it is on a card, and a bill.
    """
    if not DirectDebit.objects.live().exists():
        debit_from_bank(world, who=who, cap=0)
    if not ScheduledDebit.objects.filter(mandate__means=DebitMeans.BANK, state=DebitState.ANNOUNCED).exists():
        new_bill(world, cents=_CENTS, days=_DAYS_OF_NOTICE)
        follow(world)
    reach_debits(world, DebitMeans.BANK, eve=True)
    results = at_once([partial(_presented, world)] * clicks)
    raise_what_broke(results)
    if not any(isinstance(result, BankPresentation) for result in results):
        raise next(result for result in results if isinstance(result, BaseException))


def answer(world: World, *, presentation: int, results: list[str], copies: int) -> None:
    """The bank answers a presentation, its debits with these results in turn; one file is loaded several times."""
    answered = of_index(list(BankPresentation.objects.order_by("pk")), presentation)
    tries = answered.tries.select_related("payment").order_by("pk")
    answers = [
        BankAnswer(
            reference=made.payment.public_id,
            result=BankResult(results[place % len(results)]),
            reason="" if results[place % len(results)] == BankResult.ACCEPTED else _REASON,
            amount=made.payment.amount_asked,
            answered_on=today(),
        )
        for place, made in enumerate(tries)
    ]
    content = answer_file(answers).replace(_NUMBER_OF_TESTS, f"H01{answered.number:08d}".encode())
    with world.lock:
        accepted = {reference for reference, told in world.bank_told.items() if BankResult.ACCEPTED in told}
    loaded = at_once([partial(_loaded, world, content)] * copies)
    raise_what_broke(loaded)
    outcomes = [outcome for outcome in loaded if isinstance(outcome, AnswerOutcome)]
    if sum(outcome.is_new for outcome in outcomes) > 1:
        raise Violation("an answer of the bank is loaded once", outcomes)
    if not outcomes:
        raise next(result for result in loaded if isinstance(result, BaseException))
    with world.lock:
        for told in answers:
            world.bank_told[told.reference].add(told.result)
            if told.result is BankResult.REVERSED and told.reference in accepted:
                world.bank_undid.add(told.reference)
        world.bank_files.append(content)


def answer_again(world: World, *, file: int) -> None:
    """A file that was loaded before is loaded again."""
    outcome = _loaded(world, of_index(list(world.bank_files), file))
    if outcome.is_new:
        raise Violation("an answer of the bank is loaded once", outcome)


def bank_cycle(world: World, *, clicks: int, results: list[str], who: int) -> None:
    """The office presents, and the bank answers."""
    present(world, clicks=clicks, who=who)
    answer(world, presentation=-1, results=results, copies=1)


def _presented(world: World) -> BankPresentation:
    return present_debits(today() + _TOMORROW, by=world.office, now=timezone.now())


def _loaded(world: World, content: bytes) -> AnswerOutcome:
    return load_answer(content, by=world.office, now=timezone.now())
