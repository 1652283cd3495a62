"""The office's pages about the guidance."""

from tramites.admin import help as help_pages

__all__ = ["help_pages"]
