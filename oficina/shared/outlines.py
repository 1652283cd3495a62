"""Outlines on the ground: GeoJSON polygons (RFC 7946, WGS 84), what they contain and how large they are.

Good for plots, zones and departments: over a hundred kilometres the ground is taken as flat, an error of a part in a
thousand.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

from django.conf import settings

METRES_A_DEGREE: Final = 111_320
"""Of latitude; one of longitude is that times the cosine of the latitude."""

type Position = tuple[float, float]
"""Longitude and latitude in degrees, in this order, as GeoJSON has it."""
type Ring = tuple[Position, ...]
type Polygon = tuple[Ring, ...]


class NotAnOutline(ValueError):  # noqa: N818  a refusal, named by what it says
    """The value is no GeoJSON polygon whose rings are closed."""


@dataclass(frozen=True)
class Box:
    """What lies between two meridians and two parallels, in degrees."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, positions: Iterable[Position]) -> Self:
        """The smallest one around these; there is one at least."""
        longitudes, latitudes = zip(*positions, strict=True)
        return cls(min(longitudes), min(latitudes), max(longitudes), max(latitudes))

    @property
    def middle(self) -> Position:
        return (self.west + self.east) / 2, (self.south + self.north) / 2

    def contains(self, position: Position) -> bool:
        """Whether it lies inside or on the border."""
        longitude, latitude = position
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north

    def grown(self, metres: float) -> Self:
        """The same with so much more on each side."""
        north = metres / METRES_A_DEGREE
        east = north / math.cos(math.radians(self.middle[1]))
        return type(self)(self.west - east, self.south - north, self.east + east, self.north + north)


@dataclass(frozen=True)
class Outline:
    """Polygons. The first ring of each is its border, the others are holes; a ring ends where it began."""

    polygons: tuple[Polygon, ...]

    def __iter__(self) -> Iterator[Position]:
        return (position for polygon in self.polygons for ring in polygon for position in ring)

    @property
    def box(self) -> Box:
        return Box.around(self)

    def contains(self, position: Position) -> bool:
        """Whether a position lies inside: on the border it may be either."""
        return any(
            _is_within(position, border) and not any(_is_within(position, hole) for hole in holes)
            for border, *holes in self.polygons
        )

    @property
    def area_m2(self) -> float:
        """Square metres, without the holes."""
        return sum(_area(border) - sum(map(_area, holes)) for border, *holes in self.polygons)


def read_outline(geometry: object) -> Outline:
    """The outline that a GeoJSON Polygon or MultiPolygon tells. Raises NotAnOutline."""
    match geometry:
        case {"type": "Polygon", "coordinates": [*rings]}:
            polygons = [rings]
        case {"type": "MultiPolygon", "coordinates": [*polygons]}:
            pass
        case _:
            raise NotAnOutline
    if not polygons:
        raise NotAnOutline
    return Outline(tuple(map(_polygon, polygons)))


def outline_in_service_area(geometry: object) -> bool:
    """Whether the GeoJSON polygon lies where the utility serves. Raises NotAnOutline."""
    served = Box(*settings.UTILITY.service_area)
    return all(map(served.contains, read_outline(geometry)))


def _polygon(rings: object) -> Polygon:
    if not isinstance(rings, Sequence) or isinstance(rings, str) or not rings:
        raise NotAnOutline
    return tuple(map(_ring, rings))


def _ring(positions: object) -> Ring:
    match positions:
        case [first, _, _, *_, last] if first == last:
            return tuple(map(_position, positions))
    raise NotAnOutline


def _position(told: object) -> Position:
    match told:
        case [int() | float() as longitude, int() | float() as latitude, *_] if not (
            isinstance(longitude, bool) or isinstance(latitude, bool)
        ):
            return float(longitude), float(latitude)
    raise NotAnOutline


def _is_within(position: Position, ring: Ring) -> bool:
    """Whether a line to the east crosses the ring an odd number of times."""
    x, y = position
    inside = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            inside = not inside
    return inside


def _area(ring: Ring) -> float:
    box = Box.around(ring)
    west, south = box.west, box.south
    metres_east = METRES_A_DEGREE * math.cos(math.radians(box.middle[1]))
    flat = [((x - west) * metres_east, (y - south) * METRES_A_DEGREE) for x, y in ring]
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(flat))) / 2
