"""The other accounts of a person, as the corner of every account page lists them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F

from accounts.models import AccountLink, User
from oficina.pages.debts import links_with_debt
from oficina.pages.navigation import address_of

SHOWN = 5
"""More than these are found by the search above them."""


@dataclass(frozen=True, kw_only=True)
class OtherAccount:
    """One line of the switcher. `debt` is what pays everything pending today, in pesos; it is not told while
    `must_prove`.
    """

    address: str
    name: str
    number: str
    place: str
    debt: Decimal
    must_prove: bool


def other_accounts(user: User, current: AccountLink, on: date) -> list[OtherAccount]:
    """Up to five other accounts of the person, the one managed last first, in one query however many there are."""
    links = links_with_debt(user, on).exclude(pk=current.pk)
    recent = links.order_by(F("managed_at").desc(nulls_last=True), "-linked_at")[:SHOWN]
    return [
        OtherAccount(
            address=address_of("account_home", reference=link.public_id, per_account=True),
            name=link.name,
            number=link.account.number,
            place=f"{link.account.service_address}, {link.account.locality}",
            debt=link.debt,
            must_prove=link.must_prove_since is not None,
        )
        for link in recent
    ]
