"""The places of a page on a map, numbered as in the list beside it."""

from collections.abc import Sequence

from oficina.shared.maps import Layer, Look, Map, Mark, draw_map
from oficina.shared.outlines import Box, Position
from tramites.places.presentation import ShownPlace
from tramites.property_location.department_outlines import department_outlines

_GROUND_AROUND_METRES = 600


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
        focus=Box.around(positions).grown(_GROUND_AROUND_METRES),
        point=near,
        marks=marks,
        moves=True,
    )
