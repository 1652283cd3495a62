"""When somebody of the office looked at the portal as a customer sees it."""

from django.contrib import admin
from django.db.models import Q

from accounts.admin.search import people_found_by
from accounts.models import CustomerView
from oficina.shared.office.columns import linked_column
from oficina.shared.office.records import ReadOnlyAdmin


@admin.register(CustomerView)
class CustomerViewAdmin(ReadOnlyAdmin[CustomerView]):
    """Who looked at whose portal, why, and until when."""

    list_display = ("began_at", "by_shown", "seen_shown", "reason", "ended_at", "end")
    list_filter = ("end",)
    list_select_related = ("by", "seen")
    search_help_text = "Mail, nombre o documento de quien miró o de a quién se vio"
    fields = readonly_fields = ("by_shown", "seen_shown", "reason", "began_at", "ended_at", "end")
    by_shown = linked_column("by", "quién miró")
    seen_shown = linked_column("seen", "cliente")

    def found_by(self, typed: str) -> Q:
        people = people_found_by(typed)
        return Q(by__in=people) | Q(seen__in=people)
