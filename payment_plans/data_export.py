"""What payment plans know of a person, for them to take away (Ley 25.326, art. 14)."""

from accounts.data_export import Exported, instant
from accounts.models import User
from payment_plans.models import PaymentPlan


def exported_plans(user: User) -> list[Exported]:
    """The plans that a person made, ended ones too, with the data that they gave to be found by."""
    made = PaymentPlan.objects.filter(made_by=user).select_related("account", "acceptance__terms")
    loaded = made.defer("account__parcel").prefetch_related("parts").order_by("created_at", "pk")
    return [
        {
            "plan": str(plan),
            "cuenta": plan.account.number,
            "estado": plan.get_state_display(),
            "hecho": instant(plan.created_at),
            "vigente_desde": instant(plan.began_at),
            "terminado": instant(plan.closed_at),
            "motivo_del_fin": plan.get_end_reason_display(),
            "explicacion_del_fin": plan.end_note,
            "deuda_en_pesos": str(plan.debt),
            "total_en_pesos": str(plan.total),
            "tna": str(plan.annual_rate),
            "cft": str(plan.total_financial_cost),
            "documento": plan.document,
            "telefono": plan.phone,
            "mail": plan.email,
            "version_de_los_terminos": plan.acceptance.terms.version,
            "direccion_ip": plan.acceptance.ip_address,
            "cuotas": [
                {"cuota": str(part), "vence": part.due_on.isoformat(), "importe_en_pesos": str(part.amount)}
                for part in plan.parts.all()
            ],
        }
        for plan in loaded
    ]
