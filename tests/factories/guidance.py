"""What the office tells people."""

from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import User
from tramites.enums import HelpSection
from tramites.help.publishing import publish_help
from tramites.models import HelpTopic, Procedure, ProcedureCategory, ProcedureText
from tramites.procedures.publishing import ProcedureWords
from tramites.publishing import Words, publish

_numbers = count(1)


def help_topic(
    *,
    slug: str = "",
    title: str = "Cómo pago",
    body: str = "Con tarjeta.",
    asked_as: str = "",
    screens: tuple[str, ...] = (),
    by: User | None = None,
) -> HelpTopic:
    """A topic with one text, in force since now."""
    topic = HelpTopic(slug=slug or f"tema-{next(_numbers)}", section=HelpSection.PAYING, screens=list(screens))
    publish_help(topic, Words(title=title, body=body, asked_as=asked_as), by=by, now=timezone.now())
    return topic


def procedure(*, slug: str = "", category: str = "Titularidad", by: User | None = None, **said: Any) -> Procedure:
    """A procedure with one text, in force since now."""
    named, _new = ProcedureCategory.objects.get_or_create(name=category)
    made = Procedure(slug=slug or f"tramite-{next(_numbers)}", category=named)
    words = {
        "title": "Cambio de titularidad",
        "summary": "Poné el servicio a tu nombre.",
        "body": "Presentá los papeles.",
        "who": "El titular nuevo.",
        "requirements": "DNI del titular nuevo",
        "cost": "Gratis.",
        "duration": "5 días hábiles.",
        "managed_at": "https://tramites.aguas.example/titularidad",
    }
    publish(ProcedureText, made, ProcedureWords(**{**words, **said}), by=by, now=timezone.now())
    return made
