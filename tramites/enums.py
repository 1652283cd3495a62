"""Closed lists of the guidance. Values are stored; labels are shown."""

from django.db import models


class LinkFault(models.TextChoices):
    """Why a link leads nowhere."""

    ANSWER = "answer", "El sitio contesta que no existe o que no se puede ver"
    UNREACHABLE = "unreachable", "El sitio no contesta"
    NOT_PUBLIC = "not_public", "No es una dirección pública de internet"
    REDIRECTS = "redirects", "Da demasiadas vueltas"
    NO_SUCH_PAGE = "no_such_page", "No hay una página así en la Oficina Virtual"


class HelpSection(models.TextChoices):
    """The parts of Ayuda, in the order in which they are shown."""

    ENTERING = "entering", "Ingresar"
    ACCOUNTS = "accounts", "Tus cuentas"
    PAYING = "paying", "Ver y pagar"
    PAPERS = "papers", "Facturas y comprobantes"
    BILL = "bill", "Cómo se lee la factura"
    ADHESIONS = "adhesions", "Adhesiones"
    CLAIMS = "claims", "Cargos y reclamos"
    DATA = "data", "Tus datos y tu seguridad"


class ConversationState(models.TextChoices):
    """Whose turn it is in a conversation, as the office calls it."""

    ASSISTED = "assisted", "Con el asistente"
    WAITING = "waiting", "Espera respuesta"
    ANSWERED = "answered", "Respondida"
    CLOSED = "closed", "Cerrada"


CONVERSATION_MOVES = frozenset(
    {
        (ConversationState.ASSISTED, ConversationState.WAITING),  # a person was asked for
        (ConversationState.ASSISTED, ConversationState.CLOSED),
        (ConversationState.WAITING, ConversationState.ANSWERED),
        (ConversationState.WAITING, ConversationState.CLOSED),
        (ConversationState.ANSWERED, ConversationState.WAITING),  # the customer wrote again
        (ConversationState.ANSWERED, ConversationState.CLOSED),
        (ConversationState.CLOSED, ConversationState.ASSISTED),  # the customer came back before asking for a person
        (ConversationState.CLOSED, ConversationState.WAITING),  # the customer wrote again
        (ConversationState.CLOSED, ConversationState.ANSWERED),  # the office wrote again, or opened it to
    }
)
"""How a conversation moves."""


class ConversationEnd(models.TextChoices):
    """Why a conversation was closed."""

    CUSTOMER = "customer", "La terminó el cliente"
    OFFICE = "office", "La cerró la oficina"
    SILENCE = "silence", "Nadie escribió más"
    USER_CLOSED = "user_closed", "El cliente cerró su usuario"


class MessageAuthor(models.TextChoices):
    """Who says a message."""

    CUSTOMER = "customer", "Cliente"
    ASSISTANT = "assistant", "Asistente virtual"
    OFFICE = "office", "Oficina"


class Weekday(models.IntegerChoices):
    """Days as Python counts them."""

    MONDAY = 0, "lunes"
    TUESDAY = 1, "martes"
    WEDNESDAY = 2, "miércoles"
    THURSDAY = 3, "jueves"
    FRIDAY = 4, "viernes"
    SATURDAY = 5, "sábado"
    SUNDAY = 6, "domingo"


class PlaceKind(models.TextChoices):
    """What a place of payment is, in the order in which they are offered."""

    OFFICE = "office", "Sucursal"
    NETWORK = "network", "Red de cobranza"
    BANK = "bank", "Banco"
    ATM = "atm", "Cajero automático"
    ONLINE = "online", "Por internet"


class PlaceMeans(models.TextChoices):
    """What a place of payment takes."""

    CASH = "cash", "Efectivo"
    DEBIT = "debit", "Tarjeta de débito"
    CREDIT = "credit", "Tarjeta de crédito"
    CHEQUE = "cheque", "Cheque"
    TRANSFER = "transfer", "Dinero en cuenta o transferencia"
    QR = "qr", "Código QR"


class PlaceBills(models.TextChoices):
    """Which bills a place of payment takes."""

    ALL = "all", "Vencidas y sin vencer"
    NOT_OVERDUE = "not-overdue", "Solo sin vencer"
    OVERDUE = "overdue", "Solo vencidas"
