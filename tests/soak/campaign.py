"""Examples of the state machine, one seed after the other, for a given time; and what they went through."""

import time
from collections import Counter
from dataclasses import dataclass, field

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis.reporting import with_reporter
from hypothesis.stateful import run_state_machine_as_test

from tests.soak.acts import ACTS, take
from tests.soak.doing import DONE, NOTHING_TO_DO, REFUSED
from tests.soak.ground import Ground
from tests.soak.machine import machine_on
from tests.soak.scenarios import ALL, note_scenarios
from tests.soak.violations import Violation
from tests.soak.world import Step, World, new_world

STEPS = 40
EXAMPLES_A_SEED = 5


@dataclass(frozen=True)
class Failure:
    """A violation, with what led to it."""

    seed: int
    truth: str
    told: str
    waits: bool
    steps: tuple[Step, ...]


@dataclass
class Campaign:
    """What happened. A `Watcher` of the machine."""

    ends_at: float
    seed: int
    stops_at_first: bool = False
    runs: int = 0
    steps: int = 0
    acts: Counter[tuple[str, str]] = field(default_factory=Counter)
    strikes: Counter[str] = field(default_factory=Counter)
    scenarios: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    _failed_with: Violation | None = None

    def is_over(self) -> bool:
        """Whether the time is up. Raises the Violation again after one: Hypothesis then only repeats its example."""
        if self._failed_with is not None:
            raise self._failed_with
        return time.perf_counter() >= self.ends_at

    def ended(self, world: World) -> None:
        """Counts what the example went through."""
        self.scenarios.update(note_scenarios(world))
        self._count(world)

    def failed(self, world: World, violation: Violation) -> None:
        """Keeps how it came to that."""
        if self._failed_with is None:
            self._count(world)
            self._failed_with = violation
            self.failures.append(Failure(self.seed, violation.truth, violation.told, world.waits, tuple(world.steps)))

    def never_done(self) -> list[str]:
        """The acts that had no effect in any run: what they stand for was not looked at."""
        return [name for name in ACTS if not self.acts[name, DONE]]

    def next_seed(self) -> None:
        """From here on another seed is tried."""
        self.seed += 1
        self._failed_with = None

    def goes_on(self) -> bool:
        """Whether there is time for another seed, and reason."""
        return time.perf_counter() < self.ends_at and not (self.stops_at_first and self.failures)

    def _count(self, world: World) -> None:
        self.runs += 1
        self.steps += len(world.steps)
        self.acts.update(world.outcomes)
        self.strikes.update(world.strikes)
        self.strikes.update({f"crash: {point}": times for point, times in world.ground.crashes.struck.items()})
        world.ground.crashes.struck.clear()


def run_campaign(ground: Ground, *, seconds: float, seed: int, stops_at_first: bool = False) -> Campaign:
    """Runs examples for this long, in seconds, beginning with this seed."""
    campaign = Campaign(time.perf_counter() + seconds, seed, stops_at_first)
    while campaign.goes_on():
        _run_seed(ground, campaign)
        campaign.next_seed()
    return campaign


def _run_seed(ground: Ground, campaign: Campaign) -> None:
    machine = hypothesis.seed(campaign.seed)(machine_on(ground, campaign))
    before = len(campaign.failures)
    with with_reporter(lambda _text: None):
        try:
            run_state_machine_as_test(
                machine,
                settings=hypothesis.settings(
                    max_examples=EXAMPLES_A_SEED,
                    stateful_step_count=STEPS,
                    phases=[Phase.generate],
                    database=None,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                    report_multiple_bugs=False,
                ),
            )
        except Exception:
            # With threads and a second process an example need not fail twice, and Hypothesis says so; what it
            # became the first time is kept.
            if len(campaign.failures) == before:
                raise


def play(ground: Ground, steps: list[Step], *, waits: bool = True) -> World:
    """Takes these steps, and then comes to rest. Raises Violation."""
    world = new_world(ground, waits=waits)
    for name, given in [*steps, ("come_to_rest", {})]:
        take(world, name, given)
    return world


def report(campaign: Campaign) -> str:
    """What happened, as text."""
    unseen = [scenario for scenario in ALL if not campaign.scenarios[scenario]]
    lines = [
        f"acts: {DONE}, {REFUSED}, {NOTHING_TO_DO}",
        *(
            "  " + "".join(f"{campaign.acts[name, end]:7d}" for end in (DONE, REFUSED, NOTHING_TO_DO)) + f"  {name}"
            for name in sorted(ACTS)
        ),
        "",
        *_table("faults and odd things", campaign.strikes),
        *_table("scenarios seen, by runs", {name: campaign.scenarios[name] for name in ALL}),
        *([f"not seen this time: {', '.join(unseen)}", ""] if unseen else []),
        *[_told(failure) for failure in campaign.failures],
        _summary(campaign),
    ]
    return "\n".join(lines)


def _summary(campaign: Campaign) -> str:
    done = f"runs {campaign.runs}, steps {campaign.steps}, faults {campaign.strikes.total()}"
    return f"{done}, violations {len(campaign.failures)}"


def _table(title: str, counts: "Counter[str] | dict[str, int]") -> list[str]:
    return [title, *(f"  {count:7d}  {name}" for name, count in sorted(counts.items())), ""]


def _told(failure: Failure) -> str:
    steps = "\n".join(f"    {step!r}," for step in failure.steps)
    return (
        f"VIOLATION with seed {failure.seed}: not true that {failure.truth}: {failure.told}\n"
        f"  as a test: play(ground, [\n{steps}\n  ], waits={failure.waits})\n"
    )
