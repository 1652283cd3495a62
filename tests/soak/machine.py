"""The state machine: every act is a rule, and after each of them everything that must be true is looked at."""

from collections.abc import Callable
from typing import Protocol

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.soak.acts import ACTS, BILLS_CHOSEN, WHO, Act, take
from tests.soak.debits import CARDS
from tests.soak.ground import Ground
from tests.soak.violations import Violation
from tests.soak.world import Given, World, new_world


class Watcher(Protocol):
    """Who is told how the examples go."""

    def is_over(self) -> bool:
        """Whether no further step should be taken. Raises Violation when the seed has failed already."""

    def ended(self, world: World) -> None:
        """An example went well to its end."""

    def failed(self, world: World, violation: Violation) -> None:
        """An example did not."""


class PortalMachine(RuleBasedStateMachine):
    """Customers, provider, office and time, in any order and at the same moment. One instance is one example.

    Its rules beside these are made from `ACTS`, by `machine_on`.
    """

    ground: Ground
    watcher: Watcher

    def __init__(self) -> None:
        super().__init__()
        self.world = new_world(self.ground)
        self.has_failed = False
        self.is_the_simplest = False

    @initialize(
        salt=st.integers(0, 1_000_000),
        waits=st.booleans(),
        bills=BILLS_CHOSEN,
        who=WHO,
        debited_from=st.sampled_from(["nowhere", "bank", *sorted(CARDS)]),
    )
    def begin(self, salt: int, waits: bool, bills: list[int], who: int, debited_from: str) -> None:
        """Perhaps a mandate, and a first attempt. Webhooks are waited for after each step, or come in the middle of the
        next ones.
        """
        self.is_the_simplest = salt == 0  # Hypothesis begins with one: the first rule with the first values, always
        self.world.waits = waits
        if debited_from == "bank":
            self.take("debit_from_bank", {"who": who, "cap": 0})
        elif debited_from != "nowhere":
            self.take("debit_from_card", {"who": who, "cap": 0, "card": debited_from, "comes_back": True})
        self.take("start", {"bills": bills, "who": who})

    def take(self, name: str, given: Given) -> None:
        """One step, unless the time for this is over."""
        if not self.is_the_simplest and not self.watcher.is_over():
            self._take(name, given)

    def teardown(self) -> None:
        """Every example that was begun ends at rest, where all totals have to agree, also when the time is over."""
        if self.world.steps and not self.has_failed:
            self._take("come_to_rest", {})
            self.watcher.ended(self.world)

    def _take(self, name: str, given: Given) -> None:
        try:
            take(self.world, name, given)
        except Violation as violation:
            self.has_failed = True
            self.watcher.failed(self.world, violation)
            raise


def machine_on(ground: Ground, watcher: Watcher) -> type[PortalMachine]:
    """The machine with a rule for each act, on this ground."""
    rules = {
        f"{name}{'_again' * turn}": _rule_for(name, act) for name, act in ACTS.items() for turn in range(act.weight)
    }
    return type("Portal", (PortalMachine,), {"ground": ground, "watcher": watcher, **rules})


def _rule_for(name: str, act: Act) -> Callable[..., None]:
    def step(self: PortalMachine, **given: object) -> None:
        self.take(name, given)

    step.__name__ = name
    strategies = dict(act.given)
    return rule(**strategies)(step)  # type: ignore[no-any-return, call-overload]  # named by a table, not by the signature
