"""The office's pages about what no single app owns, and what is not shown as other packages would show it."""

from oficina.staff.admin import audit, exports, imports, jobs, log, mail, others, service_accounts

__all__ = ["audit", "exports", "imports", "jobs", "log", "mail", "others", "service_accounts"]
