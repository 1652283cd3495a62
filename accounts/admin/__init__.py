"""The office's pages about people and what they may see. Service accounts are in `oficina.staff`, with their bills."""

from accounts.admin import counter, history, links, terms, users, views

__all__ = ["counter", "history", "links", "terms", "users", "views"]
