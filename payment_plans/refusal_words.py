"""What a customer is told when a plan is not made, or not as they asked."""

from oficina.shared.money import pesos
from payment_plans import refusals
from payment_plans.models import PlanPolicy
from payment_plans.presentation import financed_words


def nothing_offered_words(refusal: refusals.PlanRefusal, *, owes: bool, policy: PlanPolicy | None) -> tuple[str, str]:
    """A title and what to do, when `plan_options` refused. `owes`: the account owes something. `policy` is the one of
    the day. Raises LookupError for other refusals.
    """
    match refusal:
        case refusals.TooManyPlans(most=1):
            return "Ya hay un plan vigente", "Por cuenta hay un plan a la vez. Cuando lo termines podés hacer otro."
        case refusals.TooManyPlans():
            return (
                f"Ya hay {refusal.most} planes vigentes",
                f"Por cuenta hay hasta {refusal.most} planes a la vez. Cuando termines uno podés hacer otro.",
            )
        case _ if not owes:
            return "No hay deuda para pagar en cuotas", "La cuenta no tiene facturas pendientes."
        case refusals.NoPolicy():
            return (
                "Por ahora no hay planes de pago",
                "Mientras tanto podés elegir qué facturas pagar y dejar las otras para más adelante.",
            )
        case refusals.DebtBelowMinimum():
            return (
                "La deuda no llega a la mínima",
                (
                    f"Se pagan en cuotas deudas desde {pesos(refusal.minimum)}. Lo que se puede financiar hoy de esta "
                    f"cuenta es {pesos(refusal.debt)}."
                ),
            )
        case refusals.NothingToFinance():
            which = financed_words(policy) if policy else ""
            return "Ninguna factura entra en un plan", f"{which} Las que tienen un pago en proceso no entran.".strip()
    raise LookupError(type(refusal).__name__)


def refusal_words(refusal: refusals.PlanRefusal) -> str:
    """A message about an act that was refused. Raises LookupError for what the screens answer otherwise."""
    match refusal:
        case refusals.OptionsChanged():
            return "Cambió la deuda o lo que ofrecemos, y no hicimos el plan. Estas son las opciones de ahora."
        case refusals.MoneyUnderWay():
            return (
                f"El plan {refusal.plan} tiene un pago en proceso. Cuando se confirme, empieza a regir; si se rechaza, "
                "vas a poder dejarlo o elegir otro."
            )
        case refusals.PlanNotWaiting():
            return f"El plan {refusal.plan} ya no está pendiente de primera cuota: no cambiamos nada."
        case refusals.PlanNotInForce():
            return f"El plan {refusal.plan} no está vigente: no cambiamos nada."
        case refusals.NothingToPayEarly():
            return "Todo lo que falta ya venció: no queda interés para ahorrar. Elegí las cuotas y pagalas."
    raise LookupError(type(refusal).__name__)
