"""The other accounts of a person, as the corner of every account page lists them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import AccountLink
from billing.models import Invoice
from billing.pricing import AmountDue
from oficina.pages.navigation import address_of
from oficina.shared.money import ZERO, MoneyField

SHOWN = 5
"""More than these are found by the search under them."""


@dataclass(frozen=True, kw_only=True)
class OtherAccount:
    """One line of the switcher. `debt` is what pays everything pending today, in pesos."""

    address: str
    name: str
    number: str
    place: str
    debt: Decimal


def other_accounts(user_id: int, current: AccountLink, on: date) -> list[OtherAccount]:
    """Up to five other accounts of the person, the one managed last first, in one query however many there are."""
    pending = (
        Invoice.objects.filter(account=OuterRef("account"))
        .payable()
        .order_by()
        .values("account")
        .annotate(owed=Sum(AmountDue(on=on)))
        .values("owed")
    )
    links = (
        AccountLink.objects.filter(user=user_id)
        .active()
        .exclude(pk=current.pk)
        .managed_last()
        .select_related("account")
        .annotate(debt=Coalesce(Subquery(pending), ZERO, output_field=MoneyField()))[:SHOWN]
    )
    return [
        OtherAccount(
            address=address_of("account_home", reference=link.public_id, per_account=True),
            name=link.name,
            number=link.account.number,
            place=f"{link.account.service_address}, {link.account.locality}",
            debt=link.debt,
        )
        for link in links
    ]
