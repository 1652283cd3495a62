"""What was done at the counter: who came, and which links were made for whoever showed who they are."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.account_numbers import digits_typed
from accounts.admin.search import accounts_numbered, people_found_by
from accounts.models import Attention, AttentionStep, CounterLink, LinkInvitation
from oficina.shared.office.columns import linked_column
from oficina.shared.office.records import ReadOnlyAdmin, ReadOnlyInline


class StepInline(ReadOnlyInline[AttentionStep, Attention]):
    """What was done in an attention."""

    model = AttentionStep
    fields = ("at", "deed", "said")
    ordering = ("pk",)
    verbose_name_plural = "Qué se hizo"


@admin.register(Attention)
class AttentionAdmin(ReadOnlyAdmin[Attention]):
    """Who came, the last ones first."""

    list_display = ("number_shown", "began_at", "account_shown", "visitor_name", "reason", "by_shown", "ended_at")
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
    list_select_related = ("account", "by")
    search_help_text = "Número de atención o de cuenta, o documento de quien vino"
    fields = readonly_fields = (
        "number_shown", "account_shown", "visitor_name", "document_kind", "document", "phone", "relation", "reason",
        "by_shown", "began_at", "ended_at", "outcome",
    )  # fmt: skip
    inlines = (StepInline,)
    account_shown = linked_column("account", "cuenta")
    by_shown = linked_column("by", "quién atendió")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attention]:
        """Without the outline of the parcel."""
        return super().get_queryset(request).defer("account__parcel")

    def found_by(self, typed: str) -> Q:
        digits = digits_typed(typed.upper().removeprefix(f"{Attention.NUMBER_PREFIX}-"))
        numbered = Q(pk=int(digits)) if digits.isdecimal() and len(digits) < 19 else Q(pk__in=[])
        return numbered | Q(document=digits_typed(typed)) | Q(account__in=accounts_numbered(typed))

    @admin.display(description="número")
    def number_shown(self, attention: Attention) -> str:
        return attention.number


@admin.register(CounterLink)
class CounterLinkAdmin(ReadOnlyAdmin[CounterLink]):
    """What the office saw of whoever it linked an account for."""

    list_display = ("made_at", "user_shown", "account_shown", "relation", "document", "by_shown")
    list_filter = ("relation",)
    list_select_related = ("link__user", "link__account", "by")
    search_help_text = "Número de cuenta, mail, nombre o documento"
    fields = readonly_fields = (
        "user_shown", "account_shown", "document_kind", "document", "holder_document", "relation", "reason",
        "by_shown", "made_at",
    )  # fmt: skip
    user_shown = linked_column("link.user", "persona")
    account_shown = linked_column("link.account", "cuenta")
    by_shown = linked_column("by", "quién lo vio")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CounterLink]:
        """Without the outline of the parcel."""
        return super().get_queryset(request).defer("link__account__parcel")

    def found_by(self, typed: str) -> Q:
        return Q(link__account__in=accounts_numbered(typed)) | Q(link__user__in=people_found_by(typed))


@admin.register(LinkInvitation)
class LinkInvitationAdmin(ReadOnlyAdmin[LinkInvitation]):
    """Invitations, without the code that only the mail has."""

    list_display = ("sent_at", "email", "account_shown", "relation", "expires_at", "used_at", "by_shown")
    list_filter = (("used_at", admin.EmptyFieldListFilter),)
    list_select_related = ("account", "by")
    search_help_text = "Mail o número de cuenta"
    fields = readonly_fields = (
        "email", "account_shown", "document_kind", "document", "holder_document", "relation", "reason", "by_shown",
        "sent_at", "expires_at", "used_at", "replaced_at",
    )  # fmt: skip
    account_shown = linked_column("account", "cuenta")
    by_shown = linked_column("by", "quién lo vio")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LinkInvitation]:
        """Without the outline of the parcel."""
        return super().get_queryset(request).defer("account__parcel")

    def found_by(self, typed: str) -> Q:
        return Q(email=typed.lower()) | Q(account__in=accounts_numbered(typed))
