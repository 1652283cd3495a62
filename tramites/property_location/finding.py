"""Where a property is, from the most exact to the least: its parcel, its point, its zone, its department."""

from dataclasses import dataclass

from accounts.models import ServiceAccount
from oficina.shared.outlines import NotAnOutline, Outline, Position, read_outline
from tramites.departments import Department, department_named
from tramites.models import Zone
from tramites.property_location.department_outlines import department_outlines


@dataclass(frozen=True, kw_only=True)
class ZoneFound:
    """The zone of a property and its outline."""

    zone: Zone
    outline: Outline


@dataclass(frozen=True, kw_only=True)
class PropertyLocation:
    """What is known of where a property is. `point` is its connection, or else the middle of its parcel."""

    point: Position | None
    parcel: Outline | None
    zone: ZoneFound | None
    department: Department | None

    @property
    def department_outline(self) -> Outline | None:
        return department_outlines()[self.department] if self.department else None

    @property
    def is_known(self) -> bool:
        """Whether a map can show more than the department."""
        return bool(self.parcel or self.point or self.zone)


def locate(account: ServiceAccount) -> PropertyLocation:
    """Where the property of an account is; one query when it was loaded with its parcel."""
    parcel = readable_outline(account.parcel)
    department = department_named(account.department)
    point = _point(account) or (parcel.box.middle if parcel else None)
    return PropertyLocation(
        point=point,
        parcel=parcel,
        zone=_zone(department, account.locality, point) if department else None,
        department=department,
    )


def _point(account: ServiceAccount) -> Position | None:
    if account.latitude is None or account.longitude is None:
        return None
    return float(account.longitude), float(account.latitude)


def _zone(department: Department, locality: str, point: Position | None) -> ZoneFound | None:
    """The zone around the point, of several the one that names the locality; without any, the only one that does."""
    drawn = [
        ZoneFound(zone=zone, outline=outline)
        for zone in Zone.objects.of_department(department)
        if (outline := readable_outline(zone.outline))
    ]
    named = [found for found in drawn if locality in found.zone.localities]
    around = [found for found in drawn if point and found.outline.contains(point)]
    if around:
        return next((found for found in around if found in named), around[0])
    return named[0] if len(named) == 1 else None


def readable_outline(geometry: object) -> Outline | None:
    """The outline, or none when what was kept, maybe long ago, is none."""
    try:
        return read_outline(geometry) if geometry else None
    except NotAnOutline:
        return None
