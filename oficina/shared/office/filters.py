"""Filters of the office's lists."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.widgets import INPUT_CLASSES

from oficina.shared.dates import day_start

if TYPE_CHECKING:
    from django.contrib.admin import FieldListFilter

    class RangeDateFilter(FieldListFilter):
        """As far as it is used here."""

        used_parameters: dict[str, Any]
        parameter_name: str

else:  # Unfold has no annotations
    from unfold.contrib.filters.admin import RangeDateFilter


class DayRangeForm(forms.Form):
    """From a day until another one, both with them."""

    def __init__(self, name: str, data: dict[str, Any]) -> None:
        super().__init__(data)
        for end, label in (("from", "Desde"), ("to", "Hasta")):
            widget = forms.DateInput(
                {"type": "date", "aria-label": label, "class": " ".join(INPUT_CLASSES)}, "%Y-%m-%d"
            )
            self.fields[f"{name}_{end}"] = forms.DateField(label=label, required=False, widget=widget)


class DayRangeFilter(RangeDateFilter):
    """Rows whose moment lies within local days. The list needs `list_filter_submit`."""

    form_class = DayRangeForm
    template = "admin/day_range_filter.html"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002  Django's signature
        first, last = self._day("from"), self._day("to")
        if first is not None:
            queryset = queryset.filter(**{f"{self.field_path}__gte": day_start(first)})
        if last is not None and last < date.max:
            queryset = queryset.filter(**{f"{self.field_path}__lt": day_start(last + timedelta(days=1))})
        return queryset

    def choices(self, changelist: ChangeList) -> Iterator[Any]:  # noqa: ARG002  Django's signature
        """The form, with what was chosen."""
        names = self.expected_parameters()
        given = {name: self.used_parameters.get(str(name)) for name in names}
        yield {"form": self.form_class(self.field_path, {str(name): value for name, value in given.items()})}

    def _day(self, end: str) -> date | None:
        typed = self.used_parameters.get(f"{self.field_path}_{end}")
        try:
            return date.fromisoformat(typed) if isinstance(typed, str) else None
        except ValueError:
            return None
