"""Why nothing was done about a conversation. Data without wording."""

from dataclasses import dataclass

from accounts.models import User
from tramites.models import Conversation


class ChatRefusal(Exception):  # noqa: N818  a refusal, named by what happened
    """An act that the rules of conversations do not allow."""


@dataclass(eq=False)
class TakenMeanwhile(ChatRefusal):
    """Somebody of the office took the conversation first."""

    by: User


@dataclass(eq=False)
class SaidMeanwhile(ChatRefusal):
    """The customer wrote something that whoever wants to close the conversation has not seen."""

    conversation: Conversation


class NotAsked(ChatRefusal):
    """Nobody asked for a person: the conversation is the assistant's."""


class UserGone(ChatRefusal):
    """The customer closed their user: nobody would read it."""
