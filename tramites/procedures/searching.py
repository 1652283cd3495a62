"""Finds the procedure that somebody means."""

from datetime import datetime

from tramites.models import ProcedureText, PublishedTextQuerySet
from tramites.searching import find_by_likeness


def procedures_in_force(*, at: datetime) -> list[ProcedureText]:
    """The text in force of each procedure, by category, as the office orders them."""
    return list(_texts(at).order_by(*ProcedureText.LISTED))


def find_procedures(question: str, *, at: datetime) -> list[ProcedureText]:
    """Those that answer a question, the best first; none when nothing comes near."""
    return find_by_likeness(_texts(at), question)


def _texts(at: datetime) -> PublishedTextQuerySet[ProcedureText]:
    return ProcedureText.objects.in_force(at=at).select_related("procedure__category")
