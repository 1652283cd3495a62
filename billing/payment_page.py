"""What the page of one payment says: what happened, what is happening, what to do. Words differ by who reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from accounts.models import AccountLink, User
from billing.closing import Closing, closing_of
from billing.decline_words import decline_words
from billing.enums import PaymentState
from billing.models import Payment, PaymentEvent
from billing.presentation import payment_state
from billing.returned import Returned, returned_of
from billing.timeline import Step, moment, return_steps
from oficina.shared.dates import local_day, short_date


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who reads the page of a payment. `link`: their own link to its account, when they have one and owe no proof."""

    user: User | None
    is_payer: bool
    link: AccountLink | None


@dataclass(frozen=True, kw_only=True)
class PaymentPage:
    """The head of the page and its timeline. `advice` is what to do, for the payer only."""

    title: str
    state: str
    tone: str
    edge: str
    steps: list[Step]
    advice: str
    may_retry: bool
    may_continue: bool
    is_waiting: bool


def reader_of(payment: Payment, user: User | None) -> Reader:
    """How this person, or nobody, stands to a payment."""
    link = user.links.active().proven().with_account().filter(account=payment.account_id).first() if user else None
    is_payer = user is not None and payment.payer_id == user.pk
    return Reader(user=user, is_payer=is_payer, link=link)


def may_see_receipt(payment: Payment, reader: Reader) -> bool:
    """The receipt is the payer's alone. Money received at a counter has no known payer and its receipt names none:
    whoever has the account linked may have it.
    """
    if payment.state != PaymentState.SUCCEEDED:
        return False
    return reader.is_payer or (payment.payer_id is None and reader.link is not None)


def payment_page(payment: Payment, reader: Reader, *, cancelled: bool) -> PaymentPage:
    """The page of a payment as it is now. `cancelled`: the customer came back from the checkout by its way out."""
    words = payment_state(payment)
    state = PaymentState(payment.state)
    events = list(payment.events.all())
    own = reader.is_payer
    may_act = own and reader.link is not None
    return PaymentPage(
        title=_title(payment, cancelled=cancelled, own=own),
        state=words.words,
        tone=words.tone,
        edge=words.tone,
        steps=[_begun(payment), *_steps(payment, state, events, own=own, cancelled=cancelled)],
        advice=_advice(state, returned_of(payment)) if own else "",
        may_retry=may_act and state in {PaymentState.FAILED, PaymentState.EXPIRED},
        may_continue=own and state == PaymentState.OPEN and bool(payment.checkout_url),
        is_waiting=payment.is_live,
    )


def happened_on(payment: Payment) -> str:
    """The local date by which people know it: that of the money, or of the attempt."""
    return short_date(local_day(payment.paid_at or payment.created_at))


def _title(payment: Payment, *, cancelled: bool, own: bool) -> str:
    match PaymentState(payment.state):
        case PaymentState.SUCCEEDED:
            return _title_when_paid(returned_of(payment), own=own)
        case PaymentState.FAILED:
            return "El pago no se pudo hacer"
        case PaymentState.EXPIRED:
            return _title_when_ended(closing_of(payment), own=own)
        case PaymentState.PROCESSING:
            return "El pago está en proceso"
    return "Todavía no pagaste" if cancelled and own else "Estamos esperando la respuesta"


def _title_when_ended(closing: Closing | None, *, own: bool) -> str:
    if closing is None:
        return "Se terminó el tiempo para pagar"
    return closing.title if own else "El pago se cerró sin cobrar nada"


def _title_when_paid(returned: Returned, *, own: bool) -> str:
    if returned.contested:
        return "El pago está reclamado al banco"
    if returned.on_its_way:
        return _title_on_its_way(returned, own=own)
    if returned.is_all:
        return "El pago se devolvió"
    if returned.total:
        return "Pagaste y te devolvimos una parte" if own else "Una parte del pago se devolvió"
    return "Listo, pagaste" if own else "El pago está imputado"


def _title_on_its_way(returned: Returned, *, own: bool) -> str:
    if returned.is_all:
        return "Te estamos devolviendo el pago" if own else "El pago se está devolviendo"
    return "Te estamos devolviendo una parte" if own else "Una parte del pago se está devolviendo"


def _begun(payment: Payment) -> Step:
    return Step(name="Iniciado", state="done", detail=moment(payment.created_at))


def _steps(
    payment: Payment, state: PaymentState, events: Sequence[PaymentEvent], *, own: bool, cancelled: bool
) -> list[Step]:
    match state:
        case PaymentState.SUCCEEDED:
            mailed = "Te mandamos el comprobante por mail." if own else ""
            return [
                Step(name="Aprobado", state="done", detail=moment(payment.paid_at)),
                Step(name="Imputado", state="done", detail=moment(payment.settled_at), text=mailed),
                *(return_steps(payment) if own else []),
            ]
        case PaymentState.FAILED:
            why = f"{why_ended(payment)} No se te cobró nada." if own else ""
            return [Step(name="Rechazado", state="failed", detail=moment(_moved_at(events, state)), text=why)]
        case PaymentState.EXPIRED:
            why = f"{why_ended(payment)} No se te cobró nada." if own else ""
            return [
                Step(
                    name=payment_state(payment).words, state="failed", detail=moment(_moved_at(events, state)), text=why
                )
            ]
    text = _waiting_text(state, cancelled=cancelled) if own else ""
    return [Step(name="Aprobado", state="now", text=text), Step(name="Imputado")]


def _waiting_text(state: PaymentState, *, cancelled: bool) -> str:
    if state == PaymentState.PROCESSING:
        return (
            "La plataforma de pago todavía no nos confirmó que llegó la plata. No pagues de nuevo: "
            "te avisamos por mail apenas se acredite."
        )
    if cancelled:
        return "No se te cobró nada. Podés seguir donde estabas, o volver y elegir otras facturas."
    return (
        "La plataforma de pago todavía no nos confirmó. Esta página se actualiza sola y, si la cerrás, "
        "el pago sigue igual. Si no llegaste a pagar, podés seguir donde estabas."
    )


def _advice(state: PaymentState, returned: Returned) -> str:
    if returned.total:
        return (
            "El comprobante es por lo que se pagó: no descuenta lo que se devolvió. "
            "Si algo quedó pendiente, está en Inicio."
        )
    if state == PaymentState.FAILED:
        return "Podés probar con otro medio de pago o consultar a tu banco. Las facturas siguen pendientes."
    return ""


def why_ended(payment: Payment) -> str:
    """Why an attempt ended without money; empty for the others."""
    match PaymentState(payment.state):
        case PaymentState.FAILED:
            return _why_declined(payment)
        case PaymentState.EXPIRED:
            return _why_closed(payment)
    return ""


def _why_declined(payment: Payment) -> str:
    return decline_words(payment.failure_code)


def _why_closed(payment: Payment) -> str:
    if closing := closing_of(payment):
        return closing.why
    return f"Pasaron {settings.UTILITY.checkout_minutes} minutos sin que completaras el pago."


def _moved_at(events: Sequence[PaymentEvent], state: PaymentState) -> datetime | None:
    return next((event.at for event in events if event.to_state == state), None)
