"""The map of a property, as much of it as is known."""

from decimal import Decimal

from accounts.models import ServiceAccount
from tests.factories.accounts import AccountLinkFactory, UserFactory
from tests.factories.locations import LocationReportFactory, ZoneFactory, answered, square
from tests.live import journey
from tests.live.portal import Portal
from tests.live.screens.doing import base, submit
from tests.live.tour import Tour


def test_screens_of_a_property(portal: Portal, tour: Tour) -> None:
    link = AccountLinkFactory.create(user=UserFactory.create(email="ana@correo.example"))
    account = ServiceAccount.objects.filter(pk=link.account_id)
    journey.log_in(tour.page, link.user)
    tour.see(f"{base(link)}ubicacion/", "property_location", "unknown")
    ZoneFactory.create(name="Villa del Parque", localities=["Godoy Cruz"])
    tour.see(f"{base(link)}ubicacion/", "property_location", "only its zone")
    account.update(latitude=Decimal("-32.925"), longitude=Decimal("-68.845"))
    tour.see(f"{base(link)}ubicacion/", "property_location", "only its point")
    account.update(parcel=square(-68.8451, -32.9251, side=0.0002))
    tour.see(f"{base(link)}ubicacion/", "property_location", "whole")
    tour.see(f"{base(link)}ubicacion/avisar/", "report_location")
    submit(tour.page, "Enviar el aviso")
    tour.look("report_location", "with an error")
    report = LocationReportFactory.create(account=link.account, made_by=link.user)
    tour.see(f"{base(link)}ubicacion/", "property_location", "reported")
    answered(report, UserFactory.create(is_staff=True))
    tour.see(f"{base(link)}ubicacion/", "property_location", "answered")

    assert tour.faults == []
