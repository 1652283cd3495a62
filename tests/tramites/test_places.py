"""Lugares de pago: which are shown, in what order, open or closed, and to whom."""

import re
from datetime import datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import AccountLink
from tests.answers import text_of
from tests.factories.accounts import HolderChangeFactory
from tests.factories.places import payment_place
from tests.tramites.dangers import ATTACKS, Dangers
from tramites.departments import Department
from tramites.enums import PlaceBills, PlaceKind, PlaceMeans
from tramites.places.hours import read_hours
from tramites.places.presentation import distance_words, hours_phrases, show_place

pytestmark = pytest.mark.django_db

PATH = "/lugares-de-pago/"
TUESDAY_AT_TEN = datetime(2026, 11, 24, 10, tzinfo=timezone.get_fixed_timezone(-180))


def names(page: str) -> list[str]:
    return re.findall(r"<h3>([^<]*)</h3>", page)


def place_link(link: AccountLink, latitude: str | None, longitude: str | None) -> None:
    account = link.account
    account.latitude = Decimal(latitude) if latitude else None
    account.longitude = Decimal(longitude) if longitude else None
    account.save()


def test_anyone_may_read_it_and_nobody_write(anonymous: Client, as_owner: Client, link: AccountLink) -> None:
    payment_place()
    for client in (anonymous, as_owner):
        page = text_of(client.get(PATH))
        assert names(page) == ["Kiosco El Nogal"]
        assert "San Martín 1180, Godoy Cruz" in page
        assert client.post(PATH).status_code == 405
    assert 'aria-label="Menú principal"' in text_of(as_owner.get(PATH))
    assert 'aria-label="Menú principal"' not in text_of(anonymous.get(PATH))
    assert 'href="/lugares-de-pago/"' in text_of(anonymous.get("/"))


def test_without_places_it_says_where_else_they_are(anonymous: Client) -> None:
    page = text_of(anonymous.get(PATH))
    assert "Todavía no cargamos los lugares de pago" in page
    assert 'class="filters"' not in page


def test_one_that_takes_no_payments_any_more_is_not_shown(anonymous: Client) -> None:
    payment_place("Abierto")
    payment_place("Cerrado", is_open=False)
    assert names(text_of(anonymous.get(PATH))) == ["Abierto"]


def test_the_nearest_comes_first_and_channels_by_internet_last(as_owner: Client, link: AccountLink) -> None:
    """One minute of latitude is 1,85 km; one of longitude there 1,56 km."""
    place_link(link, "-32.924500", "-68.844000")
    payment_place("Banca por internet", kind=PlaceKind.ONLINE)
    payment_place("Norte", latitude=Decimal("-32.907833"))
    payment_place("Este", longitude=Decimal("-68.827333"))
    payment_place("Acá", latitude=Decimal("-32.924000"))
    payment_place("Malargüe", latitude=Decimal("-35.475000"), longitude=Decimal("-69.585000"))
    page = text_of(as_owner.get(PATH))
    assert names(page) == ["Acá", "Este", "Norte", "Malargüe", "Banca por internet"]
    assert re.findall(r"· (a [\d,]+ k?m)", page) == ["a 60 m", "a 1,6 km", "a 1,9 km", "a 292 km"]
    assert f"Primero los más cercanos a <strong>{link.name}</strong>" in page
    assert page.count('class="map__point"') == 1
    assert page.count('class="map__mark"') == 4


def test_an_account_that_is_nowhere_or_to_be_proven_tells_no_distance(as_owner: Client, link: AccountLink) -> None:
    payment_place("Lejos", department=Department.MALARGUE)
    payment_place("Cerca", department=Department.CAPITAL)
    place_link(link, None, None)
    page = text_of(as_owner.get(PATH))
    assert names(page) == ["Cerca", "Lejos"]
    assert "Primero los más cercanos" not in page

    place_link(link, "-32.924500", "-68.844000")
    change = HolderChangeFactory.create(account=link.account)
    AccountLink.objects.filter(pk=link.pk).update(must_prove_since=change.changed_at)
    assert "Primero los más cercanos" not in text_of(as_owner.get(PATH))


def test_filters_are_in_the_address(anonymous: Client) -> None:
    payment_place("Kiosco", department=Department.CAPITAL)
    payment_place("Banco", kind=PlaceKind.BANK, accepts=[PlaceMeans.CASH, PlaceMeans.CHEQUE])
    payment_place("Banca por internet", kind=PlaceKind.ONLINE, accepts=[PlaceMeans.TRANSFER])
    for query, expected in {
        "tipo=bank": ["Banco"],
        "departamento=capital": ["Kiosco", "Banca por internet"],
        "acepta=cheque": ["Banco"],
        "departamento=capital&acepta=cheque": [],
        "tipo=gift": ["Kiosco", "Banco", "Banca por internet"],
        "pagina=99": ["Kiosco", "Banco", "Banca por internet"],
    }.items():
        page = text_of(anonymous.get(f"{PATH}?{query}"))
        assert names(page) == expected, query
    assert "Ningún lugar con ese filtro" in text_of(anonymous.get(f"{PATH}?departamento=lavalle&tipo=atm"))
    wrong = text_of(anonymous.get(f"{PATH}?tipo=gift"))
    assert "Elegí otra opción." in wrong


@time_machine.travel(TUESDAY_AT_TEN, tick=False)
def test_open_now_is_said_and_filtered(anonymous: Client) -> None:
    payment_place("A la mañana")
    payment_place("A la tarde", hours="Mo-Fr 16:00-20:00; PH off")
    payment_place("Siempre", hours="24/7")
    payment_place("Quién sabe", hours="")
    page = text_of(anonymous.get(PATH))
    for words in (
        "Abierto hasta las 13",
        "Cerrado, abre hoy a las 16",
        "Abierto las 24 horas",
        "Consultalo antes de ir",
    ):
        assert words in page
    assert names(text_of(anonymous.get(f"{PATH}?abierto=on"))) == ["A la mañana", "Siempre"]
    with time_machine.travel(datetime(2026, 12, 8, 10, tzinfo=TUESDAY_AT_TEN.tzinfo), tick=False):
        assert names(text_of(anonymous.get(f"{PATH}?abierto=on"))) == ["Siempre"]
        assert "Cerrado, abre mañana a las 8" in text_of(anonymous.get(PATH))


@pytest.mark.parametrize(
    ("hours", "at", "state"),
    [
        ("Mo-Fr 08:00-13:00; PH off", (27, 14), "Cerrado, abre el lunes a las 8"),
        ("Mo-Su 18:00-24:00; PH off", (24, 19), "Abierto hasta las 24"),
        ("Mo-Su 18:00-01:00; PH off", (24, 19), "Abierto hasta la 1"),
        ("Mo-Th 00:00-24:00; PH off", (24, 10), "Abierto hasta el jueves a las 24"),
        ("Mo-Fr 08:30-13:00; PH off", (24, 7), "Cerrado, abre hoy a las 8:30"),
    ],
)
def test_it_says_until_when_it_is_open_and_when_it_opens(hours: str, at: tuple[int, int], state: str) -> None:
    moment = TUESDAY_AT_TEN.replace(day=at[0], hour=at[1])
    assert show_place(payment_place(hours=hours), number=1, at=moment).state == state


@pytest.mark.parametrize(
    ("written", "phrases"),
    [
        ("24/7", ["Todos los días, las 24 horas"]),
        (
            "Mo-Fr 08:00-13:00,17:00-20:30; Sa 09:00-12:00; PH off",
            ["Lunes a viernes de 8 a 13 y de 17 a 20:30", "Sábado de 9 a 12", "Feriados, cerrado"],
        ),
        ("Mo-Su 08:00-22:00; PH 10:00-13:00", ["Todos los días de 8 a 22", "Feriados de 10 a 13"]),
        ("Sa-Su 20:00-02:00; PH 00:00-24:00", ["Sábado y domingo de 20 a 2", "Feriados las 24 horas"]),
    ],
)
def test_hours_are_said_in_words(written: str, phrases: list[str]) -> None:
    hours = read_hours(written)
    assert hours is not None
    assert hours_phrases(hours) == phrases


@pytest.mark.parametrize(
    ("kilometres", "words"),
    [
        (0.0, "a 10 m"),
        (0.352, "a 350 m"),
        (0.996, "a 1,0 km"),
        (9.94, "a 9,9 km"),
        (9.96, "a 10 km"),
        (25.4, "a 25 km"),
    ],
)
def test_distances_are_as_exact_as_they_help(kilometres: float, words: str) -> None:
    assert distance_words(kilometres) == words


def test_each_place_says_what_it_takes_and_how_to_get_there(anonymous: Client, settings: Settings) -> None:
    settings.UTILITY = settings.UTILITY.model_copy(
        update={"map_link": "https://mapas.example/?a={latitude}&o={longitude}"}
    )
    payment_place(
        accepts=[PlaceMeans.CASH, PlaceMeans.DEBIT, PlaceMeans.QR], bills=PlaceBills.NOT_OVERDUE,
        note="Llevá la factura.", phone="261 555-0142", website="https://nogal.example/pagos",
    )  # fmt: skip
    page = text_of(anonymous.get(PATH))
    assert "<dd>Efectivo, tarjeta de débito y código QR</dd>" in page
    assert "<dd>Solo sin vencer</dd>" in page
    assert "Llevá la factura." in page
    assert 'href="tel:2615550142"' in page
    assert (
        'href="https://mapas.example/?a=-32.924500&amp;o=-68.844000" target="_blank" rel="noopener noreferrer"' in page
    )
    assert 'href="https://nogal.example/pagos" target="_blank" rel="noopener noreferrer"' in page


def test_twenty_five_a_page_numbered_as_on_the_map_and_queries_do_not_grow(anonymous: Client) -> None:
    def asked(query: str = "?abierto=on") -> int:
        with CaptureQueriesContext(connection) as queries:
            anonymous.get(PATH + query)
        return len(queries)

    payment_place(hours="24/7")
    alone = asked()
    for number in range(25):
        payment_place(f"Kiosco {number:02d}", hours="24/7")
    assert asked() == alone == 3
    first, second = (text_of(anonymous.get(f"{PATH}?pagina={page}")) for page in (1, 2))
    assert len(names(first)) == 25
    assert "26 lugares de pago" in first
    assert names(second) == ["Kiosco El Nogal"]
    assert 'id="lugar-26"' in second
    assert second.count('class="map__mark"') == 1


def test_htmx_brings_what_changed_and_says_it(anonymous: Client) -> None:
    payment_place()
    part = text_of(anonymous.get(f"{PATH}?tipo=network", headers={"HX-Request": "true"}))
    assert "<h1>" not in part
    assert names(part) == ["Kiosco El Nogal"]
    assert '<div hx-swap-oob="innerHTML:#lugares-dicho">1 lugar de pago</div>' in part
    again = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<h1>" in text_of(anonymous.get(PATH, headers=again))


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_typed_is_harmless_wherever_it_is_shown(anonymous: Client, attack: str) -> None:
    payment_place(attack, address=attack, locality=attack, note=attack, phone=attack[:40])
    for query in ("", f"?tipo={attack}&departamento={attack}"):
        page = text_of(anonymous.get(PATH + query))
        assert Dangers(page).found == []
        assert "<script>alert(1)" not in page
