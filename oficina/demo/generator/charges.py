"""What the utility charged outside of its bills: works and services that somebody asked for."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from oficina.demo.generator.accounts import Account
from oficina.demo.generator.chance import weighed

_SHARE_WITH_CHARGES = 0.08
_SHARE_CANCELLED = 0.15
_OLDEST_DAYS = 60


@dataclass(frozen=True, slots=True)
class Work:
    """Something that is charged by itself; `price` in pesos, VAT included."""

    concept: str
    description: str
    price: Decimal


def _work(concept: str, description: str, price: str) -> Work:
    return Work(concept, description, Decimal(price))


NEW_METER = _work("Cambio de medidor", "Retiro del medidor roto y colocación de uno nuevo", "64900.00")
PAVEMENT = _work(
    "Reparación de vereda", "Rotura y reparación de 2 m² de vereda por trabajos en la conexión", "96750.00"
)
METER_TEST = _work("Verificación de medidor", "Ensayo del medidor en laboratorio, a pedido del titular", "33600.50")
RECONNECTION = _work("Reconexión del servicio", "Reconexión después de una suspensión voluntaria", "28350.00")
CONNECTION = _work("Conexión de agua", "Conexión domiciliaria de 19 mm, con caja y medidor", "185400.00")
DRAIN = _work("Destape de cloaca", "Limpieza de la conexión de cloaca con equipo de presión", "41200.00")
FEASIBILITY = _work("Certificado de factibilidad", "Estudio de factibilidad de agua y cloaca", "17800.00")

_WORKS = {
    NEW_METER: 3.0,
    PAVEMENT: 2.0,
    METER_TEST: 2.0,
    RECONNECTION: 4.0,
    CONNECTION: 1.0,
    DRAIN: 3.0,
    FEASIBILITY: 1.0,
}


@dataclass(kw_only=True, slots=True)
class Charge:
    """A charge; `number` is given at the end."""

    account: Account
    work: Work
    raised_on: date
    is_cancelled: bool = False
    number: str = ""


def charges_of(account: Account, today: date, chance: random.Random) -> Iterator[Charge]:
    """None of most accounts; one or two of the others, few of them cancelled."""
    if chance.random() >= _SHARE_WITH_CHARGES or account.status == "closed":
        return
    for _ in range(chance.choice((1, 1, 2))):
        work = weighed(chance, _WORKS)
        raised_on = today - timedelta(days=chance.randrange(1, _OLDEST_DAYS))
        is_cancelled = chance.random() < _SHARE_CANCELLED
        yield Charge(account=account, work=work, raised_on=raised_on, is_cancelled=is_cancelled)


def charges_as_intended(account: Account, works: Sequence[Work], today: date) -> Iterator[Charge]:
    """These works, the first one four days ago, each other one nine days before the one that follows."""
    for place, work in enumerate(works):
        yield Charge(account=account, work=work, raised_on=today - timedelta(days=4 + 9 * place))


def number_charges(charges: Sequence[Charge]) -> None:
    """In their order."""
    for number, charge in enumerate(charges, start=1):
        charge.number = f"CG-{number:06d}"
