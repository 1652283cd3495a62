"""The office's pages about the guidance."""

from tramites.admin import chat_texts, conversations
from tramites.admin import help as help_pages
from tramites.admin import procedures

__all__ = ["chat_texts", "conversations", "help_pages", "procedures"]
