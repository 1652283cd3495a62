"""Outlines on the ground: what is one, what it contains, how large it is."""

import pytest

from oficina.shared.outlines import Box, NotAnOutline, read_outline

SQUARE = [[-68.85, -32.90], [-68.84, -32.90], [-68.84, -32.89], [-68.85, -32.89], [-68.85, -32.90]]
HOLE = [[-68.848, -32.898], [-68.842, -32.898], [-68.842, -32.892], [-68.848, -32.892], [-68.848, -32.898]]
FAR = [[-68.80, -32.90], [-68.79, -32.90], [-68.79, -32.89], [-68.80, -32.90]]
NOT_OUTLINES: tuple[object, ...] = (
    None,
    [],
    "Polygon",
    {"type": "Point", "coordinates": [1, 2]},
    {"type": "Polygon"},
    {"type": "Polygon", "coordinates": []},
    {"type": "Polygon", "coordinates": "SQUARE"},
    {"type": "Polygon", "coordinates": [[]]},
    {"type": "Polygon", "coordinates": [SQUARE[:4]]},
    {"type": "Polygon", "coordinates": [[SQUARE[0], SQUARE[1], SQUARE[0]]]},
    {"type": "Polygon", "coordinates": [[*SQUARE[:4], [-68.85, -32.91]]]},
    {"type": "Polygon", "coordinates": [[["a", "b"]] * 4]},
    {"type": "Polygon", "coordinates": [[[True, False]] * 4]},
    {"type": "Polygon", "coordinates": [[[-68.85]] * 4]},
    {"type": "Polygon", "coordinates": [[-68.85] * 4]},
    {"type": "MultiPolygon", "coordinates": []},
    {"type": "MultiPolygon", "coordinates": [[]]},
    {"type": "MultiPolygon", "coordinates": [SQUARE]},
)
"""Each lacks one thing that makes an outline."""


def test_position_is_inside_the_border_and_outside_the_holes() -> None:
    outline = read_outline({"type": "Polygon", "coordinates": [SQUARE, HOLE]})
    assert outline.contains((-68.849, -32.899))
    assert not outline.contains((-68.845, -32.895))
    assert not outline.contains((-68.86, -32.895))
    assert outline.box == Box(-68.85, -32.90, -68.84, -32.89)
    assert outline.box.middle == pytest.approx((-68.845, -32.895))


def test_each_polygon_of_several_counts() -> None:
    outline = read_outline({"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [FAR]]})
    assert outline.contains((-68.849, -32.899))
    assert outline.contains((-68.792, -32.897))
    assert outline.box.east == -68.79


def test_area_is_that_of_the_ground() -> None:
    whole = read_outline({"type": "Polygon", "coordinates": [SQUARE]}).area_m2
    # 0.01° of longitude at 32.895° S are 934.7 m, and of latitude 1113.2 m.
    assert whole == pytest.approx(934.7 * 1113.2, rel=0.001)
    assert read_outline({"type": "Polygon", "coordinates": [SQUARE, HOLE]}).area_m2 == pytest.approx(whole * 0.64)
    turned = read_outline({"type": "Polygon", "coordinates": [SQUARE[::-1]]})
    assert turned.area_m2 == pytest.approx(whole)


def test_box_grows_by_metres_on_each_side() -> None:
    box = Box(-68.85, -32.90, -68.84, -32.89).grown(1113.2)
    assert (box.south, box.north) == pytest.approx((-32.91, -32.88))
    assert box.west == pytest.approx(-68.8619, abs=0.0001)
    assert box.contains((-68.86, -32.905))
    assert not box.contains((-68.86, -32.92))


@pytest.mark.parametrize("told", NOT_OUTLINES)
def test_what_is_no_outline_is_refused(told: object) -> None:
    with pytest.raises(NotAnOutline):
        read_outline(told)


def test_height_of_a_position_is_left_out() -> None:
    outline = read_outline({"type": "Polygon", "coordinates": [[[*position, 750.5] for position in SQUARE]]})
    assert next(iter(outline)) == (-68.85, -32.90)
