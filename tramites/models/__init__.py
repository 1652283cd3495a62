"""The tables of the guidance."""

from tramites.models.help import HelpText, HelpTextQuerySet, HelpTopic

__all__ = ["HelpText", "HelpTextQuerySet", "HelpTopic"]
