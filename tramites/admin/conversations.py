"""The office's inbox: conversations with customers and visitors, those that wait longest first."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import OrderBy
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.utils.text import Truncator

from accounts.admin.search import accounts_numbered, people_found_by
from oficina.shared.dates import day_and_clock
from oficina.shared.office.columns import NOTHING, linked_column, state_column
from oficina.shared.office.records import ReadOnlyAdmin
from tramites.admin import conversation_acts, conversation_page
from tramites.enums import ConversationState, MessageAuthor
from tramites.models import Conversation, Message

_COLOURS = {
    ConversationState.ASSISTED: "info",
    ConversationState.WAITING: "warning",
    ConversationState.ANSWERED: "success",
}
_MINE, _NOBODYS = "mias", "nadie"


class AttendedFilter(admin.SimpleListFilter):
    """Who attends to it."""

    title = "quién la atiende"
    parameter_name = "atiende"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return [(_MINE, "Yo"), (_NOBODYS, "Nadie todavía")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Conversation]) -> QuerySet[Conversation]:
        match self.value():
            case "mias":
                return queryset.filter(assigned_to=request.user.pk)
            case "nadie":
                return queryset.filter(assigned_to=None)
        return queryset


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin[Conversation]):
    """Its record is the conversation itself, where the office answers."""

    list_display = ("question_shown", "customer_shown", "state_shown", "waiting_shown", "assigned_shown", "said_at")
    list_filter = ("state", AttendedFilter)
    list_select_related = ("user", "assigned_to")
    search_help_text = "Número de la conversación o de la cuenta; nombre o mail del cliente"
    assigned_shown = linked_column("assigned_to", "quién la atiende")
    state_shown = state_column("state", "estado", _COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        """With what was asked first."""
        asked = Message.objects.filter(conversation=OuterRef("pk"), author=MessageAuthor.CUSTOMER).order_by("number")
        return super().get_queryset(request).annotate(asked=Subquery(asked.values("body")[:1]))

    def get_ordering(self, request: HttpRequest) -> tuple[OrderBy | str, ...]:  # noqa: ARG002  Django's signature
        """Whoever waits longest is first; then what was said last."""
        return (F("waiting_since").asc(nulls_last=True), "-said_at", "-pk")

    def found_by(self, typed: str) -> Q:
        by_person = Q(user__in=people_found_by(typed)) | Q(visitor_email__iexact=typed)
        return super().found_by(typed) | Q(account__in=accounts_numbered(typed)) | by_person

    @admin.display(description="consulta")
    def question_shown(self, conversation: Conversation) -> str:
        asked: str = conversation.asked  # type: ignore[attr-defined]  # annotated
        about = f"{conversation.subject}: " if conversation.subject else ""
        unread = "● " if conversation.read_by_office < conversation.said and conversation.person_asked_at else ""
        return unread + (Truncator(f"{about}{asked}").chars(70) or str(conversation))

    @admin.display(description="cliente")
    def customer_shown(self, conversation: Conversation) -> str:
        return conversation.customer_name

    @admin.display(description="espera desde")
    def waiting_shown(self, conversation: Conversation) -> str:
        return day_and_clock(conversation.waiting_since) if conversation.waiting_since else NOTHING

    def get_urls(self) -> list[URLPattern]:
        """With what the buttons of the conversation do."""
        own = [
            path(f"<int:pk>/{address}/", self.admin_site.admin_view(partial(view, self)), name=f"{_NAME}_{name}")
            for address, name, view in (
                ("responder", "answer", conversation_page.answer),
                ("nuevos", "news", conversation_page.news),
                ("tomar", "take", conversation_acts.take),
                ("asignar", "assign", conversation_acts.assign),
                ("cuenta", "account", conversation_acts.attach),
                ("cerrar", "close", conversation_acts.close),
                ("reabrir", "reopen", conversation_acts.reopen),
            )
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002  Django's signature
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """The conversation. What changes it has addresses of its own."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return conversation_page.show(self, request, object_id)


_NAME = "tramites_conversation"
