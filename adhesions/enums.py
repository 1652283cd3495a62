"""Closed lists of the adhesions app. Values are stored; labels are shown."""

from django.db import models


class AdhesionEnd(models.TextChoices):
    """Why an adhesion ended."""

    MAKER = "maker", "La canceló quien la hizo"
    ANOTHER_USER = "another_user", "La canceló otra persona que tiene la cuenta"
    UNSUBSCRIBED = "unsubscribed", "La canceló quien recibe los mails"
    MAIL_CHANGED = "mail_changed", "Quien la hizo eligió otro mail"
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


class CardSetupState(models.TextChoices):
    """How far somebody came who went to save a card. Nothing leaves the last three."""

    BEGUN = "begun", "Pedida"
    OPENED = "opened", "En la página del proveedor"
    DONE = "done", "Guardada"
    ABANDONED = "abandoned", "Abandonada"
    REFUSED = "refused", "Rechazada"


CARD_SETUP_UNDECIDED = (CardSetupState.BEGUN, CardSetupState.OPENED)
"""States in which a card may still be saved."""

CARD_SETUP_MOVES = (
    (CardSetupState.BEGUN, CardSetupState.OPENED),
    (CardSetupState.BEGUN, CardSetupState.ABANDONED),
    (CardSetupState.BEGUN, CardSetupState.REFUSED),
    (CardSetupState.OPENED, CardSetupState.DONE),
    (CardSetupState.OPENED, CardSetupState.ABANDONED),
    (CardSetupState.OPENED, CardSetupState.REFUSED),
)


class CardSetupRefusal(models.TextChoices):
    """Why no mandate was made of a card."""

    FOREIGN = "foreign", "Tarjeta de otro país"
    EXPIRED = "expired", "Tarjeta vencida"
    ALREADY_DEBITED = "already_debited", "La cuenta ya estaba adherida"
    LINK_ENDED = "link_ended", "Ya no tenía la cuenta"
    PROVIDER = "provider", "El proveedor no la guardó"


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


class BounceKind(models.TextChoices):
    """Whether the mail server that did not take a mail will ever take one for that mailbox."""

    PERMANENT = "permanent", "Definitivo"
    TRANSIENT = "transient", "Pasajero"
