"""An account as the utility's system tells it, with who acts for it, its bills and its payments."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from accounts.admin.search import accounts_found_by
from accounts.documents import show_document
from accounts.models import AccountLink, ServiceAccount
from billing.admin import credit_refunds
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
    change_form_outer_before_template = "admin/account_acts.html"
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

    def get_urls(self) -> list[URLPattern]:
        """With giving its credit back."""
        view = self.admin_site.admin_view(partial(credit_refunds.refund_account_credit, self))
        return [
            path("<int:pk>/devolver-saldo/", view, name="accounts_serviceaccount_refund_credit"),
            *super().get_urls(),
        ]

    def about(self, request: HttpRequest, row: ServiceAccount) -> Mapping[str, object]:
        """Whether this person may give the credit of the account back."""
        has_credit = CreditEntry.objects.filter(account=row).balance() > 0
        return {"may_refund_credit": has_credit and request.user.has_perm(credit_refunds.PERMISSION)}
