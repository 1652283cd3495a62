"""Closed lists of payment plans. Values are stored; labels are shown."""

from decimal import Decimal
from typing import Final

from django.db import models


class PlanState(models.TextChoices):
    """Where a plan is. The legal moves are in `payment_plans.transitions`."""

    WAITING = "waiting", "Pendiente de primera cuota"
    IN_FORCE = "in_force", "Vigente"
    COMPLETED = "completed", "Pagado"
    LAPSED = "lapsed", "Caducado"
    CANCELLED = "cancelled", "Cancelado"
    ENDED = "ended", "Sin efecto"


LIVE: Final = (PlanState.WAITING, PlanState.IN_FORCE)
"""States in which the bills of a plan may be in no other one."""

CLOSED: Final = (PlanState.LAPSED, PlanState.CANCELLED, PlanState.ENDED)
"""States that nothing leaves."""


class PlanEnd(models.TextChoices):
    """Why a plan ended before it was paid."""

    BILLS_MOVED = "bills_moved", "Se pagó o cambió una de sus facturas"
    NOT_BEGUN = "not_begun", "No se pagó la primera cuota a tiempo"
    REPLACED = "replaced", "Se eligió otro plan"
    GIVEN_UP = "given_up", "Lo dejó sin efecto quien lo hizo u otra persona que tiene la cuenta"
    HOLDER_CHANGED = "holder_changed", "Cambió el titular de la cuenta"
    INSTALMENTS_UNPAID = "instalments_unpaid", "Quedaron cuotas sin pagar"
    OFFICE = "office", "Lo canceló la oficina"


ENDS: Final = {
    PlanState.ENDED: (
        PlanEnd.BILLS_MOVED,
        PlanEnd.NOT_BEGUN,
        PlanEnd.REPLACED,
        PlanEnd.GIVEN_UP,
        PlanEnd.HOLDER_CHANGED,
        PlanEnd.OFFICE,
    ),
    PlanState.LAPSED: (PlanEnd.INSTALMENTS_UNPAID,),
    PlanState.CANCELLED: (PlanEnd.OFFICE,),
}
"""For what a plan comes to each of the states in which it is closed."""


ROUNDINGS: Final = (
    (Decimal("0.01"), "Al centavo"),
    (Decimal("1.00"), "A 1 peso"),
    (Decimal("10.00"), "A 10 pesos"),
    (Decimal("100.00"), "A 100 pesos"),
)
"""Of what instalments may be multiples, in pesos."""


class NoticeKind(models.TextChoices):
    """What is told of an instalment, once each."""

    DUE_SOON = "due_soon", "Por vencer"
    OVERDUE = "overdue", "Vencida"
