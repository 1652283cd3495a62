"""The two maps of a property: it with what is around, and where in its department that is."""

from dataclasses import dataclass

from oficina.shared.maps import Layer, Look, Map, draw_map
from oficina.shared.outlines import Box
from tramites.departments import Department
from tramites.models import Zone
from tramites.property_location.department_outlines import department_outlines
from tramites.property_location.finding import PropertyLocation, readable_outline

_AROUND_A_PARCEL = 40.0
_AROUND_A_POINT = 250.0
_AROUND_A_ZONE = 200.0
_AROUND_A_DEPARTMENT = 3000.0
"""Metres of ground that are seen beside it, on each side."""


@dataclass(frozen=True)
class LocationMaps:
    """`near` can be moved where scripts run; there is none while nothing but the department is known."""

    near: Map | None
    far: Map | None


def location_maps(location: PropertyLocation) -> LocationMaps:
    """What can be drawn of a location."""
    return LocationMaps(near=_near(location), far=_far(location))


def zone_plan(zone: Zone) -> Map | None:
    """A zone in its department, as the office sees what it drew; none of a zone whose outline is none."""
    outline = readable_outline(zone.outline)
    if outline is None:
        return None
    department = Department(zone.department)
    around = department_outlines()[department]
    layers = [
        Layer(look=Look.DEPARTMENT, name=department.label, outline=around),
        Layer(look=Look.ZONE, name=zone.name, outline=outline),
    ]
    focus = Box.around([*around, *outline]).grown(_AROUND_A_DEPARTMENT)
    return draw_map(layers, summary=f"La zona {zone.name} en {department.label}.", focus=focus)


def parcel_area(location: PropertyLocation) -> str:
    """`unos 412 m²`; hectares from one on; empty without a parcel."""
    if location.parcel is None:
        return ""
    square_metres = location.parcel.area_m2
    if square_metres >= 10_000:
        return f"unas {square_metres / 10_000:.1f} ha".replace(".", ",")
    return f"unos {square_metres:,.0f} m²".replace(",", ".")


def _near(location: PropertyLocation) -> Map | None:
    focus = _focus(location)
    if focus is None:
        return None
    return draw_map(
        _layers(location),
        summary=f"Mapa: {_what(location)}{_where(location)}.",
        focus=focus,
        point=None if location.parcel else location.point,
        moves=True,
    )


def _far(location: PropertyLocation) -> Map | None:
    outline = location.department_outline
    if outline is None or location.department is None:
        return None
    marked = location.point or (location.zone.outline.box.middle if location.zone else None)
    return draw_map(
        [layer for layer in _layers(location) if layer.look is not Look.PARCEL],
        summary=f"Plano de {location.department.label}" + (", con un punto donde está el inmueble." if marked else "."),
        focus=outline.box.grown(_AROUND_A_DEPARTMENT),
        point=marked,
    )


def _focus(location: PropertyLocation) -> Box | None:
    if location.parcel:
        box = location.parcel.box
        return box.grown(_AROUND_A_PARCEL)
    if location.zone:
        return location.zone.outline.box.grown(_AROUND_A_ZONE)
    return Box.around([location.point]).grown(_AROUND_A_POINT) if location.point else None


def _layers(location: PropertyLocation) -> list[Layer]:
    layers = []
    if location.department and location.department_outline:
        layers.append(Layer(look=Look.DEPARTMENT, name=location.department.label, outline=location.department_outline))
    if location.zone:
        layers.append(Layer(look=Look.ZONE, name=location.zone.zone.name, outline=location.zone.outline))
    if location.parcel:
        layers.append(Layer(look=Look.PARCEL, name="La parcela", outline=location.parcel))
    return layers


def _what(location: PropertyLocation) -> str:
    if location.parcel:
        return f"la parcela del inmueble, de {parcel_area(location)}"
    return "el punto donde está el inmueble" if location.point else "la zona del inmueble"


def _where(location: PropertyLocation) -> str:
    if location.zone is None:
        return ""
    return (
        f" ({location.zone.zone.name})"
        if not (location.parcel or location.point)
        else (f", en la zona {location.zone.zone.name}")
    )
