"""Taking one's data away: what accounts knows of a person, and what upper apps add."""

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import logged_in_user
from accounts.data_export import Exported, exported_user, instant
from accounts.models import User
from adhesions.data_export import (
    exported_card_setups,
    exported_deliveries,
    exported_digital_billings,
    exported_mandates,
)
from billing.claims.presentation import claim_state
from billing.models import Claim, Payment
from oficina.shared.dates import today
from payment_plans.data_export import exported_plans
from tramites.data_export import exported_conversations, exported_location_reports


@never_cache
@require_safe
@reauthentication_required(app="allauth.account")  # type: ignore[untyped-decorator]  # it has no annotations
def download_my_data(request: HttpRequest) -> JsonResponse:
    """One JSON file, after the person proved again who they are."""
    user = logged_in_user(request)
    content = exported_user(user) | {
        "pagos": _payments(user),
        "reclamos": _claims(user),
        "adhesiones_a_factura_digital": exported_digital_billings(user),
        "facturas_por_mail": exported_deliveries(user),
        "adhesiones_a_debito_automatico": exported_mandates(user),
        "tarjetas_para_debito_automatico": exported_card_setups(user),
        "planes_de_pago": exported_plans(user),
        "conversaciones": exported_conversations(user),
        "avisos_de_ubicacion": exported_location_reports(user),
    }
    name = f"mis-datos-{today():%Y-%m-%d}.json"
    return JsonResponse(
        content,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )


def _payments(user: User) -> list[Exported]:
    payments = Payment.objects.filter(payer=user).select_related("account").order_by("created_at", "pk")
    return [
        {
            "numero": payment.number,
            "cuenta": payment.account.number,
            "estado": payment.get_state_display(),
            "importe_en_pesos": str(payment.amount_received or payment.amount_asked),
            "medio": " ".join(filter(None, [payment.means_brand, payment.means_last4])),
            "iniciado": instant(payment.created_at),
            "pagado": instant(payment.paid_at),
        }
        for payment in payments
    ]


def _claims(user: User) -> list[Exported]:
    claims = Claim.objects.filter(made_by=user).select_related("invoice__account", "attachment")
    return [
        {
            "numero": claim.number,
            "cuenta": claim.invoice.account.number,
            "factura": str(claim.invoice),
            "motivo": claim.get_reason_display(),
            "texto": claim.text,
            "lectura_en_m3": None if claim.meter_reading is None else str(claim.meter_reading),
            "adjunto": claim.attachment.name if claim.attachment else None,
            "estado": claim_state(claim).words,
            "respuesta": claim.answer,
            "hecho": instant(claim.made_at),
            "terminado": instant(claim.ended_at),
        }
        for claim in claims.defer("attachment__content", "invoice__account__parcel").order_by("made_at", "pk")
    ]
