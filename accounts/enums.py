"""Closed lists of the accounts app. Values are stored; labels are shown."""

from django.db import models


class TermsPurpose(models.TextChoices):
    """What a person agrees to. Each purpose has versions of its own."""

    REGISTRATION = "registration", "Registro en la Oficina Virtual"
    DIGITAL_BILL = "digital_bill", "Factura digital"
    DIRECT_DEBIT = "direct_debit", "Débito automático"
    PAYMENT_PLAN = "payment_plan", "Plan de pago"


class LinkEvidence(models.TextChoices):
    """What was shown to link an account."""

    INVOICE_NUMBER = "invoice_number", "Número de factura"
    PAYMENT_CODE = "payment_code", "Código de pago electrónico"
    NUMBER_ONLY = "number_only", "Solo el número de cuenta"
    OFFICE = "office", "En la oficina"


class LinkAttemptOutcome(models.TextChoices):
    """What came of one search for an account to link."""

    UNDER_WAY = "under_way", "En curso"
    FOUND = "found", "Encontrada"
    NOT_FOUND = "not_found", "Sin resultado"
    BLOCKED = "blocked", "Frenado por demasiados intentos"


class AccountStatus(models.TextChoices):
    """State of a service account at the utility."""

    ACTIVE = "active", "Activa"
    SUSPENDED = "suspended", "Suspendida"
    CLOSED = "closed", "De baja"


class ViewEnd(models.TextChoices):
    """How a view of the portal as a customer sees it came to its end."""

    LEFT = "left", "Salió"
    EXPIRED = "expired", "Pasaron los 30 minutos"
    LOGGED_OUT = "logged_out", "Cerró su sesión"
    REPLACED = "replaced", "Abrió otra vista"
    NOT_ALLOWED = "not_allowed", "Dejó de estar permitida"


class DocumentKind(models.TextChoices):
    """What somebody shows at the counter to say who they are."""

    DNI = "dni", "DNI"
    CUIT = "cuit", "CUIT o CUIL"
    PASSPORT = "passport", "Pasaporte"
    OTHER = "other", "Otro documento"


class Relation(models.TextChoices):
    """What somebody at the counter is to the holder of an account."""

    HOLDER = "holder", "Es titular"
    ATTORNEY = "attorney", "Apoderado"
    HEIR = "heir", "Heredero"
    TENANT = "tenant", "Inquilino"
    OWNER = "owner", "Propietario"
    FAMILY = "family", "Familiar"
    OTHER = "other", "Otra relación"


class AttentionDeed(models.TextChoices):
    """What is done for somebody at the counter."""

    BILLS_PRINTED = "bills", "Impresión de facturas"
    RECEIPT_PRINTED = "receipt", "Impresión de recibo"
    CERTIFICATE = "certificate", "Libre deuda"
    CLAIM = "claim", "Reclamo"
    LINKED = "linked", "Vínculo de la cuenta"
    INVITED = "invited", "Invitación por mail"
    TILL = "till", "Derivación a la caja"
    OTHER = "other", "Otra gestión"
