"""Maps of a page: drawn by the server as SVG, and by Leaflet over it where scripts run."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from django.conf import settings

from oficina.shared.outlines import METRES_A_DEGREE, Box, Outline, Position, Ring

WIDTH: Final = 480
HEIGHT: Final = 320
_SCALE_SHARE: Final = 0.3
"""How much of the width the bar of the scale takes at most."""


class Look(StrEnum):
    """How a shape of a map looks: the classes `map__shape--…` of the style sheet."""

    DEPARTMENT = "department"
    ZONE = "zone"
    PARCEL = "parcel"


@dataclass(frozen=True, kw_only=True)
class Layer:
    """Something with an outline on a map, under its name."""

    look: Look
    name: str
    outline: Outline


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A place on a map that a list beside it speaks of: `label` is what both call it, `anchor` the id of its item."""

    label: str
    name: str
    anchor: str
    position: Position


@dataclass(frozen=True, kw_only=True)
class DrawnMark:
    """A mark in the units of the view box."""

    label: str
    x: str
    y: str


@dataclass(frozen=True, kw_only=True)
class DrawnShape:
    """A layer in the units of the view box. Coordinates are text: a template must not localise them."""

    look: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Map:
    """What `components/map.html` draws. `summary` is the accessible name. `told` is for Leaflet; empty on a map that
    stays a drawing.
    """

    summary: str
    shapes: tuple[DrawnShape, ...]
    point: tuple[str, str] | None
    marks: tuple[DrawnMark, ...]
    scale_length: str
    scale_words: str
    told: str = ""
    width: str = str(WIDTH)
    height: str = str(HEIGHT)


def map_link(position: Position) -> str:
    """The address that opens a point on the map of somebody else, which the settings name."""
    longitude, latitude = position
    address: str = settings.UTILITY.map_link
    return address.replace("{latitude}", f"{latitude:.6f}").replace("{longitude}", f"{longitude:.6f}")


def draw_map(
    layers: Sequence[Layer],
    *,
    summary: str,
    focus: Box,
    point: Position | None = None,
    marks: Sequence[Mark] = (),
    moves: bool = False,
) -> Map:
    """The map of `layers`, the lowest first, that shows all of `focus` with some ground around it.

    `moves`: where scripts run, people move it and come closer.
    """
    paper = _Paper.showing(focus)
    bar = _round_length(paper.metres * _SCALE_SHARE)
    return Map(
        summary=summary,
        shapes=tuple(DrawnShape(look=layer.look, path=paper.path(layer.outline)) for layer in layers),
        point=paper.place(point) if point else None,
        marks=tuple(DrawnMark(label=mark.label, x=x, y=y) for mark in marks for x, y in [paper.place(mark.position)]),
        scale_length=f"{bar / paper.metres_a_unit:.1f}",
        scale_words=f"{bar // 1000} km" if bar >= 1000 else f"{bar} m",
        told=_told(layers, focus, point, marks) if moves else "",
    )


@dataclass(frozen=True)
class _Paper:
    """Where a position lies on the drawing: its middle, and how many metres of ground a unit is."""

    middle: Position
    metres_a_unit: float

    @classmethod
    def showing(cls, focus: Box) -> Self:
        east = _metres_east(focus.middle[1])
        across = (focus.east - focus.west) * east
        along = (focus.north - focus.south) * METRES_A_DEGREE
        return cls(focus.middle, max(across / WIDTH, along / HEIGHT))

    @property
    def metres(self) -> float:
        """From the left to the right."""
        return self.metres_a_unit * WIDTH

    def place(self, position: Position) -> tuple[str, str]:
        longitude, latitude = position
        x = (longitude - self.middle[0]) * _metres_east(self.middle[1]) / self.metres_a_unit
        y = (latitude - self.middle[1]) * METRES_A_DEGREE / self.metres_a_unit
        return f"{WIDTH / 2 + x:.1f}", f"{HEIGHT / 2 - y:.1f}"

    def path(self, outline: Outline) -> str:
        return "".join(self._ring(ring) for polygon in outline.polygons for ring in polygon)

    def _ring(self, ring: Ring) -> str:
        return "M" + "L".join(" ".join(self.place(position)) for position in ring[:-1]) + "Z"


def _metres_east(latitude: float) -> float:
    return METRES_A_DEGREE * math.cos(math.radians(latitude))


def _round_length(metres: float) -> int:
    """The longest of 1, 2, 5, 10, 20 … metres that is not longer."""
    power = int(10 ** max(math.floor(math.log10(metres)), 0))
    return next((step * power for step in (5, 2) if step * power <= metres), power)


def _told(layers: Sequence[Layer], focus: Box, point: Position | None, marks: Sequence[Mark]) -> str:
    tiles: str = settings.UTILITY.map_tiles_url
    return json.dumps(
        {
            "tiles": {"address": tiles, "attribution": settings.UTILITY.map_tiles_attribution} if tiles else None,
            "focus": [[focus.south, focus.west], [focus.north, focus.east]],
            "shapes": [
                {"look": layer.look, "geometry": {"type": "MultiPolygon", "coordinates": layer.outline.polygons}}
                for layer in layers
            ],
            "point": [point[1], point[0]] if point else None,
            "marks": [
                {"label": mark.label, "name": mark.name, "anchor": mark.anchor, "at": mark.position[::-1]}
                for mark in marks
            ],
        }
    )
