"""An account as the utility's system tells it, with who acts for it, its bills and its payments."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.admin.search import accounts_found_by
from accounts.documents import show_document
from accounts.models import AccountLink, ServiceAccount
from billing.admin.inlines import CreditOfAccountInline, InvoiceOfAccountInline, PaymentOfAccountInline
from billing.models import CreditEntry
from oficina.shared.money import pesos
from oficina.shared.office.columns import linked_column
from oficina.shared.office.records import ReadOnlyAdmin, ReadOnlyInline


class PersonInline(ReadOnlyInline[AccountLink, ServiceAccount]):
    """Who acts for the account, now and before."""

    model = AccountLink
    fields = ("user_shown", "alias", "evidence", "linked_at", "unlinked_at")
    ordering = ("-linked_at",)
    verbose_name_plural = "Personas vinculadas"
    user_shown = linked_column("user", "persona")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with the person."""
        return super().get_queryset(request).select_related("user")


@admin.register(ServiceAccount)
class ServiceAccountAdmin(ReadOnlyAdmin[ServiceAccount]):
    """Accounts come by import."""

    list_display = ("__str__", "holder_name", "document_shown", "service_address", "locality", "status")
    list_filter = ("status",)
    search_help_text = "Número de cuenta, con o sin guiones; documento, nombre, dirección o medidor"
    fieldsets = (
        ("Cuenta", {"fields": ("number_shown", "status", "credit", "category", "service", "tariff", "meter_number")}),
        ("Titular", {"fields": ("holder_name", "document_shown", "holder_vat_condition")}),
        (
            "Inmueble",
            {"fields": ("service_address", "locality", "department", "postal_code", ("latitude", "longitude"))},
        ),
        ("Carga", {"fields": (("created_at", "updated_at"),)}),
    )
    readonly_fields = ("number_shown", "document_shown", "credit")
    inlines = (PersonInline, InvoiceOfAccountInline, PaymentOfAccountInline, CreditOfAccountInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceAccount]:
        """Without the outline of the parcel."""
        return super().get_queryset(request).defer("parcel")

    def found_by(self, typed: str) -> Q:
        return accounts_found_by(typed)

    @admin.display(description="número")
    def number_shown(self, account: ServiceAccount) -> str:
        return str(account)

    @admin.display(description="documento del titular")
    def document_shown(self, account: ServiceAccount) -> str:
        return show_document(account.holder_document)

    @admin.display(description="saldo a favor")
    def credit(self, account: ServiceAccount) -> str:
        return pesos(CreditEntry.objects.filter(account=account).balance())
