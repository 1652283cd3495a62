"""The words in which customers read plans."""

from decimal import Decimal

from billing.presentation import StateWords
from oficina.shared.money import NBSP, figure, pesos
from payment_plans.enums import PlanState
from payment_plans.financing import DOWN_PAYMENT, Instalment
from payment_plans.models import PaymentPlan, PlanPolicy

_STATES = {
    PlanState.WAITING: StateWords("Pendiente de primera cuota", "warning"),
    PlanState.IN_FORCE: StateWords("Vigente", "info"),
    PlanState.COMPLETED: StateWords("Pagado", "success"),
    PlanState.LAPSED: StateWords("Caducado", "danger"),
    PlanState.CANCELLED: StateWords("Cancelado", ""),
    PlanState.ENDED: StateWords("Sin efecto", ""),
}
_KINDS = {"service": "las facturas de servicio", "charge": "las facturas de cargos"}


def plan_state(plan: PaymentPlan, *, overdue: int = 0) -> StateWords:
    """How a plan stands; `overdue` is how many of its instalments fell due and are owed."""
    if plan.is_in_force and overdue:
        return StateWords("1 cuota vencida" if overdue == 1 else f"{overdue} cuotas vencidas", "danger")
    return _STATES[PlanState(plan.state)]


def instalment_name(number: int) -> str:
    """`Cuota 3`, or `Anticipo`."""
    return "Anticipo" if number == DOWN_PAYMENT else f"Cuota {number}"


def instalments_phrase(count: int) -> str:
    """`1 cuota`, `6 cuotas`."""
    return "1 cuota" if count == 1 else f"{count} cuotas"


def equal_instalments(instalments: tuple[Instalment, ...]) -> str:
    """`6 cuotas de $ 11.705,99`: how many there are and what each costs, but for a down payment and rounding."""
    regular = [one for one in instalments if one.number != DOWN_PAYMENT]
    return f"{instalments_phrase(len(regular))} de {pesos(regular[0].amount)}"


def unequal_instalments(instalments: tuple[Instalment, ...]) -> list[str]:
    """A sentence for the down payment, and one for a last instalment of another amount."""
    first, last = instalments[0], instalments[-1]
    regular = [one for one in instalments if one.number != DOWN_PAYMENT]
    told = [f"Antes, un anticipo de {pesos(first.amount)}."] if first.number == DOWN_PAYMENT else []
    if last.amount != regular[0].amount:
        told.append(f"La última es de {pesos(last.amount)}.")
    return told


def rate_words(rate: Decimal) -> str:
    """`33,23 %`, with a space that does not break."""
    return f"{figure(rate)}{NBSP}%"


def financed_words(policy: PlanPolicy) -> str:
    """Which bills a policy takes up: `Entran las facturas de servicio vencidas.`"""
    kinds = " y ".join(_KINDS[kind] for kind in policy.kinds)
    days = policy.minimum_days_overdue
    if days is None:
        return f"Entran {kinds} que estén sin pagar."
    if days <= 1:
        return f"Entran {kinds} que estén vencidas."
    return f"Entran {kinds} que vencieron hace {days} días o más."
