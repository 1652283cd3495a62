"""What water costs. Net prices in pesos, as of the last complete bimester; earlier ones were lower.

VAT: 21 %, and 27 % for registered and simplified taxpayers outside of dwellings (Ley de IVA, art. 28).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from oficina.demo.generator.holders import REGISTERED, SIMPLIFIED, Holder
from oficina.shared.money import CENT, round_to_cents

_RISES = (Decimal("1.06"), Decimal("1.11"), Decimal("1.04"), Decimal("1.14"), Decimal("1.09"), Decimal("1.12"))
"""How much dearer a bimester was than the one before, the newest first, then the same again: about 70 % a year."""

_REDUCED_VAT = Decimal(21)
_FULL_VAT = Decimal(27)
_NO_VAT = Decimal(0)
_REGULATOR_SHARE = Decimal("0.0295")
_WITHHOLDING_SHARE = Decimal("0.03")
_SOCIAL_DISCOUNT = Decimal("0.40")
_METERED = "m³"


class Line(NamedTuple):
    """One line of a bill. `amount` is net; amounts in pesos, `vat_rate` in per cent."""

    concept: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    amount: Decimal
    vat_rate: Decimal
    vat_amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Tariff:
    """Prices of one kind of customer. `fixed` for being connected, `per_m3` only when it is metered."""

    code: str
    category: str
    is_dwelling: bool = True
    is_social: bool = False
    water_fixed: Decimal
    sewer_fixed: Decimal
    water_per_m3: Decimal | None = None
    sewer_per_m3: Decimal | None = None

    @property
    def is_metered(self) -> bool:
        """Whether there is a meter."""
        return self.water_per_m3 is not None


def _metered(code: str, category: str, prices: str, *, is_dwelling: bool = True, is_social: bool = False) -> Tariff:
    water_fixed, sewer_fixed, water_per_m3, sewer_per_m3 = (Decimal(price) for price in prices.split())
    return Tariff(
        code=code,
        category=category,
        is_dwelling=is_dwelling,
        is_social=is_social,
        water_fixed=water_fixed,
        sewer_fixed=sewer_fixed,
        water_per_m3=water_per_m3,
        sewer_per_m3=sewer_per_m3,
    )


def _flat(code: str, category: str, prices: str, *, is_dwelling: bool = True) -> Tariff:
    water_fixed, sewer_fixed = (Decimal(price) for price in prices.split())
    return Tariff(
        code=code, category=category, is_dwelling=is_dwelling, water_fixed=water_fixed, sewer_fixed=sewer_fixed
    )


HOME_FLAT = _flat("R1", "Residencial", "17940.00 12610.00")
HOME = _metered("R2", "Residencial", "11850.00 8640.00 312.40 218.66")
HOME_SOCIAL = _metered("R2 social", "Residencial", "11850.00 8640.00 312.40 218.66", is_social=True)
BUILDING = _metered("E1", "Edificio", "48200.00 35150.00 298.75 209.10")
SHOP_FLAT = _flat("C1", "Comercial", "29880.00 21150.00", is_dwelling=False)
SHOP = _metered("C2", "Comercial", "21400.00 15200.00 468.60 327.99", is_dwelling=False)
FACTORY = _metered("I1", "Industrial", "96500.00 61300.00 391.20 262.10", is_dwelling=False)
PUBLIC = _metered("P1", "Organismo público", "18900.00 13700.00 249.90 174.90", is_dwelling=False)
VACANT_LOT = _flat("B1", "Baldío", "9870.00 4120.00", is_dwelling=False)

TARIFFS = {
    tariff.code: tariff
    for tariff in (HOME_FLAT, HOME, HOME_SOCIAL, BUILDING, SHOP_FLAT, SHOP, FACTORY, PUBLIC, VACANT_LOT)
}


def lines_of(
    tariff: Tariff, holder: Holder, *, has_sewer: bool, used: Decimal | None, bimesters_ago: int
) -> tuple[list[Line], Decimal]:
    """The lines of a bill, and the other national taxes contained in them, in pesos.

    `used` is what the meter counted in m³, None without a meter.
    """
    is_taxpayer = holder.vat_condition in {REGISTERED, SIMPLIFIED}
    vat_rate = _FULL_VAT if is_taxpayer and not tariff.is_dwelling else _REDUCED_VAT
    lines = [
        _line(concept, quantity, unit, _price(base, bimesters_ago), vat_rate)
        for concept, quantity, unit, base in _charges(tariff, used, has_sewer=has_sewer)
    ]
    net = sum(line.amount for line in lines)
    if tariff.is_social:
        discount = -round_to_cents(net * _SOCIAL_DISCOUNT)
        lines.append(_line("Bonificación por tarifa social", Decimal(1), "", discount, vat_rate))
        net += discount
    regulator = round_to_cents(net * _REGULATOR_SHARE)
    lines.append(_line("Tasa del ente regulador, no gravada", Decimal(1), "", regulator, _NO_VAT))
    if not holder.gets_series_a or tariff.is_dwelling:
        return lines, Decimal("0.00")
    withheld = round_to_cents(net * _WITHHOLDING_SHARE)
    lines.append(_line("Percepción de IVA", Decimal(1), "", withheld, _NO_VAT))
    return lines, withheld


def _charges(tariff: Tariff, used: Decimal | None, *, has_sewer: bool) -> Iterator[tuple[str, Decimal, str, Decimal]]:
    """Concept, quantity, unit and today's price."""
    once, fixed = Decimal(1), "cargo fijo" if tariff.is_metered else "cuota fija"
    yield f"Agua potable, {fixed}", once, "", tariff.water_fixed
    if used and tariff.water_per_m3 is not None:
        yield "Agua potable, consumo", used, _METERED, tariff.water_per_m3
    if has_sewer:
        yield f"Cloaca, {fixed}", once, "", tariff.sewer_fixed
        if used and tariff.sewer_per_m3 is not None:
            yield "Cloaca, según consumo", used, _METERED, tariff.sewer_per_m3


def _line(concept: str, quantity: Decimal, unit: str, unit_price: Decimal, vat_rate: Decimal) -> Line:
    amount = round_to_cents(quantity * unit_price)
    vat_amount = round_to_cents(amount * vat_rate / 100)
    return Line(concept, quantity, unit, unit_price, amount, vat_rate, vat_amount)


@cache
def _price(base: Decimal, bimesters_ago: int) -> Decimal:
    return max(CENT, round_to_cents(base / _dearer_since(bimesters_ago)))


@cache
def _dearer_since(bimesters_ago: int) -> Decimal:
    factor = Decimal(1)
    for ago in range(bimesters_ago):
        factor *= _RISES[ago % len(_RISES)]
    return factor
