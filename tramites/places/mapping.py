"""The places of a page on a map, numbered as in the list beside it."""

from collections.abc import Sequence

from oficina.shared.maps import Layer, Look, Map, Mark, draw_map
from oficina.shared.outlines import METRES_A_DEGREE, Box, Position
from tramites.places.presentation import ShownPlace
from tramites.property_location.department_outlines import department_outlines

_LEAST_GROUND_METRES = 600
_GROUND_SHARE = 0.08
"""Of the way between the farthest two: left free around them, so that no mark is cut off."""


def map_of_places(shown: Sequence[ShownPlace], *, near: Position | None) -> Map | None:
    """The map of those that are somewhere, and of the property that they are near to; None when there are none."""
    marks = [
        Mark(label=each.number, name=each.place.name, anchor=each.anchor, position=each.position)
        for each in shown
        if each.position
    ]
    if not marks:
        return None
    positions = [mark.position for mark in marks] + ([near] if near else [])
    layers = [
        Layer(look=Look.DEPARTMENT, name=department.label, outline=outline)
        for department, outline in department_outlines().items()
    ]
    return draw_map(
        layers,
        summary="Mapa de los lugares de pago de esta página. Sus direcciones están en la lista.",
        focus=_ground(positions),
        point=near,
        marks=marks,
        moves=True,
    )


def _ground(positions: Sequence[Position]) -> Box:
    box = Box.around(positions)
    across = max(box.east - box.west, box.north - box.south) * METRES_A_DEGREE
    return box.grown(max(_LEAST_GROUND_METRES, across * _GROUND_SHARE))
