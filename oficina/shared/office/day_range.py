"""A filter of the office's lists by the local days on which something happened."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.widgets import INPUT_CLASSES

from oficina.shared.exporting import midnight

if TYPE_CHECKING:
    from django.contrib.admin import FieldListFilter as RangeDateFilter
else:  # Unfold has no annotations; its filter is one of Django's, with a form
    from unfold.contrib.filters.admin import RangeDateFilter


class DayRangeForm(forms.Form):
    """From one day to another, both whole; either may be left empty."""

    def __init__(self, name: str, data: dict[str, str | None], **kwargs: Any) -> None:
        super().__init__(data=data, **kwargs)
        for ending, label in (("from", "Desde el día"), ("to", "Hasta el día")):
            widget = forms.DateInput(attrs={"type": "date", "class": " ".join(INPUT_CLASSES)}, format="%Y-%m-%d")
            self.fields[f"{name}_{ending}"] = forms.DateField(label=label, required=False, widget=widget)


class DayRangeFilter(RangeDateFilter):
    """Rows whose moment lies in a range of local days. What is no day filters nothing."""

    form_class = DayRangeForm
    parameter_name: str

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002  Django's signature
        """From the first midnight until the one after the last day."""
        since, until = self._day("from"), self._day("to")
        if since:
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": midnight(since)})
        if until:
            queryset = queryset.filter(**{f"{self.parameter_name}__lt": midnight(until + timedelta(days=1))})
        return queryset

    def _day(self, ending: str) -> date | None:
        try:
            day = forms.DateField(required=False).clean(self.used_parameters.get(f"{self.parameter_name}_{ending}"))
        except ValidationError:
            return None
        return day if isinstance(day, date) else None
