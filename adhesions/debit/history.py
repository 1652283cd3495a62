"""What direct debit did and will do about the bills of an account, as whoever looks at its screen reads it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db.models import FETCH_RAISE, Prefetch, Q, QuerySet
from django.urls import reverse

from accounts.models import AccountLink
from adhesions.debit.announcing import bills_left_out
from adhesions.debit.stopping import may_be_stopped
from adhesions.enums import DebitState
from adhesions.models import DebitTry, DirectDebit, ScheduledDebit
from billing.decline_words import decline_words
from billing.enums import PaymentState
from billing.models import Payment
from billing.presentation import StateWords, bill_name, document_name, payment_state
from billing.returned import with_story
from oficina.shared.dates import local_day, short_date

_STATES: Final = {
    DebitState.ANNOUNCED: StateWords("Avisado", "info"),
    DebitState.UNDER_WAY: StateWords("En curso", "info"),
    DebitState.WAITING: StateWords("Se reintenta", "warning"),
    DebitState.COLLECTED: StateWords("Debitado", "success"),
    DebitState.REJECTED: StateWords("Rechazado", "danger"),
    DebitState.STOPPED: StateWords("Frenado", ""),
    DebitState.ABOVE_CAP: StateWords("Supera el tope", "warning"),
    DebitState.WITHDRAWN: StateWords("Sin efecto", ""),
}
_NOTES: Final = {
    DebitState.UNDER_WAY: "Todavía no sabemos si se cobró.",
    DebitState.REJECTED: "Ya no lo intentamos: pagá la factura por otro medio.",
    DebitState.STOPPED: "Esta factura se paga por otro medio.",
    DebitState.ABOVE_CAP: "No se debita: pagá la factura por otro medio.",
    DebitState.WITHDRAWN: "La factura se pagó o cambió, o terminó la adhesión.",
}


@dataclass(frozen=True, kw_only=True)
class TryRow:
    """One try to collect: its local date, how it ended, and why it was refused when it was."""

    day: date
    state: StateWords
    reason: str


@dataclass(frozen=True, kw_only=True)
class DebitRow:
    """One debit. `amount` in pesos; `stop_address` is empty when the reader may not stop it, or not any more."""

    day: date
    amount: Decimal
    subject: str
    document: str
    bill_address: str
    state: StateWords
    note: str
    tries: list[TryRow]
    stop_address: str


def debits_shown(link: AccountLink) -> QuerySet[ScheduledDebit]:
    """The debits of the account that the person of this link may see, the last date first: their own, whichever of
    their mandates they were of, and those of the mandate that holds now.
    """
    payments = with_story(Payment.objects.defer("request"))
    tries = DebitTry.objects.order_by("number").prefetch_related(Prefetch("payment", payments)).fetch_mode(FETCH_RAISE)
    return (
        ScheduledDebit.objects.filter(mandate__account=link.account_id)
        .filter(Q(mandate__made_by=link.user_id) | Q(mandate__ended_at=None))
        .select_related("mandate", "invoice")
        .defer("mandate__cbu", "mandate__holder_document")
        .prefetch_related(Prefetch("tries", tries))
        .order_by("-debit_on", "-pk")
    )


def debit_row(debit: ScheduledDebit, link: AccountLink, *, now: datetime) -> DebitRow:
    """A debit of `debits_shown`. Why a try was refused is told to whoever gave the mandate, and to nobody else."""
    mine = debit.mandate.made_by_id == link.user_id
    stoppable = mine and may_be_stopped(debit, now=now)
    return DebitRow(
        day=debit.debit_on,
        amount=debit.amount,
        subject=bill_name(debit.invoice),
        document=document_name(debit.invoice),
        bill_address=reverse("invoice", args=[link.public_id, debit.invoice.public_id]),
        state=_STATES[DebitState(debit.state)],
        note=_note(debit),
        tries=[_try_row(each, tells_reason=mine) for each in debit.tries.all()],
        stop_address=reverse("stop_debit", args=[link.public_id, debit.public_id]) if stoppable else "",
    )


def left_out_words(mandate: DirectDebit) -> str:
    """`Hay 2 facturas pendientes que no se debitan: pagalas por otro medio.`; empty when there is none."""
    count = bills_left_out(mandate).count()
    if count > 1:
        return f"Hay {count} facturas pendientes que no se debitan: pagalas por otro medio."
    return "Hay 1 factura pendiente que no se debita: pagala por otro medio." if count else ""


def _note(debit: ScheduledDebit) -> str:
    if debit.state == DebitState.WAITING and debit.try_on:
        return f"Lo intentamos de nuevo el {short_date(debit.try_on)}."
    return _NOTES.get(DebitState(debit.state), "")


def _try_row(made: DebitTry, *, tells_reason: bool) -> TryRow:
    failed = made.payment.state == PaymentState.FAILED
    return TryRow(
        day=local_day(made.made_at),
        state=payment_state(made.payment),
        reason=decline_words(made.payment.failure_code) if failed and tells_reason else "",
    )
