"""What whoever made a plan is told at each step, in the transaction of the step."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from accounts.account_numbers import account_number_ending, format_account_number
from accounts.addresses import page_of
from oficina.shared.dates import days_phrase, short_date, weekday_and_date
from oficina.shared.mail import send_mail_later
from oficina.shared.money import pesos
from payment_plans.enums import PlanEnd
from payment_plans.models import PaymentPlan, PlanInstalment, PlanPayoff

_WHY_ENDED = {
    PlanEnd.BILLS_MOVED: "Se pagó una de sus facturas, aunque sea en parte, o la factura cambió.",
    PlanEnd.NOT_BEGUN: "Pasó la fecha de la primera cuota y no recibimos el pago.",
    PlanEnd.REPLACED: "Elegiste otro plan para la misma deuda.",
    PlanEnd.GIVEN_UP: "Lo dejó sin efecto una persona que tiene la cuenta.",
    PlanEnd.HOLDER_CHANGED: "Cambió el titular de la cuenta.",
    PlanEnd.OFFICE: "Lo dejó sin efecto la oficina.",
}


def tell_made(plan: PaymentPlan) -> None:
    """That the plan waits for its first payment, until when, and that it can be left at no cost."""
    first = plan.parts.order_by("number")[0]
    paragraphs = [
        (
            f"El plan empieza a regir cuando pagás {_the(first)}: {pesos(first.amount)}, hasta el "
            f"{weekday_and_date(first.due_on)}."
        ),
        "Mientras tanto tus facturas se pueden pagar como siempre. Si pagás una, el plan queda sin efecto.",
        "Podés dejar el plan o elegir otro, sin costo, hasta pagar.",
        f"Una vez vigente, el plan caduca con {_instalments(plan.policy.lapses_after)} sin pagar.",
    ]
    _tell(plan, "Plan de pago: falta la primera cuota", paragraphs)


def tell_began(plan: PaymentPlan) -> None:
    """That the plan is in force, and what is to be paid next."""
    paragraphs = ["Recibimos el primer pago y tu plan está vigente: las cuotas ocupan el lugar de las facturas."]
    _tell(plan, "Plan de pago: ya está vigente", paragraphs)


def tell_ended(plan: PaymentPlan) -> None:
    """That the plan will not begin, why, and what is owed."""
    paragraphs = [
        f"El plan quedó sin efecto. {_WHY_ENDED[PlanEnd(plan.end_reason)]}",
        *([plan.end_note] if plan.end_note else []),
        "Las cuotas ya no se pueden pagar. Las facturas que falten se pagan como siempre, y podés hacer otro plan.",
    ]
    _tell(plan, "Plan de pago: quedó sin efecto", paragraphs)


def tell_completed(plan: PaymentPlan) -> None:
    """That all is paid."""
    _tell(plan, "Plan de pago: terminaste de pagarlo", ["Pagaste todo el plan. Sus facturas quedaron pagadas."])


def tell_in_force_again(plan: PaymentPlan) -> None:
    """That the money of an instalment was taken back after all had been paid."""
    paragraphs = [
        "El pago de una cuota se devolvió o se desconoció, y hay que pagarla de nuevo. El plan sigue vigente."
    ]
    _tell(plan, "Plan de pago: hay una cuota para pagar de nuevo", paragraphs)


def tell_lapsed(plan: PaymentPlan, paid_capital: Decimal) -> None:
    """That the plan lapsed, and what is owed again."""
    paragraphs = ["El plan caducó porque quedaron cuotas sin pagar.", *_owed_again(paid_capital)]
    _tell(plan, "Plan de pago: caducó", paragraphs)


def tell_cancelled(plan: PaymentPlan, paid_capital: Decimal) -> None:
    """That the office cancelled the plan, why, and what is owed again."""
    paragraphs = [f"La oficina canceló el plan. Motivo: {plan.end_note}", *_owed_again(paid_capital)]
    _tell(plan, "Plan de pago: lo cancelamos", paragraphs)


def tell_paid_capital_changed(plan: PaymentPlan, paid_capital: Decimal) -> None:
    """That the money of an instalment was taken back after the plan had ended."""
    paragraphs = ["El pago de una cuota de este plan, que ya había terminado, se devolvió o se desconoció."]
    _tell(plan, "Plan de pago: cambió lo que se debe", [*paragraphs, *_owed_again(paid_capital)])


def tell_payoff(payoff: PlanPayoff) -> None:
    """How much pays all the rest, and until when."""
    paragraphs = [
        (
            f"Pagás {pesos(payoff.amount)} en lugar de todas las cuotas que faltan, hasta el "
            f"{weekday_and_date(payoff.good_until)}."
        ),
        f"Te ahorrás {pesos(payoff.saved)} de interés. Si preferís seguir con las cuotas, no tenés que hacer nada.",
    ]
    facts = {"Código de pago electrónico": payoff.invoice.payment_code or ""}
    _tell(payoff.plan, "Plan de pago: pagar todo junto", paragraphs, facts)


def tell_due_soon(part: PlanInstalment, amount: Decimal, *, on: date) -> None:
    """That a payment falls due in some days."""
    paragraphs = [
        (
            f"{_name(part)} de tu plan vence en {days_phrase((part.due_on - on).days)}, el "
            f"{weekday_and_date(part.due_on)}: {pesos(amount)}."
        )
    ]
    _tell(part.plan, f"Plan de pago: vence una cuota el {short_date(part.due_on)}", paragraphs, _code(part))


def tell_overdue(part: PlanInstalment, amount: Decimal, *, unpaid: int) -> None:
    """That a payment is overdue, what it costs, and with how many unpaid ones the plan lapses."""
    most = part.plan.policy.lapses_after
    paragraphs = [
        (
            f"{_name(part)} de tu plan venció el {short_date(part.due_on)} y no recibimos el pago. "
            f"Hoy se paga con {pesos(amount)}."
        ),
        f"Tenés {_instalments(unpaid)} sin pagar: con {most} el plan caduca.",
        "Si ya pagaste, no tenés que hacer nada: el pago se ve en unos días.",
    ]
    _tell(part.plan, "Plan de pago: tenés una cuota vencida", paragraphs, _code(part))


def _owed_again(paid_capital: Decimal) -> list[str]:
    return [
        (
            f"Lo que pagaste de capital, {pesos(paid_capital)}, se descontó de las facturas. Lo demás vuelve a deberse "
            "en ellas, con interés por pago tardío desde su vencimiento."
        ),
        "Las cuotas que faltaban ya no se pueden pagar. Si habías pagado una en parte, ese dinero es saldo a favor.",
    ]


def _the(part: PlanInstalment) -> str:
    return "el anticipo" if part.is_down_payment else "la primera cuota"


def _name(part: PlanInstalment) -> str:
    return "El anticipo" if part.is_down_payment else f"La cuota {part.number}"


def _instalments(count: int) -> str:
    return "1 cuota" if count == 1 else f"{count} cuotas"


def _code(part: PlanInstalment) -> dict[str, str]:
    return {"Código de pago electrónico": part.invoice.payment_code or ""}


def _tell(plan: PaymentPlan, subject: str, paragraphs: Sequence[str], facts: dict[str, str] | None = None) -> None:
    """To whoever made the plan, at the mail of their user, which they proved; at the one that they gave for the plan
    once their user is closed.
    """
    ending = account_number_ending(plan.account.number)
    address = page_of(plan.made_by_id, plan.account_id, "payment_plan", plan.public_id)
    context = {"title": subject, "paragraphs": paragraphs, "facts": (facts or {}) | _facts(plan), "address": address}
    to = plan.made_by.email if plan.made_by.is_active else plan.email
    send_mail_later(to, f"{subject}, cuenta terminada en {ending}", "payment_plans/plan", context)


def _facts(plan: PaymentPlan) -> dict[str, str]:
    return {
        "Plan": str(plan),
        "Cuenta": format_account_number(plan.account.number),
        "Deuda": pesos(plan.debt),
        "Cuotas": str(plan.instalments),
        "Total": pesos(plan.total),
    }
