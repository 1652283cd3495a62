"""Zones of the utility: one around each town but a few, which shows what a property without a zone looks like."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from oficina.demo.generator.chance import chance_for
from oficina.demo.generator.towns import TOWNS, Department, Town

_WITHOUT_A_ZONE = {"Uspallata", "Potrerillos", "Monte Comán", "Las Catitas"}
_CORNERS = 9


@dataclass(frozen=True, kw_only=True)
class InventedZone:
    """A zone with its outline: corners as longitude and latitude, the first one again at the end."""

    department: Department
    town: Town
    ring: list[tuple[float, float]]


def invent_zones(seed: int) -> Iterator[InventedZone]:
    """The zones, always the same for a seed; each holds all the points that accounts of its town may have."""
    for department, town in TOWNS.values():
        if town.name not in _WITHOUT_A_ZONE:
            yield InventedZone(department=department, town=town, ring=_ring(seed, town))


def _ring(seed: int, town: Town) -> list[tuple[float, float]]:
    chance = chance_for(seed, f"zone {town.name}")
    corners = []
    for corner in range(_CORNERS):
        turn = 2 * math.pi * (corner + chance.uniform(-0.2, 0.2)) / _CORNERS
        far = town.reach * chance.uniform(1.6, 1.9)
        corners.append(
            (round(town.longitude + far * math.cos(turn), 6), round(town.latitude + far * math.sin(turn), 6))
        )
    return [*corners, corners[0]]
