"""Makes up a whole utility. The one entrance of the generator."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from oficina.demo.cast import CASA, FIXED_ACCOUNTS, LINKABLE, LINKABLE_BILL
from oficina.demo.generator.accounts import LEAST_INVENTED, Account, invent_accounts
from oficina.demo.generator.bills import Bill, PaymentCodes, bills_of
from oficina.demo.generator.chance import chance_for
from oficina.demo.generator.charges import (
    METER_TEST,
    NEW_METER,
    PAVEMENT,
    Charge,
    charges_as_intended,
    charges_of,
    number_charges,
)
from oficina.demo.generator.files import write_files
from oficina.demo.generator.fixed import fixed_accounts
from oficina.demo.generator.payments import (
    Operation,
    habit_of,
    number_operations,
    operations_as_intended,
    operations_of,
)
from oficina.demo.generator.places import write_places

SEED = 2011
MOST_INVENTED = 40_000
"""More bills than that would not fit below the number of the one that all others count from."""

_POINT_OF_SALE = "0007"

CHARGED = {CASA.number.replace("-", ""): (NEW_METER, PAVEMENT, METER_TEST)}
"""What is to be invoiced of accounts of the cast, the newest first."""


@dataclass(frozen=True)
class Utility:
    """Everything that was made up: accounts, bills in the order of their issue, operations and charges in that of their
    time.
    """

    accounts: list[Account]
    bills: list[Bill]
    operations: list[Operation]
    charges: list[Charge]


def make_utility(*, seed: int, today: date, invented: int) -> Utility:
    """The accounts of the cast and so many invented ones, with all that came of them until `today` (local date).

    The same for the same arguments. Raises ValueError when `invented` is not between LEAST_INVENTED and MOST_INVENTED.
    """
    if not LEAST_INVENTED <= invented <= MOST_INVENTED:
        raise ValueError(f"between {LEAST_INVENTED} and {MOST_INVENTED} accounts, not {invented}")
    utility, codes = Utility([], [], [], []), PaymentCodes()
    for account, intended in fixed_accounts(FIXED_ACCOUNTS, seed, today):
        chance = chance_for(seed, f"bills of {account.number}")
        bills = bills_of(account, today, chance, codes)
        _add(utility, account, bills, operations_as_intended(intended, bills, chance))
        utility.charges.extend(charges_as_intended(account, CHARGED.get(account.number, ()), today))
    taken = {account.number[:-1] for account in utility.accounts}
    for index, account in enumerate(invent_accounts(seed, invented, taken=taken)):
        chance = chance_for(seed, f"bills of {account.number}")
        bills = bills_of(account, today, chance, codes)
        _add(utility, account, bills, operations_of(habit_of(index, chance), bills, today, chance))
        utility.charges.extend(charges_of(account, today, chance_for(seed, f"charges of {account.number}")))
    utility.bills.sort(key=lambda bill: (bill.issued_on, bill.account.number))
    utility.operations.sort(key=lambda operation: operation.paid_at)
    _number_bills(utility.bills)
    number_operations(utility.operations)
    utility.charges.sort(key=lambda charge: (charge.raised_on, charge.account.number))
    number_charges(utility.charges)
    return utility


def generate_demo_data(folder: Path, *, seed: int, today: date, invented: int) -> list[Path]:
    """Writes the files of a utility to the folder and gives their paths, in the order of their import."""
    utility = make_utility(seed=seed, today=today, invented=invented)
    files = write_files(folder, utility.accounts, utility.bills, utility.operations, utility.charges)
    return [*files, write_places(folder, seed=seed)]


def _add(utility: Utility, account: Account, bills: Iterable[Bill], operations: Iterable[Operation]) -> None:
    utility.accounts.append(account)
    utility.bills.extend(bills)
    utility.operations.extend(operations)


def _number_bills(bills: Sequence[Bill]) -> None:
    """In the order of issue, each series from the same number on: A and B repeat numbers."""
    known = LINKABLE.number.replace("-", "")
    series_b = [bill for bill in bills if bill.document_code == 18]
    [place] = [place for place, bill in enumerate(series_b) if bill.account.number == known and bill.age == 0]
    first = LINKABLE_BILL - place
    for series in (series_b, [bill for bill in bills if bill.document_code == 17]):
        for number, bill in enumerate(series, start=first):
            bill.number = f"{_POINT_OF_SALE}-{number:08d}"
