"""The first page of the office, for whoever opens it: what of it they may see, and nothing of the rest."""

from typing import Any, Final, cast

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from oficina.staff.home.money import money_shown
from oficina.staff.home.queues import TO_ATTEND, UNDER_WAY
from oficina.staff.home.waiting import what_waits

MAY_SEE_MONEY: Final = "billing.view_collected"


def home_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the template of the first page is told (Unfold's `DASHBOARD_CALLBACK`)."""
    person, now = cast("User", request.user), timezone.now()
    return {
        **context,
        "money": money_shown(now) if person.has_perm(MAY_SEE_MONEY) else None,
        "to_attend": what_waits(TO_ATTEND, of=person, now=now),
        "under_way": what_waits(UNDER_WAY, of=person, now=now),
        "sections": _sections(context["sidebar_navigation"]),
    }


def _sections(menu: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The groups of the menu with what this person may open of each; no empty ones."""
    allowed = [{**group, "items": [item for item in group["items"] if item["has_permission"]]} for group in menu]
    return [group for group in allowed if group["items"]]
