"""Mail on its way and sent."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from oficina.shared.models import OutgoingMail
from oficina.shared.office.records import ReadOnlyAdmin


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin[OutgoingMail]):
    """That a mail was sent, never what it said: codes and receipts are the receiver's alone."""

    list_display = ("queued_at", "recipients", "subject", "sent_at")
    list_filter = (("sent_at", admin.EmptyFieldListFilter),)
    search_help_text = "Mail entero de quien lo recibe, o el identificador del envío"
    fields = ("recipients", "subject", "queued_at", "sent_at", "message_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        """Without the content."""
        return super().get_queryset(request).defer("content")

    def found_by(self, typed: str) -> Q:
        return Q(recipients__in=[typed, typed.lower()]) | Q(message_id=typed)
