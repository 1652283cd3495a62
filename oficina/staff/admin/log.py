"""What the office did here: written by Django with every change, read by whoever may."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Q

from accounts.admin.search import people_found_by
from oficina.shared.office.columns import linked_column
from oficina.shared.office.records import ReadOnlyAdmin


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin[LogEntry]):
    """Who of the office did what, newest first."""

    list_display = ("action_time", "user_shown", "content_type", "object_repr", "said")
    list_filter = ("action_flag",)
    list_select_related = ("user", "content_type")
    search_help_text = "Mail, nombre o documento de quien lo hizo"
    fields = readonly_fields = list_display
    user_shown = linked_column("user", "quién")

    def found_by(self, typed: str) -> Q:
        return Q(user__in=people_found_by(typed))

    @admin.display(description="qué")
    def said(self, entry: LogEntry) -> str:
        return entry.get_change_message() or entry.get_action_flag_display()
