"""Finds the topic that answers a question."""

from datetime import datetime

from tramites.models import HelpText
from tramites.searching import find_by_likeness


def find_help(question: str, *, at: datetime) -> list[HelpText]:
    """The texts in force that answer a question, the best first; none when nothing comes near."""
    return find_by_likeness(HelpText.objects.in_force(at=at), question)
