"""How an act is done, and how it ended: as it should, refused with a reason, or with nothing to do."""

from collections.abc import Callable

from django.db import IntegrityError

from tests.soak.threads import is_an_answer
from tests.soak.violations import NothingToDoError, Violation
from tests.soak.world import Given, World

DONE, REFUSED, NOTHING_TO_DO = "done", "refused", "nothing to do"


def do(world: World, name: str, does: Callable[..., None], given: Given) -> None:
    """Does the act of this name and counts how it ended. Raises Violation when that is no answer."""
    try:
        does(world, **given)
    except NothingToDoError:
        outcome = NOTHING_TO_DO
    except Violation:
        raise
    except BaseException as error:
        if not is_an_answer(error):
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            truth = "no act runs into a constraint" if isinstance(error, IntegrityError) else "no act breaks"
            raise Violation(truth, f"{name}: {type(error).__name__}: {error}") from error
        outcome = REFUSED
    else:
        outcome = DONE
    with world.lock:
        world.outcomes[name, outcome] += 1
