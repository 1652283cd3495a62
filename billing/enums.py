"""Closed lists of the billing app. Values are stored; labels are shown."""

from django.db import models


class InvoiceKind(models.TextChoices):
    """What an invoice charges for."""

    SERVICE = "service", "Factura de servicio"
    CHARGE = "charge", "Cargo"
    INSTALMENT = "instalment", "Cuota de plan"


class ServiceKind(models.TextChoices):
    """How a service bill is measured."""

    METERED = "metered", "Medida"
    FLAT_RATE = "flat_rate", "Cuota fija"


class InvoiceStatus(models.TextChoices):
    """Whether the utility stands by the document. Paid or pending is told by its money, not here."""

    OPEN = "open", "Emitida"
    VOID = "void", "Anulada"


class DocumentCode(models.IntegerChoices):
    """ARCA's code of the document (RG 3571/13)."""

    SERVICE_A = 17, "Liquidación de servicios públicos A"
    SERVICE_B = 18, "Liquidación de servicios públicos B"


class ChargeStatus(models.TextChoices):
    """What became of a charge. The values are those of `charges.csv`."""

    PENDING = "pending", "Pendiente"
    INVOICED = "invoiced", "Facturado"
    CANCELLED = "cancelled", "Cancelado"


class PaymentState(models.TextChoices):
    """Where an attempt to pay is. The legal moves are in `billing.transitions`."""

    CREATED = "created", "Creado"
    OPEN = "open", "Abierto"
    PROCESSING = "processing", "En proceso"
    SUCCEEDED = "succeeded", "Imputado"
    FAILED = "failed", "Rechazado"
    EXPIRED = "expired", "Vencido"


LIVE_STATES = (PaymentState.CREATED, PaymentState.OPEN, PaymentState.PROCESSING)
"""States in which an attempt still holds its invoices."""


class PaymentChannel(models.TextChoices):
    """Where money comes in. Collection channels of third parties may add others, so the column takes any slug."""

    CHECKOUT = "checkout", "Oficina Virtual"
    DIRECT_DEBIT_CARD = "direct_debit_card", "Débito automático en tarjeta"
    DIRECT_DEBIT_BANK = "direct_debit_bank", "Débito automático en cuenta bancaria"
    RAPIPAGO = "rapipago", "Rapipago"
    PAGO_FACIL = "pago-facil", "Pago Fácil"
    BANK_TRANSFER = "bank-transfer", "Transferencia bancaria"
    HOME_BANKING = "home-banking", "Home banking"
    OFFICE = "office", "Oficina comercial"
    DESK_CASH = "desk_cash", "Caja, efectivo"
    DESK_CARD = "desk_card", "Caja, tarjeta"


ASKING_CHANNELS = (PaymentChannel.CHECKOUT, PaymentChannel.DIRECT_DEBIT_CARD, PaymentChannel.DIRECT_DEBIT_BANK)
"""Channels through which the portal itself asks for money; the others tell what they received."""

PROVIDER_CHANNELS = (PaymentChannel.CHECKOUT, PaymentChannel.DIRECT_DEBIT_CARD)
"""Those of them whose money moves through the payment provider."""

DESK_CHANNELS = (PaymentChannel.DESK_CASH, PaymentChannel.DESK_CARD)
"""The till of the office's counter. No collection channel and no file may have a slug with their mark."""


class TillMeans(models.TextChoices):
    """What the counter takes."""

    CASH = "cash", "Efectivo"
    CARD = "card", "Tarjeta"


class CreditReason(models.TextChoices):
    """Why an account has money in favour, or why it left."""

    SURPLUS = "surplus", "Pago mayor que la factura"
    ALREADY_PAID = "already_paid", "La factura ya estaba pagada"
    VOID_INVOICE = "void_invoice", "La factura estaba anulada"
    IN_PLAN = "in_plan", "La factura está en un plan de pago"
    INVOICE_VOIDED = "invoice_voided", "Se anuló la factura que pagaba"
    UNASSIGNED = "unassigned", "Pago sin factura"
    SPENT = "spent", "Usado para pagar"
    REFUNDED = "refunded", "Devuelto"
    REFUND_FAILED = "refund_failed", "Volvió una devolución"
    DISPUTED = "disputed", "Retenido por un reclamo al banco"
    REINSTATED = "reinstated", "Volvió de un reclamo al banco"


LEFT_OR_CAME_BACK = (
    CreditReason.REFUNDED,
    CreditReason.REFUND_FAILED,
    CreditReason.DISPUTED,
    CreditReason.REINSTATED,
)
"""Why credit leaves the ledger, or comes back to it."""


class AllocationReason(models.TextChoices):
    """What put money on a bill, or moved it there since."""

    PAID = "paid", "Pago"
    CREDIT = "credit", "Saldo a favor"
    RETURN = "return", "Devolución o reclamo al banco"
    VOID = "void", "Se anuló la factura"


class RefundRoute(models.TextChoices):
    """Who gives the money back."""

    PROVIDER = "provider", "Plataforma de pago"
    OFFICE = "office", "Oficina comercial"
    CHANNEL = "channel", "Reverso del canal"


class RefundState(models.TextChoices):
    """Where a refund is. The legal moves are in `billing.transitions`."""

    CREATED = "created", "Pedida"
    PENDING = "pending", "En camino"
    SUCCEEDED = "succeeded", "Hecha"
    FAILED = "failed", "No se pudo hacer"


class DisputeState(models.TextChoices):
    """Where a dispute is. The legal moves are in `billing.transitions`."""

    INQUIRY = "inquiry", "Consulta del banco"
    NEEDS_RESPONSE = "needs_response", "Espera respuesta"
    UNDER_REVIEW = "under_review", "En revisión"
    WON = "won", "Resuelto a favor"
    LOST = "lost", "Resuelto en contra"
    CLOSED = "closed", "Cerrado sin reclamo"


class WebhookStatus(models.TextChoices):
    """What became of a stored event."""

    RECEIVED = "received", "Recibido"
    PROCESSED = "processed", "Procesado"
    IGNORED = "ignored", "Sin efecto"
    FAILED = "failed", "Con error"


class DiscrepancyKind(models.TextChoices):
    """What a person of the office must look at."""

    AMOUNT_DIFFERS = "amount_differs", "El importe no coincide"
    CURRENCY_DIFFERS = "currency_differs", "La moneda no coincide"
    PAID_TWICE = "paid_twice", "Factura pagada dos veces"
    PAID_IN_EXCESS = "paid_in_excess", "Se cobró más de lo que faltaba"
    VOID_INVOICE_PAID = "void_invoice_paid", "Pago de una factura anulada"
    PAID_IN_PLAN = "paid_in_plan", "Pago de una factura que está en un plan"
    UNKNOWN_OBJECT = "unknown_object", "Objeto desconocido del proveedor"
    LATE_PAYMENT = "late_payment", "Pago que llegó tarde"
    REFUND_DIFFERS = "refund_differs", "La devolución no coincide"
    MORE_WITHDRAWN = "more_withdrawn", "Se retiró más de lo que quedaba del pago"
    OPERATION_DIFFERS = "operation_differs", "La operación no coincide con la registrada"
    NOT_AT_PROVIDER = "not_at_provider", "El proveedor no lo tiene"
    PAYOUT_DIFFERS = "payout_differs", "La transferencia al banco no coincide"


class DiscrepancyState(models.TextChoices):
    """Where a discrepancy is. The legal moves are in `billing.transitions`."""

    OPEN = "open", "Abierta"
    RESOLVED = "resolved", "Resuelta"
    REOPENED = "reopened", "Reabierta"


OPEN_DISCREPANCIES = (DiscrepancyState.OPEN, DiscrepancyState.REOPENED)
"""States in which somebody has still to look."""


class DiscrepancyResolution(models.TextChoices):
    """What came of a discrepancy."""

    REFUNDED = "refunded", "Se devolvió la plata"
    ALLOCATED = "allocated", "Se imputó a mano"
    CREDITED = "credited", "Quedó como saldo a favor"
    RELEASED = "released", "Se liberaron las facturas"
    SENDER_ERROR = "sender_error", "Error del canal o del proveedor"
    NO_DIFFERENCE = "no_difference", "No había diferencia"
    OTHER = "other", "Otro motivo"


class DiscrepancyStep(models.TextChoices):
    """What somebody of the office did about a discrepancy."""

    NOTED = "noted", "Anotó"
    ASSIGNED = "assigned", "La asignó"
    LET_GO = "let_go", "La soltó"
    RESOLVED = "resolved", "La resolvió"
    REOPENED = "reopened", "La reabrió"


class EventAction(models.TextChoices):
    """What somebody of the office did about a stored event."""

    REPROCESSED = "reprocessed", "Reprocesó"
    IGNORED = "ignored", "Descartó"


class ReprocessingState(models.TextChoices):
    """Where the reprocessing of many events is. The legal moves are in `billing.transitions`."""

    QUEUED = "queued", "En cola"
    RUNNING = "running", "En curso"
    DONE = "done", "Terminado"
    STOPPED = "stopped", "Cortado"


class PaymentReportState(models.TextChoices):
    """What became of a payment that a customer says was made elsewhere. Every state but the first is for good."""

    SUBMITTED = "submitted", "En revisión"
    ACCEPTED = "accepted", "Aceptado"
    REJECTED = "rejected", "Rechazado"
    WITHDRAWN = "withdrawn", "Retirado"


class OperationState(models.TextChoices):
    """Where an operation is that a collection channel told. The values are part of what channels read."""

    HELD = "held", "En espera"
    SETTLED = "settled", "Imputada"
    REVERSED = "reversed", "Anulada por el canal"


class OperationHold(models.TextChoices):
    """Why an operation that was told is not in the ledger. The values are part of what channels read."""

    UNKNOWN_BILL = "unknown_bill", "No existe la factura"
    DIFFERS = "differs", "El archivo trajo otra cosa"
    PAYMENT_NOT_TOLD = "payment_not_told", "Avisaron la anulación y no el pago"


class MovementKind(models.TextChoices):
    """Why our balance at the payment provider moved."""

    CHARGE = "charge", "Cobro"
    REFUND = "refund", "Devolución"
    REFUND_RETURNED = "refund_returned", "Devolución que volvió"
    DISPUTE = "dispute", "Desconocimiento"
    DISPUTE_REINSTATED = "dispute_reinstated", "Desconocimiento ganado"
    PAYOUT = "payout", "Transferencia al banco"
    FEE = "fee", "Comisión aparte"
    OTHER = "other", "Otro movimiento"


class ClaimReason(models.TextChoices):
    """What somebody says is wrong with a bill."""

    CONSUMPTION = "consumption", "El consumo es demasiado alto"
    READING = "reading", "La lectura del medidor está mal"
    HOLDER = "holder", "El titular o la categoría están mal"
    OTHER = "other", "Otro motivo"


class ClaimState(models.TextChoices):
    """Where a claim on a bill is. It begins as open and ends once, by an answer or by being withdrawn."""

    OPEN = "open", "En revisión"
    UPHELD = "upheld", "A favor del cliente"
    PARTLY_UPHELD = "partly_upheld", "En parte a favor del cliente"
    DISMISSED = "dismissed", "Sin cambios"
    WITHDRAWN = "withdrawn", "Retirado"


CLAIM_ANSWERS = (ClaimState.UPHELD, ClaimState.PARTLY_UPHELD, ClaimState.DISMISSED)
"""The ends of a claim that the office decides, with an answer in words."""


class ListingKind(models.TextChoices):
    """Which history is printed."""

    PAYMENTS = "payments", "Historial de pagos"
    PAID_BILLS = "paid_bills", "Historial de facturas pagadas"


class ListingState(models.TextChoices):
    """Where a long listing is. A job that was killed begins again, so `RUNNING` may follow `RUNNING`."""

    QUEUED = "queued", "En cola"
    RUNNING = "running", "En preparación"
    DONE = "done", "Listo"
    FAILED = "failed", "No se pudo preparar"


LISTING_UNDER_WAY = (ListingState.QUEUED, ListingState.RUNNING)
"""States in which a listing will be there soon."""
