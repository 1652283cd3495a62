"""Who acts for which account. The office links by hand whoever showed their documents at the desk."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import Field, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.admin.search import accounts_numbered, people_found_by
from accounts.enums import LinkEvidence
from accounts.linking import link_account, unlink_account
from accounts.models import AccountLink
from oficina.shared.office.columns import linked_column
from oficina.shared.office.records import OfficeAdmin


class InForceFilter(admin.SimpleListFilter):
    """Whether the link holds now."""

    title = "situación"
    parameter_name = "vigente"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return [("si", "Vigente"), ("no", "Desvinculada")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AccountLink]) -> QuerySet[AccountLink]:  # noqa: ARG002  Django's signature
        match self.value():
            case "si":
                return queryset.filter(unlinked_at=None)
            case "no":
                return queryset.exclude(unlinked_at=None)
        return queryset


@admin.register(AccountLink)
class AccountLinkAdmin(OfficeAdmin[AccountLink]):
    """A link is made or ended, never edited."""

    list_display = ("user_shown", "account_shown", "alias", "evidence", "linked_at", "unlinked_at")
    list_filter = (InForceFilter, "evidence")
    list_select_related = ("user", "account")
    search_help_text = "Número de cuenta, mail, nombre o documento"
    fields = ("user", "account", "alias", "evidence", "linked_at", "unlinked_at", "managed_at")
    autocomplete_fields = ("user", "account")
    actions = ("unlink",)
    user_shown = linked_column("user", "usuario")
    account_shown = linked_column("account", "cuenta")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccountLink]:
        """Without the outline of the parcel."""
        return super().get_queryset(request).defer("account__parcel")

    def found_by(self, typed: str) -> Q:
        accounts = accounts_numbered(typed)
        if accounts:
            return Q(account__in=accounts)
        return Q(user__in=people_found_by(typed)) | Q(public_id=typed.lower())

    def has_change_permission(self, request: HttpRequest, obj: AccountLink | None = None) -> bool:
        """To end links in the list; a link's own page is for reading."""
        return obj is None and super().has_change_permission(request)

    def get_fields(self, request: HttpRequest, obj: AccountLink | None = None) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        """A new one needs only who, which, and perhaps what they call it."""
        return ("user", "account", "alias") if obj is None else self.fields

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Only to choose: people and accounts are not made or opened from here."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def save_model(self, request: HttpRequest, obj: AccountLink, form: ModelForm[AccountLink], change: bool) -> None:  # noqa: ARG002, FBT001  Django's signature
        """Through the act, which tells by mail everybody whom it concerns."""
        link = link_account(user=obj.user, account=obj.account, evidence=LinkEvidence.OFFICE, alias=obj.alias)
        obj.pk, obj.public_id, obj.evidence = link.pk, link.public_id, link.evidence

    def response_add(
        self,
        request: HttpRequest,
        obj: AccountLink,
        post_url_continue: str | None = None,  # noqa: ARG002  Django's signature
    ) -> HttpResponse:
        """Says whose it is, and back to the list."""
        messages.success(request, f"{obj.user.full_name} tiene vinculada la cuenta {obj.account}.")
        return HttpResponseRedirect(reverse("admin:accounts_accountlink_changelist"))

    @admin.action(description="Desvincular", permissions=["change"])
    def unlink(self, request: HttpRequest, queryset: QuerySet[AccountLink]) -> None:
        """Ends the links chosen; they stay as history."""
        chosen = list(queryset.filter(unlinked_at=None))
        for link in chosen:
            unlink_account(link)
            self.log_change(cast("Any", request), link, "Desvinculada")
        words = "Desvinculamos 1 cuenta." if len(chosen) == 1 else f"Desvinculamos {len(chosen)} cuentas."
        messages.success(request, words if chosen else "Esas cuentas ya estaban desvinculadas.")
