"""Taking one's data away: what accounts knows of a person, and the payments they made."""

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import logged_in_user
from accounts.data_export import Exported, exported_user, instant
from accounts.models import User
from billing.models import Payment
from oficina.shared.dates import today


@never_cache
@require_safe
@reauthentication_required(app="allauth.account")  # type: ignore[untyped-decorator]  # it has no annotations
def download_my_data(request: HttpRequest) -> JsonResponse:
    """One JSON file, after the person proved again who they are."""
    user = logged_in_user(request)
    content = exported_user(user) | {"pagos": _payments(user)}
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
