"""What the guidance knows of a person, for them to take away (Ley 25.326, art. 14)."""

from accounts.data_export import Exported, instant
from accounts.models import User
from tramites.models import Conversation, LocationReport, Message


def exported_conversations(user: User) -> list[Exported]:
    """What a person and the office said to each other."""
    conversations = Conversation.objects.of_user(user).order_by("begun_at", "pk")
    messages = Message.objects.filter(conversation__user=user).select_related("attachment")
    said: dict[int, list[Exported]] = {}
    for message in messages.defer("attachment__content").order_by("conversation", "number"):
        said.setdefault(message.conversation_id, []).append(_exported_message(message))
    return [
        {
            "tema": conversation.subject,
            "empezo": instant(conversation.begun_at),
            "estado": conversation.get_state_display(),
            "terminada": instant(conversation.closed_at),
            "mensajes": said.get(conversation.pk, []),
        }
        for conversation in conversations
    ]


def exported_location_reports(user: User) -> list[Exported]:
    """What a person said of where their properties are, and what the office answered."""
    reports = LocationReport.objects.filter(made_by=user).select_related("account").defer("account__parcel")
    return [
        {
            "cuenta": report.account.number,
            "texto": report.text,
            "hecho": instant(report.made_at),
            "respuesta": report.answer,
            "respondido": instant(report.answered_at),
        }
        for report in reports.order_by("made_at", "pk")
    ]


def _exported_message(message: Message) -> Exported:
    return {
        "de": message.get_author_display(),
        "cuando": instant(message.written_at),
        "texto": message.body,
        "adjunto": message.attachment.name if message.attachment else None,
    }
