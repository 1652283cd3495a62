"""The tables of the guidance."""

from tramites.models import watched  # noqa: F401  what the log of changes tells of these tables
from tramites.models.chat import (
    LONGEST_MESSAGE,
    MOST_TOPICS,
    AwayMessage,
    CannedAnswer,
    Conversation,
    ConversationQuerySet,
    Message,
    OpeningHours,
)
from tramites.models.help import HelpText, HelpTopic
from tramites.models.link_check import LinkCheck, LinkCheckQuerySet
from tramites.models.location import LocationReport, LocationReportQuerySet, Zone, ZoneQuerySet
from tramites.models.place import PaymentPlace, PaymentPlaceQuerySet
from tramites.models.procedure import Procedure, ProcedureCategory, ProcedureText
from tramites.models.published import PublishedText, PublishedTextQuerySet

__all__ = [
    "LONGEST_MESSAGE",
    "MOST_TOPICS",
    "AwayMessage",
    "CannedAnswer",
    "Conversation",
    "ConversationQuerySet",
    "HelpText",
    "HelpTopic",
    "LinkCheck",
    "LinkCheckQuerySet",
    "LocationReport",
    "LocationReportQuerySet",
    "Message",
    "OpeningHours",
    "PaymentPlace",
    "PaymentPlaceQuerySet",
    "Procedure",
    "ProcedureCategory",
    "ProcedureText",
    "PublishedText",
    "PublishedTextQuerySet",
    "Zone",
    "ZoneQuerySet",
]
