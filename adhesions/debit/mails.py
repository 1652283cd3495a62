"""What whoever gave a mandate is told at each step, in the transaction of the step."""

from collections.abc import Mapping
from decimal import Decimal

from accounts.account_numbers import account_number_ending, format_account_number
from accounts.addresses import page_of
from adhesions.debit.presentation import means_words
from adhesions.models import DirectDebit, ScheduledDebit
from billing.decline_words import decline_words
from billing.models import Payment
from billing.presentation import bill_name, document_name
from oficina.shared.dates import clock, local_day, short_date, weekday_and_date
from oficina.shared.mail import send_mail_later
from oficina.shared.money import pesos


def tell_given(mandate: DirectDebit) -> None:
    """The receipt of a mandate."""
    paragraphs = [
        "Desde ahora, las facturas nuevas de la cuenta se debitan en su vencimiento.",
        "Al menos cinco días hábiles antes de cada débito te avisamos el importe y la fecha, y podés frenarlo.",
        "Podés cancelar la adhesión cuando quieras, en Débito automático.",
    ]
    _tell(mandate, "Débito automático: adhesión", paragraphs, _facts(mandate))


def tell_ended(mandate: DirectDebit) -> None:
    """The receipt of its end."""
    paragraphs = [
        "Ya no debitamos las facturas de la cuenta. Las que estén pendientes las pagás vos, por cualquier medio.",
        f"Motivo: {mandate.get_end_reason_display()}.",
    ]
    _tell(mandate, "Débito automático: baja", paragraphs, _facts(mandate))


def tell_announced(debit: ScheduledDebit) -> None:
    """The notice: how much, when, and that it can be stopped."""
    paragraphs = [
        f"El {weekday_and_date(debit.debit_on)} vamos a debitar {pesos(debit.amount)}.",
        "No tenés que hacer nada. Si no querés que lo debitemos, frenalo en Débito automático hasta un día antes.",
    ]
    _tell_of(debit, f"Débito automático: {pesos(debit.amount)} el {short_date(debit.debit_on)}", paragraphs)


def tell_above_cap(debit: ScheduledDebit) -> None:
    """That the bill costs more than one debit may take."""
    cap = pesos(debit.mandate.cap or debit.amount)
    paragraphs = [
        f"La factura es de {pesos(debit.amount)} y tu tope por débito es de {cap}: no la vamos a debitar.",
        f"Pagala por otro medio antes del {short_date(debit.invoice.due_on)}.",
    ]
    _tell_of(debit, "Débito automático: una factura supera tu tope", paragraphs)


def tell_stopped(debit: ScheduledDebit) -> None:
    """The receipt of having stopped a debit."""
    paragraphs = [
        f"Frenaste el débito de {pesos(debit.amount)} del {short_date(debit.debit_on)}.",
        "Pagá esta factura por otro medio. La adhesión sigue para las próximas.",
    ]
    _tell_of(debit, "Débito automático: frenaste un débito", paragraphs)


def tell_withdrawn(debit: ScheduledDebit, *, due: Decimal) -> None:
    """That a debit was not made because the bill costs `due` pesos now, more than its notice said."""
    paragraphs = [
        f"Te avisamos un débito de {pesos(debit.amount)}, pero la factura hoy cuesta {pesos(due)}: no la debitamos.",
        "Pagala por otro medio.",
    ]
    _tell_of(debit, "Débito automático: no debitamos una factura", paragraphs)


def tell_rejected(debit: ScheduledDebit, payment: Payment) -> None:
    """That a try failed, why, and whether there is another."""
    next_step = (
        f"Lo intentamos de nuevo el {weekday_and_date(debit.try_on)}. Si pagás antes por otro medio, no lo debitamos."
        if debit.try_on
        else "Ya no lo intentamos: pagá esta factura por otro medio."
    )
    paragraphs = [
        f"No pudimos debitar {pesos(payment.amount_asked)}.",
        decline_words(payment.failure_code),
        next_step,
    ]
    _tell_of(debit, "Débito automático: no pudimos debitar una factura", paragraphs)


def _tell_of(debit: ScheduledDebit, subject: str, paragraphs: list[str]) -> None:
    bill = {"Factura": f"{bill_name(debit.invoice)}, {document_name(debit.invoice)}"}
    _tell(debit.mandate, subject, paragraphs, bill | _facts(debit.mandate))


def _tell(mandate: DirectDebit, subject: str, paragraphs: list[str], facts: Mapping[str, str]) -> None:
    """To whoever gave the mandate."""
    ending = account_number_ending(mandate.account.number)
    address = page_of(mandate.made_by_id, mandate.account_id, "direct_debit")
    context = {"title": subject, "paragraphs": paragraphs, "facts": facts, "address": address}
    send_mail_later(mandate.made_by.email, f"{subject}, cuenta terminada en {ending}", "adhesions/debit", context)


def _facts(mandate: DirectDebit) -> dict[str, str]:
    return {
        "Cuenta": format_account_number(mandate.account.number),
        "Se debita de": means_words(mandate),
        "Adhesión": str(mandate),
        "Desde": f"{short_date(local_day(mandate.started_at))}, {clock(mandate.started_at)}",
    }
