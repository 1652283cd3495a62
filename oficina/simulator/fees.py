"""What the provider keeps. Stripe gives no fee back for a refund, nor for a dispute that was won."""

import json
from dataclasses import asdict, dataclass

from oficina.simulator.store import Store

_SETTING = "fees"
_WHOLE = 10_000
_MOST_BASIS_POINTS = 10_000


@dataclass(frozen=True)
class FeeSchedule:
    """A rate in basis points (hundredths of one per cent) and two fixed amounts in minor units."""

    basis_points: int
    fixed: int
    dispute: int

    def __post_init__(self) -> None:
        if not 0 <= self.basis_points <= _MOST_BASIS_POINTS or self.fixed < 0 or self.dispute < 0:
            raise ValueError("fees are not negative, and the rate is at most 10000 basis points")

    def of_charge(self, amount: int) -> int:
        """What is kept of a charge, in minor units, rounded half up."""
        return (amount * self.basis_points + _WHOLE // 2) // _WHOLE + self.fixed


class Fees:
    """The fees in force: the command's until the fault API changes them, and again after a reset."""

    def __init__(self, store: Store, usual: FeeSchedule) -> None:
        self._store = store
        self._usual = usual

    def schedule(self) -> FeeSchedule:
        """The fees of what happens now."""
        changed = self._store.setting(_SETTING)
        return FeeSchedule(**json.loads(changed)) if changed else self._usual

    def change(self, schedule: FeeSchedule) -> None:
        """Keep other fees from now on."""
        self._store.set_setting(_SETTING, json.dumps(asdict(schedule)))
