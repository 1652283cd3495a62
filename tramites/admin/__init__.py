"""The office's pages about the guidance."""

from tramites.admin import chat_texts, conversations, link_checks, location, places, procedures
from tramites.admin import help as help_pages

__all__ = ["chat_texts", "conversations", "help_pages", "link_checks", "location", "places", "procedures"]
