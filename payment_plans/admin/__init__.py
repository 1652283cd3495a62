"""The office's pages about payment plans. A plan is for reading: it is never edited, only cancelled."""

from payment_plans.admin import plans, policies

__all__ = ["plans", "policies"]
