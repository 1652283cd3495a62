"""The procedures that the portal brings (`tramites.first_texts`)."""

from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from tramites.first_texts import texts_in
from tramites.models import Procedure, ProcedureCategory, ProcedureText
from tramites.procedures.publishing import ProcedureWords
from tramites.publishing import publish

FIRST_PROCEDURES: Final = Path(__file__).parent.parent / "first_procedures"
FIRST_CATEGORIES: Final = ("Titularidad y datos", "Facturas y pagos", "Conexiones y obras", "Tu servicio")
"""In the order in which they are shown."""


def publish_first_procedures(*, now: datetime) -> list[Procedure]:
    """Publishes each procedure that the portal brings and this installation does not know; gives those.

    One that is known stays as it is, whatever the office made of it; so do the categories.
    """
    with transaction.atomic():
        known = set(Procedure.objects.values_list("slug", flat=True))
        return [_publish(slug, told, body, now) for slug, told, body in texts_in(FIRST_PROCEDURES, without=known)]


def _publish(slug: str, told: dict[str, Any], body: str, now: datetime) -> Procedure:
    order = FIRST_CATEGORIES.index(told["category"])
    category, _new = ProcedureCategory.objects.get_or_create(name=told["category"], defaults={"position": order})
    procedure = Procedure(slug=slug, category=category, position=told["position"])
    words = ProcedureWords(
        title=told["title"],
        summary=told["summary"],
        body=body,
        asked_as="\n".join(told["asked_as"]),
        who=told["who"],
        requirements="\n".join(told["requirements"]),
        cost=told["cost"],
        duration=told["duration"],
        managed_at=told.get("managed_at", ""),
        chat_offered=told.get("chat_offered", False),
    )
    publish(ProcedureText, procedure, words, by=None, now=now)
    return procedure
