"""Ubicación del inmueble: what is found, what is shown to whom, and what people say of it."""

import json
import re
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.data_export import instant
from accounts.models import AccountLink, ServiceAccount, User
from oficina.demo.generator.towns import DEPARTMENTS
from tests.answers import text_of
from tests.factories.accounts import ServiceAccountFactory
from tests.factories.locations import LocationReportFactory, ZoneFactory, answered, square
from tests.jobs import run_jobs
from tests.staff.conftest import may
from tests.tramites.dangers import ATTACKS, Dangers
from tramites.data_export import exported_location_reports
from tramites.departments import Department, department_named
from tramites.models import LocationReport, Zone
from tramites.property_location.department_outlines import department_outlines
from tramites.property_location.finding import locate
from tramites.property_location.refusals import AlreadyAnswered, AlreadyReported
from tramites.property_location.reporting import answer_report, report_location

pytestmark = pytest.mark.django_db

POINT = {"latitude": Decimal("-32.925000"), "longitude": Decimal("-68.845000")}
PARCEL = square(-68.8451, -32.9251, side=0.0002)


def page_of(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/ubicacion/"


def place(account: ServiceAccount, **where: object) -> None:
    ServiceAccount.objects.filter(pk=account.pk).update(**where)


def test_each_department_has_an_outline_around_its_towns() -> None:
    outlines = department_outlines()
    assert set(outlines) == set(Department)
    elsewhere = [
        (department.name, town.name)
        for department in DEPARTMENTS
        for town in department.towns
        if [each for each, outline in outlines.items() if outline.contains((town.longitude, town.latitude))]
        != [department_named(department.name)]
    ]
    assert elsewhere == []


def test_zone_is_the_one_around_the_point_else_the_one_that_names_the_locality(account: ServiceAccount) -> None:
    here, named = ZoneFactory.create(), ZoneFactory.create(localities=["Godoy Cruz"], outline=square(-68.9, -32.93))
    ZoneFactory.create(department=Department.MAIPU)
    place(account, **POINT)
    account.refresh_from_db()
    found = locate(account).zone
    assert found is not None
    assert found.zone == here

    account.latitude = account.longitude = None
    found = locate(account).zone
    assert found is not None
    assert found.zone == named
    ZoneFactory.create(localities=["Godoy Cruz"])  # now two zones name it: neither is known to be the one
    assert locate(account).zone is None


def test_of_two_zones_around_the_point_the_one_that_names_the_locality_is_meant() -> None:
    ZoneFactory.create(name="A")
    meant = ZoneFactory.create(name="B", localities=["Godoy Cruz"])
    found = locate(ServiceAccountFactory.create(**POINT)).zone
    assert found is not None
    assert found.zone == meant


@pytest.mark.parametrize("parcel", [{"type": "Polygon", "coordinates": []}, {"type": "Point"}, [], "x"])
def test_parcel_that_is_none_is_as_good_as_none(parcel: object) -> None:
    location = locate(ServiceAccountFactory.create(parcel=parcel, department="Otra provincia"))
    assert (location.parcel, location.point, location.zone, location.department) == (None, None, None, None)
    assert not location.is_known


def test_page_shows_the_parcel_and_says_the_same_in_words(as_owner: Client, link: AccountLink) -> None:
    ZoneFactory.create(name="Villa del Parque")
    place(link.account, parcel=PARCEL, **POINT)
    page = text_of(as_owner.get(page_of(link)))
    assert "Ubicación del inmueble: Casa" in page
    assert 'aria-label="Mapa: la parcela del inmueble, de unos 416 m², en la zona Villa del Parque."' in page
    assert 'aria-label="Plano de Godoy Cruz, con un punto donde está el inmueble."' in page
    assert "unos 416 m²" in page
    assert "-32.925000, -68.845000" in page
    assert 'href="https://www.openstreetmap.org/?mlat=-32.925000&amp;mlon=-68.845000' in page
    assert page.count('class="map__shape map__shape--parcel"') == 1
    told = json.loads(re.search(r'data-map="([^"]+)"', page)[1].replace("&quot;", '"'))  # type: ignore[index]
    assert [shape["look"] for shape in told["shapes"]] == ["department", "zone", "parcel"]
    assert "style=" not in page
    assert "avisanos" in page


def test_page_without_a_parcel_shows_the_zone_and_without_either_asks(as_owner: Client, link: AccountLink) -> None:
    page = text_of(as_owner.get(page_of(link)))
    assert "Todavía no tenemos este inmueble en el mapa" in page
    assert "Contanos dónde está" in page
    assert "data-map" not in page
    assert "leaflet.js" not in page
    assert 'aria-label="Plano de Godoy Cruz."' in page

    ZoneFactory.create(name="Villa del Parque", localities=["Godoy Cruz"])
    page = text_of(as_owner.get(page_of(link)))
    assert 'aria-label="Mapa: la zona del inmueble (Villa del Parque)."' in page
    assert "Abrir en mapas" not in page

    place(link.account, **POINT)
    page = text_of(as_owner.get(page_of(link)))
    assert 'aria-label="Mapa: el punto donde está el inmueble, en la zona Villa del Parque."' in page
    assert "Abrir en mapas" in page


def test_pages_are_of_whoever_linked_the_account(
    as_owner: Client, as_stranger: Client, anonymous: Client, link: AccountLink
) -> None:
    for path in (page_of(link), f"{page_of(link)}avisar/"):
        assert as_owner.get(path).status_code == 200
        assert as_owner.get(path, headers={"HX-Request": "true"}).status_code == 200
        assert as_stranger.get(path).status_code == 404
        assert as_stranger.post(path).status_code in {404, 405}
        assert anonymous.get(path).headers["Location"].startswith("/ingresar/")
        assert as_owner.delete(path).status_code == 405
    assert as_owner.post(page_of(link)).status_code == 405
    assert as_owner.get("/ubicacion/").headers["Location"] == page_of(link)
    assert f'href="{page_of(link)}"' in text_of(as_owner.get("/mis-cuentas/"))


def test_page_asks_the_same_of_the_database_whatever_the_number_of_zones(as_owner: Client, link: AccountLink) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            as_owner.get(page_of(link))
        return len(queries)

    ZoneFactory.create()
    as_owner.get(page_of(link))
    one = asked()
    ZoneFactory.create_batch(4)
    assert asked() == one


def test_customer_says_where_it_is_and_the_office_answers(
    as_owner: Client, owner: User, staff: User, link: AccountLink
) -> None:
    place(link.account, **POINT)
    path = f"{page_of(link)}avisar/"
    assert "Contanos con tus palabras dónde está." in text_of(as_owner.post(path, {"text": " "}))
    assert "Es demasiado largo" in text_of(as_owner.post(path, {"text": "x" * 1001}))
    done = as_owner.post(path, {"text": "A dos cuadras de ahí."}, follow=True)
    assert done.redirect_chain == [(page_of(link), 302)]
    assert "Recibimos tu aviso" in text_of(done)
    assert "«A dos cuadras de ahí.»" in text_of(done)
    report = LocationReport.objects.get()
    assert (report.account, report.made_by) == (link.account, owner)
    assert (report.latitude, report.longitude) == (POINT["latitude"], POINT["longitude"])
    again = as_owner.post(path, {"text": "Otra vez."}, follow=True)
    assert "Ya nos avisaste" in text_of(again)
    assert LocationReport.objects.count() == 1

    client = may(staff, "view_locationreport", "answer_locationreport")
    listed = text_of(client.get("/admin/tramites/locationreport/"))
    assert "A dos cuadras de ahí." in listed
    record = f"/admin/tramites/locationreport/{report.pk}/"
    assert "Responder este aviso" in text_of(client.get(f"{record}change/"))
    key = re.search(r'name="key" value="(\w+)"', text_of(client.get(f"{record}responder/")))[1]  # type: ignore[index]
    typed = {"key": key, "answer": "Ya lo corregimos. Gracias."}
    assert "¿Enviar la respuesta?" in text_of(client.post(f"{record}responder/", typed))
    sent = client.post(f"{record}responder/", {**typed, "confirmado": "1"}, follow=True)
    assert "Respondimos el aviso." in text_of(sent)
    report.refresh_from_db()
    assert (report.answer, report.answered_by) == ("Ya lo corregimos. Gracias.", staff)
    run_jobs()
    (message,) = mail.outbox
    assert message.to == ["ana@correo.example"]
    assert message.subject.startswith("Respondimos tu aviso de ubicación, cuenta terminada en ")
    assert "Ya lo corregimos. Gracias." in message.body
    assert page_of(link) in message.body

    page = text_of(as_owner.get(page_of(link)))
    assert "Respondimos tu aviso" in page
    assert "Ya lo corregimos. Gracias." in page
    assert "avisanos" in page
    assert may(staff, "view_locationreport").get(f"{record}responder/").status_code == 403


def test_what_somebody_else_said_of_the_account_is_theirs(
    as_teammate: Client, teammate: User, link: AccountLink
) -> None:
    LocationReportFactory.create(account=link.account, made_by=link.user, text="Lo de Ana.")
    page = text_of(as_teammate.get(page_of(teammate.links.get())))
    assert "Lo de Ana." not in page
    assert "avisanos" in page or "Contanos dónde está" in page


def test_one_report_waits_at_a_time_and_the_first_answer_stays(link: AccountLink, staff: User) -> None:
    first = report_location(link, "Ahí no.", shown=None, now=timezone.now())
    with pytest.raises(AlreadyReported) as refused:
        report_location(link, "Ahí tampoco.", shown=None, now=timezone.now())
    assert refused.value.report == first
    answer_report(first, "Listo.", by=staff, now=timezone.now())
    with pytest.raises(AlreadyAnswered):
        answer_report(first, "Otra cosa.", by=staff, now=timezone.now())
    report_location(link, "Sigue mal.", shown=None, now=timezone.now())
    assert list(LocationReport.objects.of(link).values_list("answer", flat=True)) == ["", "Listo."]


def test_reports_go_along_with_a_persons_data(link: AccountLink, staff: User) -> None:
    report = answered(LocationReportFactory.create(account=link.account, made_by=link.user, text="Ahí no."), staff)
    LocationReportFactory.create(account=link.account)
    assert report.answered_at is not None
    assert exported_location_reports(link.user) == [
        {
            "cuenta": link.account.number,
            "texto": "Ahí no.",
            "hecho": instant(report.made_at),
            "respuesta": "Ya lo corregimos.",
            "respondido": instant(report.answered_at),
        }
    ]


def test_whoever_closed_their_user_is_told_nothing(link: AccountLink, staff: User) -> None:
    report = LocationReportFactory.create(account=link.account, made_by=link.user)
    User.objects.filter(pk=link.user.pk).update(is_active=False)
    answer_report(report, "Listo.", by=staff, now=timezone.now())
    run_jobs()
    assert mail.outbox == []


def test_office_draws_zones_and_is_told_what_is_wrong_with_one(staff: User) -> None:
    client = may(staff, "view_zone", "add_zone", "change_zone", "delete_zone")
    typed = {
        "name": "La Arboleda", "department": "maipu", "localities": "Luzuriaga\n\n Maipú \nLuzuriaga",
        "outline": json.dumps(square(-68.8, -32.95)),
    }  # fmt: skip
    for outline, told in (
        ("{", "Tiene que ser un polígono en GeoJSON."),
        ('{"type": "Point", "coordinates": [1, 2]}', "Tiene que ser un polígono en GeoJSON, y cada borde"),
        (json.dumps(square(-32.95, -68.8)), "¿Están al revés la longitud y la latitud?"),
    ):
        assert told in text_of(client.post("/admin/tramites/zone/add/", {**typed, "outline": outline}))
    assert client.post("/admin/tramites/zone/add/", typed).status_code == 302
    zone = Zone.objects.get()
    assert zone.localities == ["Luzuriaga", "Maipú"]
    change = f"/admin/tramites/zone/{zone.pk}/change/"
    shown = client.get(change).content.decode()
    assert "Luzuriaga\nMaipú" in shown
    assert 'aria-label="La zona La Arboleda en Maipú."' in shown
    assert 'class="map__shape map__shape--zone"' in shown
    assert client.post(change, {**typed, "name": "El Bosque"}).status_code == 302
    assert "El Bosque" in text_of(client.get("/admin/tramites/zone/?q=luzuriaga"))
    assert client.post(f"/admin/tramites/zone/{zone.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Zone.objects.exists()
    assert may(staff, "view_zone").post("/admin/tramites/zone/add/", typed).status_code == 403


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_typed_is_harmless_wherever_it_is_shown(
    as_owner: Client, staff: User, link: AccountLink, attack: str
) -> None:
    zone = ZoneFactory.create(name=attack[:100], localities=[attack, "Godoy Cruz"])
    report = LocationReportFactory.create(account=link.account, made_by=link.user, text=attack)
    pages = [as_owner.get(page_of(link)), as_owner.post(f"{page_of(link)}avisar/", {"text": attack}, follow=True)]
    answered(report, staff)
    LocationReport.objects.filter(pk=report.pk)
    office = may(staff, "view_zone", "change_zone", "view_locationreport", "answer_locationreport")
    other = LocationReportFactory.create(account=link.account, made_by=link.user, text=attack)
    key = re.search(
        r'name="key" value="(\w+)"', text_of(office.get(f"/admin/tramites/locationreport/{other.pk}/responder/"))
    )
    office.post(
        f"/admin/tramites/locationreport/{other.pk}/responder/",
        {"key": key[1], "answer": attack, "confirmado": "1"},  # type: ignore[index]
    )
    assert LocationReport.objects.get(pk=other.pk).answer == attack
    pages.append(as_owner.get(page_of(link)))
    assert [found for page in pages for found in Dangers(text_of(page)).found] == []
    for path in (
        "/admin/tramites/zone/", f"/admin/tramites/zone/{zone.pk}/change/", "/admin/tramites/locationreport/",
        f"/admin/tramites/locationreport/{other.pk}/change/", f"/admin/tramites/locationreport/{other.pk}/responder/",
    ):  # fmt: skip
        shown = text_of(office.get(path))
        assert "<script>alert(1)" not in shown
        assert "<img src=x" not in shown
        assert "<svg onload" not in shown
