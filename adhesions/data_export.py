"""What adhesions know of a person, for them to take away (Ley 25.326, art. 14)."""

from django.db.models import Q

from accounts.data_export import Exported, instant
from accounts.models import User
from adhesions.debit.presentation import means_words
from adhesions.models import BillDelivery, CardSetup, DigitalBilling, DirectDebit, MailProof
from adhesions.models.adhesion import Adhesion


def exported_digital_billings(user: User) -> list[Exported]:
    """The adhesions to the digital bill that a person made, ended ones too."""
    made = DigitalBilling.objects.filter(made_by=user).select_related("account").defer("account__parcel")
    used = MailProof.objects.filter(adhesion__made_by=user).order_by("-used_at")
    proven_at = dict(used.values_list("adhesion", "used_at"))
    return [
        {
            "adhesion": str(adhesion),
            "cuenta": adhesion.account.number,
            "mail": adhesion.email,
            "mail_confirmado_con_codigo": instant(proven_at.get(adhesion.pk)),
            "recordar_antes_de_vencer": adhesion.reminds_before_due,
            "avisar_si_vence": adhesion.reminds_when_overdue,
            "en_pausa_por_rebotes": instant(adhesion.paused_at),
            "reactivada": instant(adhesion.resumed_at),
            **_span(adhesion),
        }
        for adhesion in made.order_by("started_at", "pk")
    ]


def exported_deliveries(user: User) -> list[Exported]:
    """The bills that were mailed by a person's adhesions or because they asked."""
    mailed = BillDelivery.objects.filter(Q(adhesion__made_by=user) | Q(requested_by=user))
    return [
        {
            "factura": str(delivery.invoice),
            "mail": delivery.email,
            "tipo": delivery.get_kind_display(),
            "estado": delivery.get_state_display(),
            "motivo": delivery.reason,
            "en_cola": instant(delivery.queued_at),
            "enviado": instant(delivery.sent_at),
        }
        for delivery in mailed.select_related("invoice").order_by("queued_at", "pk")
    ]


def exported_mandates(user: User) -> list[Exported]:
    """The mandates of direct debit that a person gave, ended ones too; where the money came from stays masked."""
    given = DirectDebit.objects.filter(made_by=user).select_related("account").defer("account__parcel", "cbu")
    return [
        {
            "adhesion": str(mandate),
            "cuenta": mandate.account.number,
            "medio": means_words(mandate),
            "tope_en_pesos": None if mandate.cap is None else str(mandate.cap),
            **_span(mandate),
        }
        for mandate in given.order_by("started_at", "pk")
    ]


def exported_card_setups(user: User) -> list[Exported]:
    """The visits to the provider's page in which a person saved a card, or left without; no card is kept here."""
    made = CardSetup.objects.filter(link__user=user).select_related("link__account", "terms")
    return [
        {
            "cuenta": setup.link.account.number,
            "pedida": instant(setup.begun_at),
            "estado": setup.get_state_display(),
            "motivo_del_rechazo": setup.get_refusal_display(),
            "tope_en_pesos": None if setup.cap is None else str(setup.cap),
            "version_de_los_terminos": setup.terms.version,
            "direccion_ip": setup.ip_address,
        }
        for setup in made.defer("request", "link__account__parcel").order_by("begun_at", "pk")
    ]


def _span(adhesion: Adhesion) -> Exported:
    return {
        "desde": instant(adhesion.started_at),
        "hasta": instant(adhesion.ended_at),
        "motivo_del_fin": adhesion.get_end_reason_display(),
    }
