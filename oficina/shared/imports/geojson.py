"""A column that holds an outline on the ground, checked by the same rules as `oficina.shared.outlines`, in SQL."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from psycopg.sql import SQL, Composable, Literal

from oficina.shared.imports.columns import Column

_IS_POSITION: Final = '@.type() == "array" && @[0].type() == "number" && @[1].type() == "number"'
_IS_INSIDE: Final = "@[0] >= $west && @[0] <= $east && @[1] >= $south && @[1] <= $north"
_RINGS: Final = {"Polygon": "$.coordinates[*]", "MultiPolygon": "$.coordinates[*][*]"}


@dataclass(frozen=True, kw_only=True)
class GeoJson(Column):
    """A GeoJSON Polygon or MultiPolygon in WGS 84 (RFC 7946), inside of where the utility serves."""

    def failings(self) -> Iterator[tuple[Composable, str]]:
        """Not JSON, no polygon, a ring that is not closed, a corner that is none or lies elsewhere."""
        reason = "Tiene que ser un polígono en GeoJSON."
        yield SQL("NOT pg_input_is_valid({}, 'jsonb')").format(self.text), reason
        yield (
            self._once_json(
                "({0}::jsonb ->> 'type' IN ('Polygon', 'MultiPolygon')"
                " AND jsonb_typeof({0}::jsonb -> 'coordinates') = 'array'"
                " AND jsonb_array_length({0}::jsonb -> 'coordinates') > 0) IS NOT TRUE"
            ),
            reason,
        )
        yield (
            self._of_some_ring(
                "CASE WHEN jsonb_typeof(ring) = 'array' THEN jsonb_array_length(ring) < 4 OR ring -> 0 <> ring -> -1"
                " OR {positions} <> jsonb_array_length(ring) ELSE TRUE END"
            ),
            "Cada borde del polígono tiene que tener longitud y latitud en cada punto, y terminar donde empezó.",
        )
        yield (
            self._of_some_ring("CASE WHEN jsonb_typeof(ring) = 'array' THEN {inside} <> jsonb_array_length(ring) END"),
            "Queda fuera de la zona de servicio: primero va la longitud y después la latitud.",
        )

    def value(self) -> Composable:
        """The geometry."""
        return SQL("NULLIF({}, '')::jsonb").format(self.text)

    def _once_json(self, condition: str) -> Composable:
        """A condition on a value that is JSON: what is not was told already."""
        return SQL("CASE WHEN pg_input_is_valid({0}, 'jsonb') THEN {1} END").format(
            self.text,
            SQL(condition).format(self.text),
        )

    def _of_some_ring(self, condition: str) -> Composable:
        """Whether any ring is so; also when a polygon of several has none."""
        west, south, east, north = settings.UTILITY.service_area
        box = Literal(json.dumps({"west": west, "south": south, "east": east, "north": north}))
        counted = "jsonb_array_length(jsonb_path_query_array(ring, {path}, {box}::jsonb, TRUE))"
        of_ring = SQL(condition).format(
            positions=SQL(counted).format(path=Literal(f"strict $[*] ? ({_IS_POSITION})"), box=box),
            inside=SQL(counted).format(path=Literal(f"strict $[*] ? ({_IS_INSIDE})"), box=box),
        )
        rings = SQL("jsonb_path_query({0}::jsonb, CASE {0}::jsonb ->> 'type' WHEN 'Polygon' THEN {1} ELSE {2} END)")
        return SQL(
            "CASE WHEN pg_input_is_valid({0}, 'jsonb') THEN (SELECT coalesce(bool_or({1}), TRUE) FROM {2} AS ring) END"
        ).format(
            self.text,
            of_ring,
            rings.format(
                self.text,
                SQL("{}::jsonpath").format(Literal(_RINGS["Polygon"])),
                SQL("{}::jsonpath").format(Literal(_RINGS["MultiPolygon"])),
            ),
        )
