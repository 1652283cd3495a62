"""Makes up where bills are paid: offices of the utility, shops of two networks, a bank with its cash machines, channels
by internet. Some in every department; addresses and telephones are invented.
"""

import csv
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from oficina.demo.generator import names
from oficina.demo.generator.chance import chance_for
from oficina.demo.generator.towns import DEPARTMENTS, Department, Town

_HEADER: Final = (
    "place_code", "kind", "name", "address", "locality", "department", "latitude", "longitude", "phone", "website",
    "accepts", "bills", "hours", "note", "status",
)  # fmt: skip
_SHOP_HOURS: Final = (
    "Mo-Fr 09:00-13:00,17:00-21:00; Sa 09:00-13:00; PH off",
    "Mo-Sa 08:30-13:30,17:00-21:30; PH off",
    "Mo-Su 08:00-22:00; PH 10:00-20:00",
    "24/7",
    "",
)
_SHOPS: Final = (
    "Kiosco El Nogal", "Librería Olmos", "Farmacia del Pueblo", "Almacén La Acequia", "Polirrubro Los Álamos",
    "Estación de servicio Ruta", "Mercadito Don Tito", "Locutorio Central",
)  # fmt: skip
_NETWORKS: Final = ("Rapipago", "Pago Fácil")
_BANK: Final = "Banco del Oeste"
_BY_CODE: Final = "Con el código de pago electrónico de la factura."
_OFFICES: Final = {"Capital": "Sarmiento 1145", "Las Heras": "Independencia 310", "San Martín": "Alvear 88"}
"""Those that the bills of the demo print."""
_ONLINE: Final = (
    ("banca-por-internet", "Banca por internet", "transfer", "all", _BY_CODE),
    (
        "billeteras",
        "Billeteras virtuales",
        "transfer debit credit qr",
        "not-overdue",
        "Leyendo el código de la factura.",
    ),
)
_COUNTER_HOURS: Final = "Mo-Fr 08:00-13:00; PH off"
_OFFICE: Final = ("cash debit credit cheque", "all", _COUNTER_HOURS, "Atendemos también trámites y planes.", "open")
_BRANCH: Final = ("cash debit cheque", "not-overdue", _COUNTER_HOURS, "Llevá la factura.", "open")
_ATM: Final = ("debit", "all", "24/7", _BY_CODE, "open")
_PEOPLE_A_SHOP: Final = 40
"""Thousands of people for whom there is one shop more."""

type Row = Sequence[str]


def write_places(folder: Path, *, seed: int) -> Path:
    """Writes the file of the places and gives its path. The same for the same seed."""
    path = folder / "payment_places.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_HEADER)
        writer.writerows(_online())
        for number, department in enumerate(DEPARTMENTS, start=1):
            chance = chance_for(seed, f"places of {department.name}")
            writer.writerows(_places_of(department, f"{number:02d}", chance))
    return path


def _online() -> Iterator[Row]:
    for code, name, accepts, bills, note in _ONLINE:
        yield (code, "online", name, *("",) * 7, accepts, bills, "24/7", note, "open")


def _places_of(department: Department, number: str, chance: random.Random) -> Iterator[Row]:
    head = department.towns[0]
    office = _OFFICES.get(department.name) or _address(chance)
    yield (
        f"oficina-{number}", "office", f"Oficina comercial {head.name}", office,
        *_at(department, head, chance), *_OFFICE,
    )  # fmt: skip
    yield (
        f"banco-{number}", "bank", f"{_BANK}, sucursal {head.name}", _address(chance),
        *_at(department, head, chance), *_BRANCH,
    )  # fmt: skip
    yield (
        f"cajero-{number}", "atm", f"Cajero del {_BANK}, {head.name}", _address(chance),
        *_at(department, head, chance), *_ATM,
    )  # fmt: skip
    for place in range(2 + department.weight // _PEOPLE_A_SHOP):
        town = department.towns[place % len(department.towns)]
        name = f"{_NETWORKS[place % 2]}, {chance.choice(_SHOPS)}"
        accepts, hours = chance.choice(("cash", "cash debit", "cash debit qr")), chance.choice(_SHOP_HOURS)
        yield (
            f"red-{number}-{place + 1:02d}", "network", name, _address(chance), *_at(department, town, chance),
            accepts, "all", hours, "Llevá la factura: leen el código de barras.", "open",
        )  # fmt: skip


def _at(department: Department, town: Town, chance: random.Random) -> Row:
    """Where it is: from the locality to the website, which none has."""
    latitude = town.latitude + chance.uniform(-town.reach, town.reach) / 2
    longitude = town.longitude + chance.uniform(-town.reach, town.reach) / 2
    phone = f"261 555-{chance.randrange(100, 10_000):04d}"
    return (town.name, department.name, f"{latitude:.6f}", f"{longitude:.6f}", phone, "")


def _address(chance: random.Random) -> str:
    return f"{chance.choice(names.STREETS)} {chance.randrange(20, 3200)}"
