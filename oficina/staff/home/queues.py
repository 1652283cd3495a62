"""The queues of the office, and what is on its way: of each its rows and the list that shows exactly those."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from adhesions.enums import DeliveryState
from adhesions.models import BankPresentation, BillDelivery
from billing.enums import DisputeState, OperationState, PaymentReportState, PaymentState, RefundState, WebhookStatus
from billing.models import (
    Claim,
    CollectionOperation,
    Discrepancy,
    Dispute,
    Payment,
    PaymentReport,
    Refund,
    WebhookEvent,
)
from oficina.shared.dates import today
from oficina.shared.enums import ImportState
from oficina.shared.models import ImportRun
from oficina.staff.home.waiting import Part, Queue
from oficina.staff.models import BackgroundJob, JobStatus
from payment_plans.enums import PlanState
from payment_plans.models import PaymentPlan
from tramites.enums import ConversationState
from tramites.models import Conversation, LinkCheck, LocationReport

LATELY: Final = timedelta(days=7)
"""Mails and imports that failed earlier are history: nobody marks them as looked at."""

EXPIRES_SOON: Final = timedelta(minutes=15)

_IMPORT_FAILED: Final = (ImportState.REFUSED, ImportState.FAILED)
_REFUND_UNFINISHED: Final = (RefundState.CREATED, RefundState.PENDING)


_WAITING: Final = {"state__exact": ConversationState.WAITING}


def _mine(person: User, _now: datetime) -> Q:
    return Q(assigned_to=person.pk)


def _nobodys(_person: User, _now: datetime) -> Q:
    return Q(assigned_to=None)


def _always(**chosen: str) -> Callable[[datetime], Mapping[str, str]]:
    return lambda _now: chosen


def _lately(now: datetime) -> datetime:
    """The local midnight since which something counts: also what a list's choice «Últimos 7 días» means."""
    day = timezone.localtime(now).date() - LATELY
    return timezone.make_aware(datetime.combine(day, time.min))


def _deliveries(state: DeliveryState) -> Callable[[datetime], QuerySet[Any]]:
    return lambda now: BillDelivery.objects.filter(state=state, queued_at__gte=_lately(now))


def _deliveries_chosen(state: DeliveryState) -> Callable[[datetime], Mapping[str, str]]:
    return lambda now: {"state__exact": state, "queued_at__gte": str(_lately(now))}


TO_ATTEND: Final = (
    Queue(
        name="Conversaciones que esperan respuesta",
        permissions=("tramites.view_conversation",),
        rows=lambda _now: Conversation.objects.filter(state=ConversationState.WAITING),
        since="waiting_since",
        oldest_first=("waiting_since", "pk"),
        chosen=_always(**_WAITING),
        parts=(
            Part(name="a tu nombre", rows=_mine, chosen={**_WAITING, "atiende": "mias"}),
            Part(name="sin asignar", rows=_nobodys, chosen={**_WAITING, "atiende": "nadie"}),
        ),
    ),
    Queue(
        name="Reclamos de facturas",
        permissions=("billing.view_claim",),
        rows=lambda _now: Claim.objects.open(),
        since="made_at",
        oldest_first=("answer_due_on",),
        chosen=_always(state__exact="open"),
        parts=(
            Part(
                name="con el plazo vencido",
                rows=lambda _person, _now: Q(answer_due_on__lt=today()),
                chosen={"plazo": "vencido"},
            ),
        ),
    ),
    Queue(
        name="Avisos de ubicación",
        permissions=("tramites.view_locationreport",),
        rows=lambda _now: LocationReport.objects.open(),
        since="made_at",
        chosen=_always(situacion="abierto"),
    ),
    Queue(
        name="Avisos de pago para decidir",
        permissions=("billing.view_paymentreport",),
        rows=lambda _now: PaymentReport.objects.under_review(),
        since="reported_at",
        oldest_first=("reported_at",),
        chosen=_always(state__exact=PaymentReportState.SUBMITTED),
    ),
    Queue(
        name="Diferencias abiertas",
        permissions=("billing.view_discrepancy",),
        rows=lambda _now: Discrepancy.objects.open(),
        since="opened_at",
        oldest_first=("opened_at",),
        chosen=_always(situacion="abierta"),
        parts=(
            Part(name="a tu nombre", rows=_mine, chosen={"situacion": "mias"}),
            Part(name="sin asignar", rows=_nobodys, chosen={"situacion": "sin-asignar"}),
        ),
    ),
    Queue(
        name="Reclamos al banco que esperan respuesta",
        permissions=("billing.view_dispute",),
        rows=lambda _now: Dispute.objects.filter(state=DisputeState.NEEDS_RESPONSE),
        since="opened_at",
        chosen=_always(state__exact=DisputeState.NEEDS_RESPONSE),
    ),
    Queue(
        name="Operaciones de canales en espera",
        permissions=("billing.view_collectionoperation",),
        rows=lambda _now: CollectionOperation.objects.filter(state=OperationState.HELD),
        since="created_at",
        chosen=_always(state__exact=OperationState.HELD),
    ),
    Queue(
        name="Eventos con error",
        permissions=("billing.view_webhookevent",),
        rows=lambda _now: WebhookEvent.objects.filter(status=WebhookStatus.FAILED),
        since="received_at",
        oldest_first=("received_at",),
        chosen=_always(status__exact=WebhookStatus.FAILED),
    ),
    Queue(
        name="Facturas por mail que no salieron esta semana",
        permissions=("adhesions.view_billdelivery",),
        rows=_deliveries(DeliveryState.FAILED),
        since="queued_at",
        oldest_first=("queued_at",),
        chosen=_deliveries_chosen(DeliveryState.FAILED),
    ),
    Queue(
        name="Facturas por mail que rebotaron esta semana",
        permissions=("adhesions.view_billdelivery",),
        rows=_deliveries(DeliveryState.BOUNCED),
        since="queued_at",
        oldest_first=("queued_at",),
        chosen=_deliveries_chosen(DeliveryState.BOUNCED),
    ),
    Queue(
        name="Importaciones que fallaron esta semana",
        permissions=("shared.view_importrun",),
        rows=lambda now: ImportRun.objects.filter(state__in=_IMPORT_FAILED, started_at__gte=_lately(now)),
        since="started_at",
        chosen=lambda now: {"state__in": ",".join(_IMPORT_FAILED), "started_at__gte": str(_lately(now))},
    ),
    Queue(
        name="Tareas con error",
        permissions=("staff.view_backgroundjob",),
        rows=lambda _now: BackgroundJob.objects.filter(status=JobStatus.FAILED),
        since="scheduled_at",
        oldest_first=("pk",),
        chosen=_always(estado=JobStatus.FAILED),
    ),
    Queue(
        name="Enlaces rotos",
        permissions=("tramites.view_linkcheck",),
        rows=lambda _now: LinkCheck.objects.broken(),
        since="broken_since",
        chosen=_always(estado="rotos"),
    ),
)
"""What somebody has to look at."""

UNDER_WAY: Final = (
    Queue(
        name="Pagos en proceso",
        permissions=("billing.view_collected", "billing.view_payment"),
        rows=lambda _now: Payment.objects.filter(state=PaymentState.PROCESSING),
        since="created_at",
        amount="amount_asked",
        chosen=_always(state__exact=PaymentState.PROCESSING),
    ),
    Queue(
        name="Pagos abiertos que vencen en 15 minutos",
        permissions=("billing.view_collected", "billing.view_payment"),
        rows=lambda now: Payment.objects.filter(state=PaymentState.OPEN, expires_at__lt=now + EXPIRES_SOON),
        since="created_at",
        amount="amount_asked",
        chosen=lambda now: {"state__exact": PaymentState.OPEN, "expires_at__lt": str(now + EXPIRES_SOON)},
    ),
    Queue(
        name="Presentaciones al banco sin respuesta",
        permissions=("adhesions.view_bankpresentation",),
        rows=lambda _now: BankPresentation.objects.unanswered(),
        since="made_at",
        chosen=_always(respuesta="falta"),
    ),
    Queue(
        name="Devoluciones sin terminar",
        permissions=("billing.view_collected", "billing.view_refund"),
        rows=lambda _now: Refund.objects.unfinished(),
        since="created_at",
        amount="amount",
        chosen=_always(state__in=",".join(_REFUND_UNFINISHED)),
    ),
    Queue(
        name="Planes que esperan su primera cuota",
        permissions=("payment_plans.view_paymentplan",),
        rows=lambda _now: PaymentPlan.objects.waiting(),
        since="created_at",
        chosen=_always(state__exact=PlanState.WAITING),
    ),
)
"""What goes on by itself, and is worth a look when it takes long."""
