"""Closed lists of the adhesions app. Values are stored; labels are shown."""

from django.db import models


class AdhesionEnd(models.TextChoices):
    """Why an adhesion ended."""

    MAKER = "maker", "La canceló quien la hizo"
    ANOTHER_USER = "another_user", "La canceló otra persona que tiene la cuenta"
    UNSUBSCRIBED = "unsubscribed", "La canceló quien recibe los mails"
    OFFICE = "office", "La canceló la oficina"
    HOLDER_CHANGED = "holder_changed", "Cambió el titular de la cuenta"
    UNLINKED = "unlinked", "Quien la hizo desvinculó la cuenta"
    USER_CLOSED = "user_closed", "Quien la hizo cerró su usuario"


class DebitMeans(models.TextChoices):
    """Where a direct debit takes the money from."""

    BANK = "bank", "Cuenta bancaria"
    CARD = "card", "Tarjeta"


class DebitState(models.TextChoices):
    """Where the debit of one bill is. The legal moves are in `adhesions.debit.transitions`."""

    ANNOUNCED = "announced", "Avisado"
    UNDER_WAY = "under_way", "En curso"
    WAITING = "waiting", "Se reintenta"
    COLLECTED = "collected", "Cobrado"
    REJECTED = "rejected", "Rechazado"
    STOPPED = "stopped", "Frenado"
    ABOVE_CAP = "above_cap", "Supera el tope"
    WITHDRAWN = "withdrawn", "Sin efecto"


DEBIT_UNDECIDED = (DebitState.ANNOUNCED, DebitState.UNDER_WAY, DebitState.WAITING)
"""States in which a debit may still take money."""


class DeliveryKind(models.TextChoices):
    """Why a bill is mailed."""

    NEW = "new", "Factura nueva"
    REMINDER = "reminder", "Recordatorio"
    OVERDUE = "overdue", "Aviso de vencida"
    ON_REQUEST = "on_request", "A pedido"


DELIVERED_ONCE = (DeliveryKind.NEW, DeliveryKind.REMINDER, DeliveryKind.OVERDUE)
"""Kinds that a bill goes out as once to an address, for good."""


class DeliveryState(models.TextChoices):
    """How far the mail with a bill came. Nothing leaves the last four, but a mail that was sent may bounce."""

    QUEUED = "queued", "En cola"
    SENT = "sent", "Enviado"
    FAILED = "failed", "No salió"
    NOT_NEEDED = "not_needed", "No hizo falta"
    BOUNCED = "bounced", "Rebotó"


DELIVERY_MOVES = (
    (DeliveryState.QUEUED, DeliveryState.SENT),
    (DeliveryState.QUEUED, DeliveryState.FAILED),
    (DeliveryState.QUEUED, DeliveryState.NOT_NEEDED),
    (DeliveryState.SENT, DeliveryState.BOUNCED),
)
