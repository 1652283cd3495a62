"""Makes the accounts of the cast whole: the route that makes their newest bill stand as settled, a point, a parcel."""

from collections.abc import Iterable
from datetime import date

from oficina.demo.fixed_account import FixedAccount, Newest
from oficina.demo.generator.accounts import Account, located
from oficina.demo.generator.chance import chance_for
from oficina.demo.generator.holders import FINAL_CONSUMER, Holder
from oficina.demo.generator.payments import Intended
from oficina.demo.generator.schedule import route_with_bill_to_pay, route_with_late_bill
from oficina.demo.generator.tariffs import TARIFFS
from oficina.demo.generator.towns import TOWNS


def fixed_accounts(cast: Iterable[FixedAccount], seed: int, today: date) -> Iterable[tuple[Account, Intended]]:
    """Each account with what has to come of its bills."""
    routes = {Newest.TO_COME: route_with_bill_to_pay(today), Newest.PAST_DUE: route_with_late_bill(today)}
    for fixed in cast:
        chance = chance_for(seed, fixed.number)
        department, town = TOWNS[fixed.town]
        account = Account(
            number=fixed.number.replace("-", ""),
            holder=Holder(fixed.holder, fixed.document, FINAL_CONSUMER),
            address=fixed.address,
            department=department,
            town=town,
            tariff=TARIFFS[fixed.tariff],
            route=routes[fixed.newest],
            meter_number=f"A-{chance.randrange(10_000_000, 39_999_999)}",
            usual_m3=fixed.usual_m3,
            ages=range(fixed.periods - 1, -1, -1),
        )
        intended = Intended(unpaid=fixed.unpaid, paid_in_part=fixed.paid_in_part, paid_in_excess=fixed.paid_in_excess)
        yield located(account, chance), intended
