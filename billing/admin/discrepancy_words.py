"""What a discrepancy means for whoever of the office looks at it, and where they can mend it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from billing.admin import credit_refunds, payment_refunds, releasing
from billing.enums import DiscrepancyKind, PaymentState
from billing.models import CreditEntry, Discrepancy, Payment
from billing.open_checkouts import may_be_released
from billing.returned import returned_of
from billing.stored_events import UNFINISHED

ADVICE: Final[dict[DiscrepancyKind, str]] = {
    DiscrepancyKind.AMOUNT_DIFFERS: (
        "Se cobró otro importe que el pedido. Compará el pago con lo que dice el proveedor o el canal."
    ),
    DiscrepancyKind.CURRENCY_DIFFERS: "Se cobró en otra moneda. El pago no se imputó: hablá con el proveedor.",
    DiscrepancyKind.PAID_TWICE: (
        "La factura ya estaba pagada. Lo que entró de más quedó como saldo a favor: "
        "preguntale al cliente si lo deja o lo quiere de vuelta."
    ),
    DiscrepancyKind.PAID_IN_EXCESS: (
        "Se cobró más de lo que faltaba. Lo que sobró quedó como saldo a favor de la cuenta."
    ),
    DiscrepancyKind.VOID_INVOICE_PAID: (
        "La factura estaba anulada. La plata quedó como saldo a favor: fijate si hay una que la reemplaza."
    ),
    DiscrepancyKind.PAID_IN_PLAN: (
        "La factura está en un plan de pago. La plata quedó como saldo a favor: sirve para pagar cuotas."
    ),
    DiscrepancyKind.UNKNOWN_OBJECT: (
        "Nos avisaron de algo que no está en el portal. Buscá el identificador del detalle en el panel del "
        "proveedor o del canal y fijate de quién es."
    ),
    DiscrepancyKind.LATE_PAYMENT: "El pago llegó cuando su intento ya estaba cerrado. Fijate dónde quedó la plata.",
    DiscrepancyKind.REFUND_DIFFERS: (
        "El proveedor hizo una devolución que no podemos registrar. Comparala con las devoluciones del pago."
    ),
    DiscrepancyKind.MORE_WITHDRAWN: (
        "Se retiró más plata de la que quedaba del pago. Fijate si las facturas volvieron a quedar impagas."
    ),
    DiscrepancyKind.OPERATION_DIFFERS: (
        "El canal mandó la misma operación con otros datos. Pedile que confirme cuál es la buena."
    ),
    DiscrepancyKind.NOT_AT_PROVIDER: "El portal lo tiene y el proveedor no. Buscalo en su panel antes de tocar nada.",
    DiscrepancyKind.PAYOUT_DIFFERS: (
        "Lo transferido no es lo que debía llegar al banco. Mirá el extracto y el detalle de la transferencia."
    ),
}
"""What each kind means, and where to begin."""


@dataclass(frozen=True, kw_only=True)
class Mending:
    """Another page on which the office mends what was found."""

    words: str
    address: str


def mendings(found: Discrepancy, request: HttpRequest) -> list[Mending]:
    """Those that this person may open and on which there is something to do now."""
    return [*_of_payment(found.payment, request), *_of_event(found, request)]


def _of_payment(payment: Payment | None, request: HttpRequest) -> Iterator[Mending]:
    if payment is None:
        return
    may = request.user.has_perm
    has_money = payment.state == PaymentState.SUCCEEDED and not returned_of(payment).is_all
    if has_money and may(payment_refunds.PERMISSION):
        yield Mending(words="Devolver plata", address=reverse("admin:billing_payment_refund", args=[payment.pk]))
    if may(releasing.PERMISSION) and may_be_released(payment):
        yield Mending(words="Liberar las facturas", address=reverse("admin:billing_payment_release", args=[payment.pk]))
    if may(credit_refunds.PERMISSION) and CreditEntry.objects.filter(account=payment.account_id).balance() > 0:
        address = reverse("admin:accounts_serviceaccount_refund_credit", args=[payment.account_id])
        yield Mending(words="Devolver saldo a favor", address=address)


def _of_event(found: Discrepancy, request: HttpRequest) -> Iterator[Mending]:
    if found.event is None or found.event.status not in UNFINISHED:
        return
    if request.user.has_perm("billing.reprocess_webhookevent"):
        address = reverse("admin:billing_webhookevent_change", args=[found.event.pk])
        yield Mending(words="Reprocesar su evento", address=address)
