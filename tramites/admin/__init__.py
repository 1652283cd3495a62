"""The office's pages about the guidance."""

from tramites.admin import help as help_pages
from tramites.admin import procedures

__all__ = ["help_pages", "procedures"]
