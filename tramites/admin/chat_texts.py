"""What the office prepares for its conversations: answers, hours, and what is said out of hours."""

from typing import cast

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from unfold.widgets import INPUT_CLASSES

from accounts.models import User
from oficina.shared.office.records import OfficeAdmin
from tramites.enums import Weekday
from tramites.models import AwayMessage, CannedAnswer, OpeningHours


@admin.register(CannedAnswer)
class CannedAnswerAdmin(OfficeAdmin[CannedAnswer]):
    """Whoever answers chooses one and may change its text before sending."""

    list_display = ("title", "body", "position")
    search_help_text = "Palabras del título o del texto"
    fields = ("title", "body", "position")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        """As whoever answers is offered them."""
        return ("position", "title")

    def found_by(self, typed: str) -> Q:
        return Q(title__icontains=typed) | Q(body__icontains=typed)

    def has_delete_permission(self, request: HttpRequest, obj: CannedAnswer | None = None) -> bool:  # noqa: ARG002  Django's signature
        """Whoever was given it: what was sent is in the messages."""
        return request.user.has_perm("tramites.delete_cannedanswer")


class OpeningHoursForm(forms.ModelForm[OpeningHours]):
    """A span of a day. Two spans make a day with a pause."""

    class Meta:
        model = OpeningHours
        fields = ("weekday", "opens", "closes")
        widgets = {
            name: forms.TimeInput({"type": "time", "class": " ".join(INPUT_CLASSES)}, "%H:%M")
            for name in ("opens", "closes")
        }

    def clean(self) -> dict[str, object]:
        """Raises ValidationError, in words, for what the database refuses too."""
        given = super().clean() or self.cleaned_data
        opens, closes = given.get("opens"), given.get("closes")
        if opens and closes and opens >= closes:
            self.add_error("closes", forms.ValidationError("Tiene que ser más tarde que «desde».", code="earlier"))
        return given


@admin.register(OpeningHours)
class OpeningHoursAdmin(OfficeAdmin[OpeningHours]):
    """When somebody answers. On holidays nobody does; that needs no line here."""

    form = OpeningHoursForm
    list_display = ("weekday", "opens", "closes")
    list_filter = ("weekday",)
    list_before_template = "admin/opening_hours.html"

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        """As the week goes."""
        return ("weekday", "opens")

    def found_by(self, typed: str) -> Q:
        """By the name of the day."""
        return Q(weekday__in=[day.value for day in Weekday if day.label == typed.lower()])

    def has_delete_permission(self, request: HttpRequest, obj: OpeningHours | None = None) -> bool:  # noqa: ARG002  Django's signature
        """Whoever was given it: no row points to one of these."""
        return request.user.has_perm("tramites.delete_openinghours")


@admin.register(AwayMessage)
class AwayMessageAdmin(OfficeAdmin[AwayMessage]):
    """The last one is said; one that was written stays as it was."""

    list_display = ("text", "written_at", "written_by")
    list_select_related = ("written_by",)
    fields = ("text",)
    search_help_text = "Palabras del texto"
    list_before_template = "admin/away_messages.html"

    def found_by(self, typed: str) -> Q:
        return Q(text__icontains=typed)

    def has_change_permission(self, request: HttpRequest, obj: AwayMessage | None = None) -> bool:  # noqa: ARG002  Django's signature
        """Never: another one takes its place."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: AwayMessage,
        form: forms.ModelForm[AwayMessage],
        change: bool,  # noqa: FBT001  Django's signature
    ) -> None:
        """With the name of whoever writes it."""
        obj.written_by = cast("User", request.user)
        super().save_model(request, obj, form, change)
