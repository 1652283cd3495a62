"""Acts begun at the same moment, each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from adhesions.refusals import AdhesionRefusal
from billing.gateway.errors import ProviderUnavailableError
from billing.refusals import BillingRefusal
from payment_plans.refusals import PlanRefusal
from tests.simulator_process import RefusedError
from tests.soak.crashes import CrashError

_REFUSALS_OF_THE_PROVIDER = (400, 402, 404, 409)
_START_SECONDS = 20


def at_once(acts: Sequence[Callable[[], object]]) -> list[object]:
    """What each act gives, or the error with which it ended."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            gate.wait(timeout=_START_SECONDS)
            return act()
        except BaseException as error:  # noqa: BLE001  a crash is one too, and the caller judges all of them
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def is_an_answer(error: BaseException) -> bool:
    """Whether an act may end so: refused with a reason, a provider out of reach, a process that was made to die."""
    if isinstance(error, RefusedError):
        return error.status in _REFUSALS_OF_THE_PROVIDER
    return isinstance(error, AdhesionRefusal | BillingRefusal | PlanRefusal | ProviderUnavailableError | CrashError)


def raise_what_broke(results: Sequence[object]) -> None:
    """Raises the first error that is no answer."""
    for result in results:
        if isinstance(result, BaseException) and not is_an_answer(result):
            raise result
