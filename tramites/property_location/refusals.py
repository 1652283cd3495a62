"""Why nothing was done about a report. Data without wording."""

from dataclasses import dataclass

from tramites.models import LocationReport


@dataclass(eq=False)
class AlreadyReported(Exception):  # noqa: N818  a refusal, named by what happened
    """The same person reported this account before, and the office has not answered yet."""

    report: LocationReport


@dataclass(eq=False)
class AlreadyAnswered(Exception):  # noqa: N818
    """Somebody of the office was quicker: their answer stays."""

    report: LocationReport
