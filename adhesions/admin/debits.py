"""Debits in the office: what was announced of each bill, every try to collect it, and why it was not collected."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import HttpRequest

from accounts.admin.search import accounts_numbered, people_found_by
from adhesions.admin.debit_words import reason_words
from adhesions.enums import DebitState
from adhesions.models import BankPresentation, DebitTry, ScheduledDebit
from billing.admin.search import invoice_keys, record_numbers
from billing.models import Payment
from billing.presentation import payment_state
from billing.returned import with_story
from oficina.shared.dates import short_date
from oficina.shared.office.columns import NOTHING, linked_column, pesos_column, state_column
from oficina.shared.office.records import ReadOnlyAdmin, ReadOnlyInline

_COLOURS = {
    DebitState.ANNOUNCED: "info",
    DebitState.UNDER_WAY: "info",
    DebitState.WAITING: "warning",
    DebitState.COLLECTED: "success",
    DebitState.REJECTED: "danger",
    DebitState.STOPPED: "default",
    DebitState.ABOVE_CAP: "warning",
    DebitState.WITHDRAWN: "default",
}
_WITHOUT_PAYMENT = {
    DebitState.STOPPED: "Lo frenó quien hizo la adhesión.",
    DebitState.ABOVE_CAP: "Supera el tope que puso quien hizo la adhesión.",
    DebitState.WITHDRAWN: "La factura se pagó o cambió, o terminó la adhesión.",
}


class _TryInline[Parent: (BankPresentation, ScheduledDebit)](ReadOnlyInline[DebitTry, Parent]):
    """Tries to collect, each with its payment."""

    model = DebitTry
    verbose_name_plural = "Intentos"
    payment_shown = linked_column("payment", "pago")
    amount_shown = pesos_column("payment.amount_asked", "importe pedido")
    debit_shown = linked_column("debit", "débito")
    account_shown = linked_column("debit.mandate.account", "cuenta")
    presentation_shown = linked_column("presentation", "presentación")

    @admin.display(description="estado")
    def state(self, made: DebitTry) -> str:
        return payment_state(made.payment).words

    @admin.display(description="motivo")
    def reason(self, made: DebitTry) -> str:
        return reason_words(made.payment.failure_code)


class TryOfDebitInline(_TryInline[ScheduledDebit]):
    """How often a debit was tried, and what came of it."""

    fields = ("number", "made_at", "payment_shown", "state", "amount_shown", "reason", "presentation_shown")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with its payment, and what tells how that stands."""
        payments = with_story(Payment.objects.defer("request"))
        tries = super().get_queryset(request).select_related("presentation")
        return tries.prefetch_related(Prefetch("payment", payments))


class TryOfPresentationInline(_TryInline[BankPresentation]):
    """The debits of a presentation, and what the bank said of each so far."""

    fields = ("debit_shown", "account_shown", "payment_shown", "state", "amount_shown", "reason")
    verbose_name_plural = "Débitos presentados"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with its account and payment, without anything of the bank account."""
        payments = with_story(Payment.objects.defer("request"))
        tries = super().get_queryset(request).select_related("debit__mandate__account")
        bare = tries.defer("debit__mandate__cbu", "debit__mandate__account__parcel")
        return bare.prefetch_related(Prefetch("payment", payments))


@admin.register(ScheduledDebit)
class ScheduledDebitAdmin(ReadOnlyAdmin[ScheduledDebit]):
    """Debits are made by mandates and bills; the office reads what became of them."""

    list_display = (
        "number", "state_shown", "debit_on_shown", "try_on_shown", "account_shown", "invoice_shown", "amount_shown",
        "reason_shown",
    )  # fmt: skip
    list_filter = ("state", "mandate__means", "debit_on")
    list_select_related = ("mandate__account", "invoice")
    search_help_text = (
        "Número de débito (D-…), de cuenta o de factura, o mail, nombre o documento de quien hizo la adhesión"
    )
    fields = (
        "account_shown", "invoice_shown", "mandate_shown", "amount_shown", "debit_on_shown", "state", "try_on_shown",
        "reason_shown", "announced_at", "decided_at", "public_id",
    )  # fmt: skip
    readonly_fields = (
        "account_shown", "invoice_shown", "mandate_shown", "amount_shown", "debit_on_shown", "try_on_shown",
        "reason_shown",
    )  # fmt: skip
    inlines = (TryOfDebitInline,)
    account_shown = linked_column("mandate.account", "cuenta")
    invoice_shown = linked_column("invoice", "factura")
    mandate_shown = linked_column("mandate", "adhesión")
    amount_shown = pesos_column("amount", "importe avisado")
    state_shown = state_column("state", "estado", _COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScheduledDebit]:
        """Each with why its last try failed, without anything of the bank account."""
        tries = DebitTry.objects.filter(debit=OuterRef("pk")).order_by("-number")
        listed = super().get_queryset(request).select_related("mandate__account", "invoice")
        bare = listed.defer("mandate__cbu", "mandate__account__parcel")
        return bare.annotate(failure=Subquery(tries.values("payment__failure_code")[:1]))

    def found_by(self, typed: str) -> Q:
        found = Q(pk__in=record_numbers(typed, "D")) | Q(invoice__in=invoice_keys(typed))
        found |= Q(mandate__account__in=accounts_numbered(typed))
        return found | Q(mandate__made_by__in=people_found_by(typed))

    @admin.display(description="débito")
    def number(self, debit: ScheduledDebit) -> str:
        return str(debit)

    @admin.display(description="fecha del débito")
    def debit_on_shown(self, debit: ScheduledDebit) -> str:
        return short_date(debit.debit_on)

    @admin.display(description="próximo intento")
    def try_on_shown(self, debit: ScheduledDebit) -> str:
        next_try: date | None = debit.try_on
        return NOTHING if next_try is None else short_date(next_try)

    @admin.display(description="motivo")
    def reason_shown(self, debit: Any) -> str:
        if debit.state == DebitState.COLLECTED:
            return NOTHING
        return reason_words(debit.failure) if debit.failure else _WITHOUT_PAYMENT.get(debit.state, NOTHING)
