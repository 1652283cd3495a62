"""Maps that the server draws, and what Leaflet is told."""

import json

import pytest
from django.conf import settings
from pytest_django import Settings

from oficina.configuration import Configuration
from oficina.shared.maps import DrawnMark, Layer, Look, Map, Mark, draw_map, map_link
from oficina.shared.outlines import Box, read_outline
from tests.look.rendering import rendered
from tests.shared.test_outlines import SQUARE

PLOT = read_outline({"type": "Polygon", "coordinates": [SQUARE]})


def drawn(*, focus: Box = PLOT.box, moves: bool = True) -> Map:
    layer = Layer(look=Look.PARCEL, name="Parcela", outline=PLOT)
    return draw_map([layer], summary="La parcela.", focus=focus, point=(-68.845, -32.895), moves=moves)


def test_what_is_in_focus_fills_the_drawing_and_north_is_up() -> None:
    # 1113 m from south to north fill 320 units; 935 m from west to east take 268.7 of the 480.
    drawing = drawn()
    assert drawing.shapes[0].path == "M105.7 320.0L374.3 320.0L374.3 0.0L105.7 0.0Z"
    assert drawing.point == ("240.0", "160.0")


def test_marks_are_numbered_on_the_drawing_and_lead_to_their_item() -> None:
    shop = Mark(label="7", name="Kiosco </script>", anchor="lugar-7", position=(-68.845, -32.895))
    drawing = draw_map([], summary="Un lugar.", focus=PLOT.box, marks=[shop], moves=True)
    assert drawing.marks == (DrawnMark(label="7", x="240.0", y="160.0"),)
    assert json.loads(drawing.told)["marks"] == [
        {"label": "7", "name": "Kiosco </script>", "anchor": "lugar-7", "at": [-32.895, -68.845]}
    ]
    html = rendered("{% map drawing %}", {"drawing": drawing})
    assert '<g class="map__mark" transform="translate(240.0 160.0)"><circle r="11"/><text y="4">7</text></g>' in html
    assert "</script>" not in html


@pytest.mark.parametrize(
    ("metres", "words"), [(0, "500 m"), (20_000, "10 km"), (300_000, "200 km")]
)  # half a kilometre of 1670 m, and so on
def test_bar_of_the_scale_is_a_round_length(metres: float, words: str) -> None:
    drawing = drawn(focus=PLOT.box.grown(metres))
    assert drawing.scale_words == words
    assert 0.1 * 480 <= float(drawing.scale_length) <= 0.3 * 480


def test_leaflet_is_told_the_same_and_no_tiles_without_a_provider(settings: Settings) -> None:
    told = json.loads(drawn().told)
    assert told["tiles"] is None
    assert told["focus"] == [[-32.9, -68.85], [-32.89, -68.84]]
    assert told["point"] == [-32.895, -68.845]
    assert told["shapes"] == [
        {"look": "parcel", "geometry": {"type": "MultiPolygon", "coordinates": [[[list(each) for each in SQUARE]]]}}
    ]
    settings.UTILITY = settings.UTILITY.model_copy(
        update={"map_tiles_url": "https://tiles.example/{z}/{x}/{y}.png", "map_tiles_attribution": "© <b>Quien</b>"}
    )
    tiles = json.loads(drawn().told)["tiles"]
    assert tiles == {"address": "https://tiles.example/{z}/{x}/{y}.png", "attribution": "© <b>Quien</b>"}
    assert drawn(moves=False).told == ""


def test_drawing_says_what_it_shows_and_no_locale_changes_its_numbers() -> None:
    html = rendered("{% map drawing %}", {"drawing": drawn(focus=PLOT.box.grown(300_000))})
    assert 'role="img" aria-label="La parcela."' in html
    assert "La barra mide 200 km. El norte está arriba." in html
    assert 'class="map__shape map__shape--parcel" d="M' in html
    assert "style=" not in html
    assert "data-map" not in rendered("{% map drawing %}", {"drawing": drawn(moves=False)})


def test_link_to_a_map_elsewhere_has_the_point() -> None:
    assert map_link((-68.8773, -32.9831)) == (
        "https://www.openstreetmap.org/?mlat=-32.983100&mlon=-68.877300#map=18/-32.983100/-68.877300"
    )


def configured(**values: str) -> Configuration:
    return Configuration(**{**settings.UTILITY.model_dump(), **values})


def test_policy_opens_the_origin_of_the_tiles_and_no_other() -> None:
    assert settings.SECURE_CSP["img-src"] == ["'self'", "data:"]
    tiles = configured(map_tiles_url="https://tiles.example:8443/osm/{z}/{x}/{y}.png?key=a")
    assert tiles.map_tiles_origins == ["https://tiles.example:8443"]
    assert configured(map_tiles_url="").map_tiles_origins == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("map_tiles_url", "http://tiles.example/{z}/{x}/{y}.png"),
        ("map_tiles_url", "https://{s}.tiles.example/{z}/{x}/{y}.png"),
        ("map_tiles_url", "https://tiles.example/{z}/{x}.png"),
        ("map_tiles_url", "https://tiles.example;script-src/{z}/{x}/{y}.png"),
        ("map_tiles_url", "https://tiles.example/{z}/{x}/{y}.png' *"),
        ("map_link", "javascript:alert('{latitude} {longitude}')"),
        ("map_link", "https://maps.example/?q={latitude}"),
        ("service_area", "[-66, -37, -70, -31]"),
    ],
)
def test_address_that_is_none_is_refused(name: str, value: str) -> None:
    told: object = json.loads(value) if name == "service_area" else value
    with pytest.raises(ValueError, match=name):
        configured(**{name: told})  # type: ignore[arg-type]
