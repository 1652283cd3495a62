"""Who an account belongs to. Documents are invented; their check digits are right."""

import random
from dataclasses import dataclass

from stdnum.ar import cuit

from oficina.demo.generator import names

FINAL_CONSUMER = "Consumidor final"
REGISTERED = "Responsable inscripto"
SIMPLIFIED = "Monotributo"
EXEMPT = "IVA exento"


@dataclass(frozen=True, slots=True)
class Holder:
    """A person or body; `document` is a DNI of 7 or 8 digits or a CUIT of 11."""

    name: str
    document: str
    vat_condition: str

    @property
    def gets_series_a(self) -> bool:
        """Whether bills are of series A, which states VAT apart (RG 3571/13)."""
        return self.vat_condition == REGISTERED


def person(chance: random.Random) -> Holder:
    """Somebody who lives there."""
    first_names = chance.choice((names.WOMEN, names.MEN))
    return Holder(f"{chance.choice(first_names)} {chance.choice(names.SURNAMES)}", _dni(chance), FINAL_CONSUMER)


def trader(chance: random.Random) -> Holder:
    """Somebody who has a shop in their own name."""
    is_woman = chance.random() < 0.5
    name = f"{chance.choice(names.WOMEN if is_woman else names.MEN)} {chance.choice(names.SURNAMES)}"
    condition = chance.choice((SIMPLIFIED, SIMPLIFIED, REGISTERED))
    return Holder(name, with_check_digit(f"{'27' if is_woman else '20'}{int(_dni(chance)):08d}"), condition)


def firm(chance: random.Random) -> Holder:
    """A company."""
    name = chance.choice(names.FIRMS).format(surname=chance.choice(names.SURNAMES))
    return Holder(f"{name} {chance.choice(names.FIRM_KINDS)}", _body_cuit(chance), REGISTERED)


def institution(chance: random.Random) -> Holder:
    """A school, a club, a parish."""
    name = chance.choice(names.INSTITUTIONS).format(
        number=chance.randrange(101, 780),
        woman=chance.choice(names.WOMEN),
        man=chance.choice(names.MEN),
        surname=chance.choice(names.SURNAMES),
    )
    return Holder(name, _body_cuit(chance), EXEMPT)


def consortium(chance: random.Random, street: str) -> Holder:
    """The owners of a building, called after its address."""
    return Holder(f"Consorcio {street.removeprefix('Av. ')}", _body_cuit(chance), FINAL_CONSUMER)


def named(chance: random.Random, name: str) -> Holder:
    """A body with this name."""
    return Holder(name, _body_cuit(chance), REGISTERED)


def _dni(chance: random.Random) -> str:
    return str(chance.randrange(4_500_000, 49_000_000))


def _body_cuit(chance: random.Random) -> str:
    return with_check_digit(f"{chance.choice(('30', '33'))}{chance.randrange(50_000_000, 72_000_000)}")


def with_check_digit(ten_digits: str) -> str:
    """A CUIT of these ten digits."""
    return ten_digits + str(cuit.calc_check_digit(ten_digits))
