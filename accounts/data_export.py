"""Everything that the portal knows of a person, for them to take away (Ley 25.326, art. 14: access, free and clear)."""

from datetime import datetime

from allauth.usersessions.models import UserSession

from accounts.models import User

type Exported = dict[str, str | int | bool | "Exported" | list["Exported"] | None]


def exported_user(user: User) -> Exported:
    """What a person gave and did, under Spanish names, ready for JSON. Instants are ISO 8601 in UTC."""
    return {
        "usuario": {
            "nombre": user.first_name,
            "apellido": user.last_name,
            "documento": user.document,
            "telefono": user.phone,
            "mail": user.email,
            "registrado": instant(user.date_joined),
            "ultimo_ingreso": instant(user.last_login),
        },
        "cuentas_vinculadas": [
            {
                "numero": link.account.number,
                "alias": link.alias,
                "vinculada": instant(link.linked_at),
                "desvinculada": instant(link.unlinked_at),
                "prueba": link.get_evidence_display(),
            }
            for link in user.links.select_related("account").order_by("linked_at", "pk")
        ],
        "terminos_aceptados": [
            {
                "terminos": acceptance.terms.title,
                "version": acceptance.terms.version,
                "aceptados": instant(acceptance.accepted_at),
                "direccion_ip": acceptance.ip_address,
            }
            for acceptance in user.acceptances.select_related("terms").order_by("accepted_at", "pk")
        ],
        "cambios_de_datos": [
            {
                "dato": change.get_field_display(),
                "antes": change.before,
                "despues": change.after,
                "cuando": instant(change.changed_at),
            }
            for change in user.profile_changes.order_by("changed_at", "pk")
        ],
        "bajas_sin_ingresar": [
            {"operacion": str(receipt), "termino": ", ".join(receipt.ended), "cuando": instant(receipt.made_at)}
            for receipt in user.withdrawals.order_by("made_at", "pk")
        ],
        "sesiones_abiertas": [
            {
                "desde": instant(session.created_at),
                "vista": instant(session.last_seen_at),
                "direccion_ip": session.ip,
                "navegador": session.user_agent,
            }
            for session in UserSession.objects.filter(user=user).order_by("created_at", "pk")
        ],
    }


def instant(moment: datetime | None) -> str | None:
    """`2026-11-24T13:47:05+00:00`."""
    return moment.isoformat(timespec="seconds") if moment else None
