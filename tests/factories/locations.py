"""Zones of the utility, and what people say of where their property is."""

from django.utils import timezone
from factory.declarations import LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory

from accounts.models import ServiceAccount, User
from tests.factories.accounts import ServiceAccountFactory, UserFactory
from tramites.departments import Department
from tramites.models import LocationReport, Zone

type Geometry = dict[str, object]


def square(west: float, south: float, *, side: float = 0.01) -> Geometry:
    """A GeoJSON square; degrees."""
    east, north = west + side, south + side
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


class ZoneFactory(DjangoModelFactory[Zone]):
    """A zone of Godoy Cruz, a square kilometre around its middle."""

    class Meta:
        model = Zone

    name = Sequence(lambda n: f"Zona {n}")
    department = Department.GODOY_CRUZ
    localities = LazyFunction(list)
    outline = LazyFunction(lambda: square(-68.85, -32.93))


class LocationReportFactory(DjangoModelFactory[LocationReport]):
    """Somebody says that a property is elsewhere, and waits for an answer."""

    class Meta:
        model = LocationReport

    account = SubFactory(ServiceAccountFactory)
    made_by = SubFactory(UserFactory)
    text = "Mi casa está a dos cuadras de ahí."


def answered(report: LocationReport, by: User) -> LocationReport:
    """The report as the office answered it."""
    report.answer, report.answered_at, report.answered_by = "Ya lo corregimos.", timezone.now(), by
    report.save()
    return report


def a_row_of_each_table(account: ServiceAccount, user: User, office: User) -> None:
    """A zone, a report that was answered and one that waits."""
    ZoneFactory.create()
    answered(LocationReportFactory.create(account=account, made_by=user), office)
    LocationReportFactory.create(account=account, made_by=user)
