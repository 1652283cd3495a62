"""Who talks to the office, and which conversations are theirs."""

from dataclasses import dataclass

from accounts.models import User
from tramites.models import Conversation, ConversationQuerySet


@dataclass(frozen=True, kw_only=True)
class Talker:
    """A customer or a visitor, or a customer whose browser began as a visitor.

    `visitor_key` is the digest of the secret in the browser's cookie (`tramites.chat.visitors`), empty without one.
    """

    user: User | None
    visitor_key: str

    def conversations(self) -> ConversationQuerySet:
        """Theirs, and nobody else's."""
        own = Conversation.objects.of_visitor(self.visitor_key)
        return own | Conversation.objects.of_user(self.user) if self.user else own

    @property
    def counted_as(self) -> str:
        """The name under which what they write is counted."""
        return f"user {self.user.pk}" if self.user else f"visitor {self.visitor_key}"
