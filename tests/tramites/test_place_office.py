"""The office's places of payment: edited one by one, and brought by a file, by command and by the page."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from oficina.shared.models import ImportChange, ImportRun
from tests.answers import text_of
from tests.factories.places import payment_place
from tests.imports import csv_files
from tests.staff.conftest import may
from tests.tramites.dangers import ATTACKS, Dangers
from tramites.models import PaymentPlace

pytestmark = pytest.mark.django_db

LIST = "/admin/tramites/paymentplace/"
IMPORT = f"{LIST}importar/"
HOURS = "Mo-Fr 08:00-13:00,17:00-20:00; Sa 09:00-12:00; PH off"


def row(**values: str) -> dict[str, str]:
    return {
        "place_code": "nogal-1",
        "kind": "network",
        "name": "Kiosco El Nogal",
        "address": "San Martín 1180",
        "locality": "Villa Nueva",
        "department": "Guaymallén",
        "latitude": "-32.901500",
        "longitude": "-68.785000",
        "phone": "261 555-0142",
        "website": "",
        "accepts": "cash debit",
        "bills": "not-overdue",
        "hours": HOURS,
        "note": "Llevá la factura.",
        "status": "open",
    } | values


ONLINE = {
    "place_code": "banca", "kind": "online", "name": "Banca por internet", "address": "", "locality": "",
    "department": "", "latitude": "", "longitude": "", "accepts": "transfer", "hours": "24/7",
}  # fmt: skip


def test_a_place_is_kept_as_told_and_again_changes_nothing(tmp_path: Path) -> None:
    path = csv_files.write(tmp_path / "lugares.csv", row(accepts="debit  cash"), row(**ONLINE))
    outcomes, bad_rows = csv_files.run(path)
    assert bad_rows == []
    assert csv_files.counts(outcomes[0]) == (2, 0, 0, 0)
    shop = PaymentPlace.objects.get(code="nogal-1")
    assert (shop.department, shop.accepts, shop.bills, shop.is_open) == (
        "guaymallen", ["cash", "debit"], "not-overdue", True,
    )  # fmt: skip
    assert (str(shop.latitude), str(shop.longitude), shop.hours) == ("-32.901500", "-68.785000", HOURS)
    assert PaymentPlace.objects.get(code="banca").department == ""
    assert csv_files.counts(csv_files.run(path)[0][0]) == (0, 0, 2, 0)

    changed = csv_files.write(tmp_path / "otra.csv", row(status="closed", hours=""))
    assert csv_files.counts(csv_files.run(changed)[0][0]) == (0, 1, 0, 0)
    assert ImportChange.objects.latest("pk").before == {"hours": HOURS, "is_open": True}
    assert not PaymentPlace.objects.get(code="nogal-1").is_open
    assert PaymentPlace.objects.count() == 2  # what a file leaves out stays as it is


@pytest.mark.parametrize(
    ("values", "column", "reason"),
    [
        ({"place_code": "el nogal"}, "place_code", "Usá letras sin tilde, números y guiones."),
        ({"kind": "kiosco"}, "kind", "Tiene que ser uno de: office, network, bank, atm, online."),
        ({"department": "Buenos Aires"}, "department", "Tiene que ser uno de: Capital, General Alvear,"),
        ({"address": ""}, "address", "Falta el valor."),
        ({"department": ""}, "department", "Falta el valor."),
        ({**ONLINE, "address": "Acá 1"}, "address", "Un canal por internet no lo lleva."),
        ({**ONLINE, "latitude": "-32.9", "longitude": "-68.8"}, "latitude", "Un canal por internet no lo lleva."),
        ({"latitude": ""}, "longitude", "La latitud y la longitud van las dos o ninguna."),
        ({"latitude": "-68.785", "longitude": "-32.901"}, "latitude", "Queda fuera de la zona de servicio."),
        ({"longitude": "-58.381"}, "longitude", "Queda fuera de la zona de servicio."),
        ({"website": "javascript:alert(1)"}, "website", "Tiene que ser una dirección https://…"),
        ({"website": "http://nogal.example/"}, "website", "Tiene que ser una dirección https://…"),
        ({"accepts": "cash bitcoin"}, "accepts", "Tiene que ser uno o más de: cash, debit,"),
        ({"accepts": ""}, "accepts", "Falta el valor."),
        ({"hours": "Lu a Vi de 8 a 13"}, "hours", "Tiene que ser como «Mo-Fr 08:00-13:00; PH off», o «24/7»."),
        ({"hours": "Mo-Fr 08:00-13:00"}, "hours", "Tiene que ser como «Mo-Fr 08:00-13:00; PH off», o «24/7»."),
    ],
)
def test_a_bad_row_is_told_and_the_good_ones_are_taken(
    tmp_path: Path, values: Mapping[str, str], column: str, reason: str
) -> None:
    good = row(place_code="otro", name="Librería Olmos")
    outcomes, bad_rows = csv_files.run(csv_files.write(tmp_path / "lugares.csv", row(**values), good))
    assert [(bad.line, bad.column) for bad in bad_rows] == [(2, column)]
    assert bad_rows[0].reason.startswith(reason)
    assert csv_files.counts(outcomes[0]) == (1, 0, 0, 1)
    assert [place.name for place in PaymentPlace.objects.all()] == ["Librería Olmos"]


def test_of_a_code_that_is_twice_the_first_row_is_taken(tmp_path: Path) -> None:
    _, bad_rows = csv_files.run(csv_files.write(tmp_path / "lugares.csv", row(), row(name="Otro")))
    assert [(bad.line, bad.reason) for bad in bad_rows] == [(3, "El código está repetido: vale la primera fila.")]


def upload(tmp_path: Path, *rows: Mapping[str, str]) -> SimpleUploadedFile:
    path = csv_files.write(tmp_path / "lugares.csv", *rows)
    return SimpleUploadedFile("lugares.csv", path.read_bytes(), "text/csv")


def hidden(page: str) -> dict[str, str]:
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', page).group(1)  # type: ignore[union-attr]
        for name in ("key", "checked")
    }


def key_of(client: Client) -> str:
    found = re.search(r'name="key" value="([^"]*)"', text_of(client.get(IMPORT)))
    assert found
    return found[1]


def test_the_office_brings_a_file_after_it_saw_what_it_does(staff: User, tmp_path: Path) -> None:
    client = may(staff, "view_paymentplace", "import_paymentplaces")
    assert f'href="{IMPORT}"' in text_of(client.get(LIST))
    payment_place(code="banca-vieja")
    rows = [row(), row(**ONLINE), row(place_code="malo", accepts="oro")]
    asked = text_of(client.post(IMPORT, {"key": key_of(client), "file": upload(tmp_path, *rows)}))
    assert "¿Importar lugares.csv?" in asked
    assert "Tiene que ser uno o más de: cash, debit, credit, cheque, transfer, qr." in asked
    assert PaymentPlace.objects.count() == 1
    checked = hidden(asked)

    report = client.post(IMPORT, {**checked, "informe": "1"})
    assert report.content.decode() == (
        "archivo,linea,columna,valor,motivo\n"
        'lugares.csv,4,accepts,oro,"Tiene que ser uno o más de: cash, debit, credit, cheque, transfer, qr."\n'
    )
    assert PaymentPlace.objects.count() == 1

    done = client.post(IMPORT, {**checked, "confirmado": "1"}, follow=True)
    assert "Importamos el archivo. Nuevos: 2, cambiados: 0, sin cambios: 0." in text_of(done)
    assert "Filas que no se importaron: 1." in text_of(done)
    assert PaymentPlace.objects.count() == 3
    run = ImportRun.objects.latest("pk")
    assert (run.kind, run.started_by, run.dry_run, run.inserted, run.refused) == ("payment_places", staff, False, 2, 1)

    again = text_of(client.post(IMPORT, {"key": key_of(client), "file": upload(tmp_path, *rows[:2])}))
    assert "lugares.csv no cambia nada" in again
    assert "confirmado" not in again


def test_a_file_that_cannot_be_trusted_is_told_whole(staff: User, tmp_path: Path) -> None:
    client = may(staff, "view_paymentplace", "import_paymentplaces")
    for content, reason in (
        (b"place_code,name\nx,y\n", "El encabezado no es el de un archivo de lugares de pago: faltan columnas: kind,"),
        (b"\xff\xfe", "No está en UTF-8: lo muestra la línea 1. No se importó nada."),
    ):
        file = SimpleUploadedFile("lugares.csv", content)
        assert reason in text_of(client.post(IMPORT, {"key": key_of(client), "file": file}))
    assert "Elegí el archivo." in text_of(client.post(IMPORT, {"key": key_of(client)}))
    forged = client.post(IMPORT, {"key": key_of(client), "checked": "x", "confirmado": "1"}, follow=True)
    assert "Esta página es vieja. Elegí el archivo de nuevo." in text_of(forged)
    assert not PaymentPlace.objects.exists()


def test_who_may_not_import_is_refused_and_sees_no_button(staff: User, anonymous: Client) -> None:
    client = may(staff, "view_paymentplace", "change_paymentplace")
    assert client.get(IMPORT).status_code == 403
    assert client.post(IMPORT, {}).status_code == 403
    assert IMPORT not in text_of(client.get(LIST))
    assert anonymous.get(IMPORT).status_code == 302


TYPED = {
    "code": "nogal-1", "kind": "network", "name": "Kiosco El Nogal", "address": "San Martín 1180",
    "locality": "Godoy Cruz", "department": "godoy-cruz", "latitude": "-32.9245", "longitude": "-68.844",
    "phone": "", "website": "", "accepts": ["cash", "debit"], "bills": "all", "note": "", "is_open": "on",
    **{f"day_{day}": "8 a 13 y 17 a 20:30" for day in range(5)}, "day_5": "9 a 12", "day_6": "", "holidays": "",
}  # fmt: skip


def test_the_office_writes_a_place_with_its_hours(staff: User) -> None:
    client = may(staff, "view_paymentplace", "add_paymentplace", "change_paymentplace")
    assert client.post(f"{LIST}add/", TYPED).status_code == 302
    place = PaymentPlace.objects.get()
    assert place.hours == "Mo-Fr 08:00-13:00,17:00-20:30; Sa 09:00-12:00; PH off"
    change = f"{LIST}{place.pk}/change/"
    assert 'value="8 a 13 y 17 a 20:30"' in text_of(client.get(change))
    assert client.post(change, {**TYPED, "code": "otro", "always": "on"}).status_code == 302
    place.refresh_from_db()
    assert (place.code, place.hours) == ("nogal-1", "24/7")
    closed = {f"day_{day}": "" for day in range(7)}
    assert client.post(change, {**TYPED, **closed}).status_code == 302
    place.refresh_from_db()
    assert place.hours == ""
    assert may(staff, "view_paymentplace").post(change, TYPED).status_code == 403


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"day_1": "a la mañana"}, "Escribilo así: 8 a 13 y 17 a 20:30."),
        ({"kind": "online"}, "Un canal por internet no está en ningún lado: dejalo vacío."),
        ({"address": ""}, "Falta: un lugar está en alguna parte."),
        ({"longitude": ""}, "La latitud y la longitud van las dos o ninguna."),
        ({"latitude": "-68.844", "longitude": "-32.9245"}, "Queda fuera de la zona de servicio."),
        ({"website": "javascript:alert(1)"}, "Tiene que ser una dirección https://…"),
        (
            {**{f"day_{day}": "" for day in range(7)}, "holidays": "8 a 9"},
            "Falta el horario de algún día de la semana.",
        ),
    ],
)
def test_the_office_is_told_what_is_wrong(staff: User, values: dict[str, str], reason: str) -> None:
    client = may(staff, "view_paymentplace", "add_paymentplace")
    answer = client.post(f"{LIST}add/", {**TYPED, **values})
    assert reason in text_of(answer)
    assert not PaymentPlace.objects.exists()


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_typed_is_harmless_in_the_office(staff: User, tmp_path: Path, attack: str) -> None:
    client = may(staff, "view_paymentplace", "change_paymentplace", "import_paymentplaces")
    place = payment_place(attack, address=attack, note=attack)
    bad = upload(tmp_path, row(accepts=attack, name=attack))
    for page in (
        text_of(client.get(LIST)),
        text_of(client.get(f"{LIST}{place.pk}/change/")),
        text_of(client.post(IMPORT, {"key": key_of(client), "file": bad})),
    ):
        assert not [found for found in Dangers(page).found if "alert" in found]
        assert "<script>alert(1)" not in page
        assert "<svg onload" not in page
