"""What happened, as it happened: nobody edits it."""

from ipaddress import ip_address

from django.contrib import admin
from django.db.models import Q

from accounts.admin.search import people_found_by
from accounts.models import LinkAttempt, ProfileChange, Withdrawal
from oficina.shared.ids import read_code
from oficina.shared.office.columns import linked_column
from oficina.shared.office.records import ReadOnlyAdmin


@admin.register(LinkAttempt)
class LinkAttemptAdmin(ReadOnlyAdmin[LinkAttempt]):
    """Searches for an account to link, so that guessing can be seen."""

    list_display = ("attempted_at", "user_shown", "ip_address", "outcome")
    list_filter = ("outcome",)
    list_select_related = ("user",)
    search_help_text = "Dirección IP, mail, nombre o documento"
    user_shown = linked_column("user", "usuario")

    def found_by(self, typed: str) -> Q:
        try:
            return Q(ip_address=str(ip_address(typed)))
        except ValueError:
            return Q(user__in=people_found_by(typed))


@admin.register(ProfileChange)
class ProfileChangeAdmin(ReadOnlyAdmin[ProfileChange]):
    """Who changed which datum of whom."""

    list_display = ("changed_at", "user_shown", "field", "before", "after", "changed_by_shown")
    list_filter = ("field",)
    list_select_related = ("user", "changed_by")
    search_help_text = "Mail, nombre o documento"
    user_shown = linked_column("user", "usuario")
    changed_by_shown = linked_column("changed_by", "quién lo cambió")

    def found_by(self, typed: str) -> Q:
        return Q(user__in=people_found_by(typed))


@admin.register(Withdrawal)
class WithdrawalAdmin(ReadOnlyAdmin[Withdrawal]):
    """What people ended from outside, by the number of the receipt that they quote."""

    list_display = ("number_shown", "made_at", "user_shown", "ended_shown")
    list_select_related = ("user",)
    search_help_text = "Número de operación, mail, nombre o documento"
    fields = ("number_shown", "made_at", "user_shown", "ended_shown", "ip_address")
    readonly_fields = ("number_shown", "user_shown", "ended_shown")
    user_shown = linked_column("user", "usuario")

    def found_by(self, typed: str) -> Q:
        return Q(number=read_code(typed)) | Q(user__in=people_found_by(typed))

    @admin.display(description="operación")
    def number_shown(self, withdrawal: Withdrawal) -> str:
        return str(withdrawal)

    @admin.display(description="qué terminó")
    def ended_shown(self, withdrawal: Withdrawal) -> str:
        return "; ".join(withdrawal.ended)
