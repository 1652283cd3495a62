"""Mandates of direct debit in the office: who gave which, from where the money comes, and ending one."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.account_numbers import digits_typed
from accounts.admin.search import accounts_numbered, people_found_by
from accounts.models import User
from adhesions.debit.banks import bank_name
from adhesions.debit.mandates import end_direct_debit
from adhesions.enums import AdhesionEnd, DebitMeans
from adhesions.models import DirectDebit
from billing.admin.search import record_numbers
from oficina.shared.dates import short_date
from oficina.shared.office.columns import NOTHING, linked_column, pesos_column
from oficina.shared.office.records import ReadOnlyAdmin


class BankFilter(admin.SimpleListFilter):
    """The banks that have a mandate."""

    title = "banco"
    parameter_name = "banco"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        codes = DirectDebit.objects.filter(means=DebitMeans.BANK).order_by().values_list("bank_code", flat=True)
        return sorted(((code, bank_name(code)) for code in codes.distinct()), key=lambda bank: bank[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[DirectDebit]) -> QuerySet[DirectDebit]:  # noqa: ARG002  Django's signature
        return queryset.filter(bank_code=self.value()) if self.value() else queryset


@admin.register(DirectDebit)
class DirectDebitAdmin(ReadOnlyAdmin[DirectDebit]):
    """Customers give mandates; the office may end one, which is told by mail to whoever gave it.

    The number of a bank account is nowhere here: its bank and its last four digits are all that anybody needs.
    """

    list_display = ("number", "account_shown", "means_shown", "made_by_shown", "cap_shown", "started_at", "ended_at")
    list_filter = (("ended_at", admin.EmptyFieldListFilter), "means", BankFilter, "end_reason")
    list_select_related = ("account", "made_by")
    search_help_text = (
        "Número de adhesión (DA-…) o de cuenta, CUIT del titular, o mail, nombre o documento de quien la hizo"
    )
    fields = (
        "account_shown", "means_shown", "holder_document", "good_until_shown", "cap_shown", "made_by_shown",
        "acceptance_shown", "started_at", "ended_at", "end_reason", "ended_by_shown", "public_id",
    )  # fmt: skip
    readonly_fields = (
        "account_shown", "means_shown", "good_until_shown", "cap_shown", "made_by_shown", "acceptance_shown",
        "ended_by_shown",
    )  # fmt: skip
    actions = ("end",)
    account_shown = linked_column("account", "cuenta")
    made_by_shown = linked_column("made_by", "quien la hizo")
    ended_by_shown = linked_column("ended_by", "quien la canceló")
    acceptance_shown = linked_column("acceptance", "aceptación")
    cap_shown = pesos_column("cap", "tope por débito")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DirectDebit]:
        """Without the number of the bank account and the outline of the parcel."""
        return super().get_queryset(request).select_related("account", "made_by").defer("cbu", "account__parcel")

    def found_by(self, typed: str) -> Q:
        found = Q(pk__in=record_numbers(typed, "DA")) | Q(account__in=accounts_numbered(typed))
        return found | Q(holder_document=digits_typed(typed)) | Q(made_by__in=people_found_by(typed))

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Whoever may change mandates may end them; nobody may do anything else."""
        return request.user.has_perm("adhesions.change_directdebit")

    @admin.display(description="adhesión")
    def number(self, mandate: DirectDebit) -> str:
        return str(mandate)

    @admin.display(description="de dónde se debita")
    def means_shown(self, mandate: DirectDebit) -> str:
        if mandate.means == DebitMeans.BANK:
            return f"{bank_name(mandate.bank_code)}, CBU terminado en {mandate.last4}"
        return f"{mandate.brand.capitalize()} terminada en {mandate.last4}"

    @admin.display(description="vence la tarjeta")
    def good_until_shown(self, mandate: DirectDebit) -> str:
        return short_date(mandate.good_until) if mandate.good_until else NOTHING

    @admin.action(description="Cancelar las adhesiones elegidas", permissions=["end"])
    def end(self, request: HttpRequest, chosen: QuerySet[DirectDebit]) -> None:
        live = list(DirectDebit.objects.live().filter(pk__in=chosen.values("pk")))
        for mandate in live:
            end_direct_debit(mandate, AdhesionEnd.OFFICE, by=cast("User", request.user), now=timezone.now())
            self.log_change(cast("Any", request), mandate, "Cancelada por la oficina")
        if live:
            messages.success(
                request,
                f"Adhesiones canceladas: {len(live)}. Avisamos por mail a quienes las hicieron. "
                "Los débitos que ya están en curso siguen hasta que responda el banco.",
            )
        else:
            messages.warning(request, "Las que elegiste ya estaban canceladas.")
