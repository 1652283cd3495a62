"""When bills are issued and fall due.

The utility bills bimesters of the calendar along three routes, about twenty days apart, so that on any day one route
has a bill that is issued and not yet due, and one has a newest bill whose due date has passed.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from oficina.shared.dates import add_months

_MONTHS = 2
_ISSUED_AFTER = (2, 22, 42)
_DAYS_TO_PAY = 28
_DAYS_BETWEEN_DUE_DATES = 14
_SATURDAY = 5


@dataclass(frozen=True, order=True)
class Bimester:
    """Two months of the calendar, known by the first day of the first one: January, March, May…"""

    first_day: date

    @property
    def last_day(self) -> date:
        """The day on which meters are read."""
        return add_months(self.first_day, _MONTHS) - timedelta(days=1)

    def before(self, count: int) -> "Bimester":
        """The bimester that lies `count` bimesters earlier."""
        return Bimester(add_months(self.first_day, -_MONTHS * count))

    def since(self, earlier: "Bimester") -> int:
        """How many bimesters lie between an earlier one and this one."""
        months = (self.first_day.year - earlier.first_day.year) * 12 + self.first_day.month - earlier.first_day.month
        return months // _MONTHS


def last_complete_bimester(today: date) -> Bimester:
    """The last one that has ended before today."""
    return Bimester(date(today.year, today.month - (today.month - 1) % _MONTHS, 1)).before(1)


@dataclass(frozen=True)
class Route:
    """Accounts that are billed on the same days."""

    issued_after: int

    def issued_on(self, period: Bimester) -> date:
        """The working day on which the bills of a bimester are issued."""
        return _working_day(period.last_day + timedelta(days=self.issued_after))

    def due_on(self, period: Bimester, place: int) -> date:
        """The first (0), second (1) or third (2) due date, a working day."""
        return self.issued_on(period) + timedelta(days=_DAYS_TO_PAY + place * _DAYS_BETWEEN_DUE_DATES)

    def newest(self, today: date) -> Bimester:
        """The last bimester whose bills have been issued."""
        period = last_complete_bimester(today)
        return period if self.issued_on(period) <= today else period.before(1)


ROUTES = tuple(Route(days) for days in _ISSUED_AFTER)


def route_with_bill_to_pay(today: date) -> Route:
    """The route whose newest bill falls due next."""
    return min((route for route in ROUTES if not _is_late(route, today)), key=lambda route: _due_on(route, today))


def route_with_late_bill(today: date) -> Route:
    """The route whose newest bill fell due last."""
    return max((route for route in ROUTES if _is_late(route, today)), key=lambda route: _due_on(route, today))


def _due_on(route: Route, today: date) -> date:
    return route.due_on(route.newest(today), 0)


def _is_late(route: Route, today: date) -> bool:
    return _due_on(route, today) < today


def _working_day(day: date) -> date:
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= _SATURDAY else day
