"""Accounts of the utility: who, where, at which tariff."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from accounts.account_numbers import generate_check_digit
from oficina.demo.generator import holders, names, tariffs
from oficina.demo.generator.chance import chance_for, weighed
from oficina.demo.generator.holders import Holder
from oficina.demo.generator.schedule import ROUTES, Route
from oficina.demo.generator.tariffs import Tariff
from oficina.demo.generator.towns import DEPARTMENTS, Department, Town

PERIODS = 15
"""How many bimesters of an account are in the files."""

_METRES_A_DEGREE = 111_320

type Ring = list[tuple[float, float]]


class Oddity(Enum):
    """What makes an account unlike the others."""

    NONE = auto()
    UNUSED = auto()
    METER_CHANGED = auto()
    LEAK = auto()
    VOIDED = auto()
    VOIDED_BUT_PAID = auto()
    WITHOUT_PAYMENT_CODES = auto()
    NEW = auto()
    WITHOUT_BILLS = auto()
    CLOSED = auto()
    SUSPENDED = auto()
    HUGE = auto()
    ODD_NAME = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """An account and what decides about its bills.

    `ages` are the bimesters billed, counted back from the newest one of its route (0), the oldest first. `usual_m3` is
    what it uses in an average bimester. `point` is latitude and longitude, `parcel` its outline as longitude and
    latitude, as GeoJSON has it.
    """

    number: str
    holder: Holder
    address: str
    department: Department
    town: Town
    tariff: Tariff
    route: Route
    has_sewer: bool = True
    meter_number: str = ""
    usual_m3: int = 0
    point: tuple[float, float] | None = None
    parcel: Ring | None = None
    status: str = "active"
    ages: range = range(PERIODS - 1, -1, -1)
    oddity: Oddity = Oddity.NONE

    @property
    def service(self) -> str:
        """What is supplied."""
        return "Agua y cloaca" if self.has_sewer else "Agua potable"


_ODDITIES = [oddity for oddity in Oddity if oddity not in {Oddity.NONE, Oddity.ODD_NAME}]
_FIRST_OF_ODD_NAMES = len(DEPARTMENTS) + len(_ODDITIES)
_ODD_SHARE = 0.06
_DEPARTMENT_WEIGHTS = {department: float(department.weight) for department in DEPARTMENTS}
_TARIFF_WEIGHTS: dict[Tariff, float] = {
    tariffs.HOME: 55,
    tariffs.HOME_FLAT: 24,
    tariffs.HOME_SOCIAL: 4,
    tariffs.BUILDING: 3.5,
    tariffs.SHOP: 6,
    tariffs.SHOP_FLAT: 3,
    tariffs.FACTORY: 1,
    tariffs.PUBLIC: 1.5,
    tariffs.VACANT_LOT: 2,
}
_USUAL_M3: dict[Tariff, tuple[int, int]] = {
    tariffs.HOME: (14, 62),
    tariffs.HOME_SOCIAL: (10, 38),
    tariffs.BUILDING: (180, 1400),
    tariffs.SHOP: (12, 240),
    tariffs.FACTORY: (1500, 22_000),
    tariffs.PUBLIC: (60, 900),
}

LEAST_INVENTED = _FIRST_OF_ODD_NAMES + len(names.ODD_NAMES)
"""With so many accounts or more, every department, oddity and habit of paying occurs."""


def invent_accounts(seed: int, count: int, *, taken: set[str]) -> Iterator[Account]:
    """Accounts with numbers that are not `taken`: the first ones one of each kind, then as chance has it."""
    for index in range(count):
        yield _invent(index, chance_for(seed, f"account {index}"), taken)


def _invent(index: int, chance: random.Random, taken: set[str]) -> Account:
    in_turn = DEPARTMENTS[index] if index < len(DEPARTMENTS) else None
    department = in_turn or weighed(chance, _DEPARTMENT_WEIGHTS)
    town = department.towns[0] if chance.random() < 0.55 else chance.choice(department.towns)
    oddity = _oddity(index, chance)
    tariff = _tariff_for(oddity, chance)
    address = _address(chance, tariff)
    account = Account(
        number=_free_number(chance, department, taken),
        holder=_holder_for(tariff, address, chance),
        address=address,
        department=department,
        town=town,
        tariff=tariff,
        route=chance.choice(ROUTES),
        has_sewer=chance.random() < 0.87,
        meter_number=_meter_number(chance) if tariff.is_metered else "",
        usual_m3=chance.randint(*_USUAL_M3[tariff]) if tariff.is_metered else 0,
    )
    return _made_odd(located(account, chance), oddity, index, chance)


def _oddity(index: int, chance: random.Random) -> Oddity:
    if index < len(DEPARTMENTS):
        return Oddity.NONE
    if index < _FIRST_OF_ODD_NAMES:
        return _ODDITIES[index - len(DEPARTMENTS)]
    if index < LEAST_INVENTED:
        return Oddity.ODD_NAME
    return chance.choice(_ODDITIES) if chance.random() < _ODD_SHARE else Oddity.NONE


def _tariff_for(oddity: Oddity, chance: random.Random) -> Tariff:
    if oddity is Oddity.HUGE:
        return tariffs.FACTORY
    if oddity in {Oddity.UNUSED, Oddity.METER_CHANGED, Oddity.LEAK}:
        return tariffs.HOME
    return weighed(chance, _TARIFF_WEIGHTS)


def _made_odd(account: Account, oddity: Oddity, index: int, chance: random.Random) -> Account:
    odd = replace(account, oddity=oddity)
    match oddity:
        case Oddity.NEW:
            return replace(odd, ages=range(chance.randrange(1, 5), -1, -1))
        case Oddity.WITHOUT_BILLS:
            return replace(odd, ages=range(0))
        case Oddity.CLOSED:
            return replace(odd, status="closed", ages=range(PERIODS - 1, chance.randrange(3, 9), -1))
        case Oddity.SUSPENDED:
            return replace(odd, status="suspended")
        case Oddity.HUGE:
            return replace(odd, usual_m3=chance.randint(40_000, 85_000))
        case Oddity.ODD_NAME:
            name = names.ODD_NAMES[(index - _FIRST_OF_ODD_NAMES) % len(names.ODD_NAMES)]
            return replace(odd, holder=holders.named(chance, name))
    return odd


def _holder_for(tariff: Tariff, address: str, chance: random.Random) -> Holder:
    if tariff is tariffs.BUILDING:
        return holders.consortium(chance, address)
    if tariff is tariffs.PUBLIC:
        return holders.institution(chance)
    if tariff is tariffs.FACTORY:
        return holders.firm(chance)
    if tariff in {tariffs.SHOP, tariffs.SHOP_FLAT}:
        return holders.trader(chance) if chance.random() < 0.6 else holders.firm(chance)
    return holders.person(chance)


def _address(chance: random.Random, tariff: Tariff) -> str:
    if tariff.is_dwelling and chance.random() < 0.12 and tariff is not tariffs.BUILDING:
        block, house = chance.choice("ABCDEFGH"), chance.randrange(1, 40)
        return f"B.º {chance.choice(names.QUARTERS)}, manzana {block}, casa {house}"
    street = f"{chance.choice(names.STREETS)} {chance.randrange(20, 3200)}"
    if tariff.is_dwelling and chance.random() < 0.10 and tariff is not tariffs.BUILDING:
        street += f", {chance.randrange(1, 10)}.º {chance.choice('ABCD')}"
    return street


def _free_number(chance: random.Random, department: Department, taken: set[str]) -> str:
    while True:
        digits = f"{chance.choice(department.zones)}{chance.randrange(1_000, 130_000):07d}{_unit(chance)}"
        if digits not in taken:
            taken.add(digits)
            return digits + generate_check_digit(digits)


def _unit(chance: random.Random) -> str:
    """Most connections serve one customer."""
    return "001" if chance.random() < 0.8 else f"{chance.randrange(2, 30):03d}"


def _meter_number(chance: random.Random) -> str:
    return f"{chance.choice('ABC')}-{chance.randrange(10_000_000, 39_999_999)}"


def located(account: Account, chance: random.Random) -> Account:
    """The account with a point in its town and the outline of its parcel; a few have neither, some no outline."""
    town = account.town
    latitude = town.latitude + chance.uniform(-town.reach, town.reach)
    longitude = town.longitude + chance.uniform(-town.reach, town.reach)
    outline = _outline(latitude, longitude, chance)
    if (luck := chance.random()) < 0.02:
        return account
    return replace(account, point=(latitude, longitude), parcel=None if luck < 0.08 else outline)


def _outline(latitude: float, longitude: float, chance: random.Random) -> Ring:
    """A plot of about 10 by 30 metres, turned as the streets are. The ring is closed and goes against the clock."""
    half_width, half_depth, turn = chance.uniform(4, 12), chance.uniform(10, 25), chance.uniform(-0.4, 0.4)
    east = _METRES_A_DEGREE * math.cos(math.radians(latitude))
    ring = []
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)):
        across, along = x * half_width, y * half_depth
        moved_east = across * math.cos(turn) - along * math.sin(turn)
        moved_north = across * math.sin(turn) + along * math.cos(turn)
        ring.append((longitude + moved_east / east, latitude + moved_north / _METRES_A_DEGREE))
    return ring
