"""Pages of lists that may have millions of rows."""

from functools import cached_property

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet

REACH = 10_000
"""Rows that can be reached by turning pages. Further ones are for the search and the filters."""


NEAR = 20
"""Pages whose rows are read at once."""


class BoundedPaginator[Row: Model](Paginator[Row]):
    """Counts no further than `REACH`, so that the database never walks through a whole table to number its pages."""

    template_name = "admin/bounded_pagination.html"
    object_list: QuerySet[Row]

    @cached_property
    def _counted(self) -> int:
        # Without its order and what else each row is asked for: the database may stop at the first that it finds.
        return self.object_list.order_by().values("pk")[: REACH + 1].count()

    @property
    def count(self) -> int:
        """How many rows the pages show: all of them, or `REACH`."""
        return min(self._counted, REACH)

    def page(self, number: int | str) -> Page[Row]:
        """The rows of a page. Further on their keys are found first, so that the database does not put together
        thousands of rows only to pass them by.
        """
        asked = self.validate_number(number)
        if asked <= NEAR:
            return super().page(asked)
        last = min(asked * self.per_page, self.count)
        keys = list(self.object_list.values_list("pk", flat=True)[(asked - 1) * self.per_page : last])
        return Page(self.object_list.filter(pk__in=keys), asked, self)

    @property
    def has_more(self) -> bool:
        """Whether there are rows that no page shows."""
        return self._counted > REACH
