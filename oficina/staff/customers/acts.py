"""What somebody at the counter may begin for a customer, each on a page of its own."""

from typing import Final

from django.urls import reverse

from accounts.attending import ATTEND_PERMISSION
from accounts.counter_links import LINK_PERMISSION
from accounts.customer_views import VIEW_PERMISSION
from accounts.models import ServiceAccount, User
from oficina.staff.customers.sections import Act
from oficina.staff.customers.ways import May

_FOR_ACCOUNT: Final = (
    ("Cobrar en caja", "office:take_payment", "billing.take_desk_payment"),
    ("Atender en el mostrador", "office:attend", ATTEND_PERMISSION),
    ("Vincular a quien muestra su documento", "office:link_customer", LINK_PERMISSION),
)


def account_acts(account: ServiceAccount, may: May) -> list[Act]:
    """What this person may begin about an account."""
    return [
        Act(words=words, address=reverse(page, args=[account.pk]))
        for words, page, permission in _FOR_ACCOUNT
        if may(permission)
    ]


def person_acts(person: User, may: May) -> list[Act]:
    """What this person may begin about another one: looking at the portal as a customer who can enter sees it."""
    if not may(VIEW_PERMISSION) or person.is_staff or not person.is_active:
        return []
    return [
        Act(
            words="Ver como cliente",
            address=reverse("office:view_as_customer", args=[person.pk]),
            about=person.full_name,
        )
    ]
