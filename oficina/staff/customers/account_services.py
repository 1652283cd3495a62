"""How bills of an account go out, and how they are debited."""

from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Subquery

from accounts.models import ServiceAccount
from adhesions.admin.debit_words import reason_words
from adhesions.debit.banks import bank_name
from adhesions.enums import DEBIT_UNDECIDED, DebitMeans, DebitState, DeliveryState
from adhesions.models import BillDelivery, DebitTry, DigitalBilling, DirectDebit, ScheduledDebit
from adhesions.models.adhesion import Adhesion
from billing.presentation import StateWords
from oficina.shared.dates import local_day, short_date
from oficina.shared.office.act_pages import list_address
from oficina.staff.customers.sections import (
    Act,
    Cell,
    Part,
    Row,
    Section,
    list_found,
    moment_cell,
    money_cell,
    person_cell,
    record_cell,
    state_cell,
    text_cell,
)
from oficina.staff.customers.ways import May, anchor_of

FEW = 6
LAST_DELIVERIES = 10

_DELIVERY_TONES = {
    DeliveryState.QUEUED: "info",
    DeliveryState.SENT: "success",
    DeliveryState.FAILED: "danger",
    DeliveryState.NOT_NEEDED: "",
    DeliveryState.BOUNCED: "danger",
}
_DEBIT_TONES = {
    DebitState.ANNOUNCED: "info",
    DebitState.UNDER_WAY: "info",
    DebitState.WAITING: "warning",
    DebitState.COLLECTED: "success",
    DebitState.REJECTED: "danger",
    DebitState.STOPPED: "",
    DebitState.ABOVE_CAP: "warning",
    DebitState.WITHDRAWN: "",
}


def digital_bills(account: ServiceAccount, may: May) -> Section:
    """To which mails its bills go; those that hold on top."""
    last = DigitalBilling.objects.filter(account=account).select_related("made_by")
    return Section(
        slug="factura-digital",
        title="Factura digital",
        headings=("Adhesión", "Mail", "Desde", "Quién la hizo", "Estado"),
        rows=[
            Row(
                anchor=anchor_of(adhesion),
                cells=(
                    record_cell(adhesion),
                    text_cell(adhesion.email),
                    moment_cell(adhesion.started_at),
                    person_cell(adhesion.made_by, may),
                    _adhesion_state(adhesion, paused_at=adhesion.paused_at),
                ),
                is_over=adhesion.ended_at is not None,
            )
            for adhesion in last.order_by(F("ended_at").desc(nulls_first=True), "-pk")[:FEW]
        ],
        empty="Nadie recibe por mail las facturas de esta cuenta.",
        every=list_found(DigitalBilling, account.number),
    )


def mandates(account: ServiceAccount, may: May) -> Section:
    """From where its bills are debited. Never the number of a bank account: its bank and its last digits are enough."""
    last = DirectDebit.objects.filter(account=account).select_related("made_by").defer("cbu")
    return Section(
        slug="debito-automatico",
        title="Débito automático",
        headings=("Adhesión", "De dónde", "Tope", "Desde", "Quién la hizo", "Estado"),
        rows=[
            Row(
                anchor=anchor_of(mandate),
                cells=(
                    record_cell(mandate),
                    _means(mandate),
                    money_cell(mandate.cap),
                    moment_cell(mandate.started_at),
                    person_cell(mandate.made_by, may),
                    _adhesion_state(mandate),
                ),
                is_over=mandate.ended_at is not None,
            )
            for mandate in last.order_by(F("ended_at").desc(nulls_first=True), "-pk")[:FEW]
        ],
        empty="Sus facturas no se debitan.",
        every=list_found(DirectDebit, account.number),
    )


def _means(mandate: DirectDebit) -> Cell:
    if mandate.means == DebitMeans.BANK:
        return text_cell(bank_name(mandate.bank_code), note=f"CBU terminado en {mandate.last4}")
    good_until = f", vence el {short_date(mandate.good_until)}" if mandate.good_until else ""
    return text_cell(mandate.brand.capitalize(), note=f"Terminada en {mandate.last4}{good_until}")


def _adhesion_state(adhesion: Adhesion, *, paused_at: datetime | None = None) -> Cell:
    if adhesion.ended_at is not None:
        ended = StateWords(f"Terminó el {short_date(local_day(adhesion.ended_at))}", "")
        return state_cell(ended, note=adhesion.get_end_reason_display())
    if paused_at is not None:
        return state_cell(
            StateWords("En pausa", "warning"), note=f"Por rebotes, desde el {short_date(local_day(paused_at))}"
        )
    return state_cell(StateWords("Vigente", "success"))


def debits(account: ServiceAccount, may: May) -> Section:  # noqa: ARG001  each part is told what may be seen
    """What was announced to be debited, and what became of it."""
    tries = DebitTry.objects.filter(debit=OuterRef("pk")).order_by("-number")
    last = ScheduledDebit.objects.filter(mandate__account=account).select_related("invoice")
    told: Any = last.annotate(failure=Subquery(tries.values("payment__failure_code")[:1])).order_by("-pk")
    return Section(
        slug="debitos",
        title="Débitos",
        headings=("Débito", "Fecha", "Factura", "Importe", "Estado"),
        rows=[
            Row(
                anchor=anchor_of(debit),
                cells=(
                    record_cell(debit),
                    text_cell(short_date(debit.debit_on)),
                    record_cell(debit.invoice),
                    money_cell(debit.amount),
                    state_cell(
                        StateWords(debit.get_state_display(), _DEBIT_TONES[debit.state]),
                        note=reason_words(debit.failure) if debit.failure else "",
                    ),
                ),
                is_over=debit.state not in DEBIT_UNDECIDED,
            )
            for debit in told[:FEW]
        ],
        empty="Todavía no se anunció ningún débito.",
        every=list_found(ScheduledDebit, account.number),
    )


def deliveries(account: ServiceAccount, may: May) -> Section:
    """Mails with its bills, and what became of each."""
    last = BillDelivery.objects.filter(invoice__account=account).select_related("invoice").order_by("-pk")
    return Section(
        slug="envios",
        title="Envíos de facturas",
        headings=("Factura", "En cola", "Mail", "Tipo", "Estado"),
        rows=[_delivery(delivery, may) for delivery in last[:LAST_DELIVERIES]],
        empty="No se mandó ninguna factura de esta cuenta.",
        every=list_found(BillDelivery, account.number),
    )


def _delivery(delivery: BillDelivery, may: May) -> Row:
    acts = []
    if may("adhesions.change_billdelivery"):
        again = {"action": "resend", "_selected_action": str(delivery.pk)}
        about = f"{delivery.invoice} a {delivery.email}"
        acts.append(Act(words="Enviar de nuevo", address=list_address(BillDelivery), about=about, sends=again))
    return Row(
        anchor=anchor_of(delivery),
        cells=(
            record_cell(delivery, str(delivery.invoice)),
            moment_cell(delivery.queued_at),
            text_cell(delivery.email),
            text_cell(delivery.get_kind_display()),
            state_cell(
                StateWords(delivery.get_state_display(), _DELIVERY_TONES[DeliveryState(delivery.state)]),
                note=delivery.reason,
            ),
        ),
        acts=acts,
    )


DIGITAL_BILLS = Part(shows=DigitalBilling, build=digital_bills)
MANDATES = Part(shows=DirectDebit, build=mandates)
DEBITS = Part(shows=ScheduledDebit, build=debits)
DELIVERIES = Part(shows=BillDelivery, build=deliveries)
