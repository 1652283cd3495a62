"""The tables of the guidance."""

from tramites.models.help import HelpText, HelpTopic
from tramites.models.link_check import LinkCheck, LinkCheckQuerySet
from tramites.models.procedure import Procedure, ProcedureCategory, ProcedureText
from tramites.models.published import PublishedText, PublishedTextQuerySet

__all__ = [
    "HelpText",
    "HelpTopic",
    "LinkCheck",
    "LinkCheckQuerySet",
    "Procedure",
    "ProcedureCategory",
    "ProcedureText",
    "PublishedText",
    "PublishedTextQuerySet",
]
