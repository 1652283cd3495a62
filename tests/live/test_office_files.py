"""A file goes in at the office and one comes out: tried, with what is wrong, imported, in the history, exported."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from playwright.sync_api import Page, expect

from accounts.account_numbers import format_account_number
from accounts.models import User
from billing.models import Payment
from oficina.shared.dates import today
from oficina.staff.files.models import ExportJob
from tests.factories.accounts import UserFactory
from tests.imports import csv_files
from tests.live import journey
from tests.live.browsing import Visits
from tests.live.journey import House
from tests.live.portal import Portal

NBSP = "\N{NO-BREAK SPACE}"
PATIENCE = 30_000
"""Milliseconds: the page looks again every two seconds, once the worker has the job."""
MAY = (
    "view_importjob", "import_accounts", "import_payments", "view_importrun", "view_exportjob", "export_payments",
)  # fmt: skip


@pytest.fixture
def home(portal: Portal) -> House:
    """The bills of an account."""
    return journey.house()


def treasurer() -> User:
    """Olga, of the office, who may bring payments and take the rendición."""
    olga = UserFactory.create(email="olga@aguas.example", first_name="Olga", last_name="Ríos", is_staff=True)
    olga.user_permissions.set(Permission.objects.filter(codename__in=MAY))
    assert olga.user_permissions.count() == len(MAY)
    return olga


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def test_a_file_is_tried_imported_and_what_it_brought_is_taken_out(
    portal: Portal, visits: Visits, home: House, tmp_path: Path
) -> None:
    bill = home.current
    told = {
        "document_code": str(bill.document_code),
        "invoice_number": bill.invoice_number,
        "paid_at": f"{today() - timedelta(days=1)}",
    }
    good = csv_files.payment(payment_code="", amount="1000.10") | told
    bad = csv_files.payment(payment_code="", operation_number="R-2", amount="doce") | told
    path = csv_files.write(tmp_path / "rapipago.csv", good, bad)
    office = visits.open("/accesibilidad/")
    journey.log_in(office, treasurer())

    office.goto("/admin/shared/importrun/")
    office.get_by_role("link", name="Importar archivos").click()
    office.get_by_label("Archivos CSV").set_input_files(path)
    press(office, "Subir y seguir")
    expect(office.get_by_text("La prueba terminó y no se guardó nada.")).to_be_visible(timeout=PATIENCE)
    expect(office.get_by_text("Hay una fila que no se va a importar.")).to_be_visible()
    assert not Payment.objects.exists()
    with office.expect_download() as report:
        office.get_by_role("link", name="Descargar las filas rechazadas").click()
    assert "rapipago.csv;3;amount;doce;" in Path(report.value.path()).read_text(encoding="utf-8-sig")

    press(office, "Importar de verdad")
    expect(office.get_by_text("Se importó todo menos una fila.")).to_be_visible(timeout=PATIENCE)
    payment = Payment.objects.get()
    assert payment.operation_number == "R-1"
    office.goto("/admin/shared/importrun/")
    expect(office.locator("#result_list tbody tr")).to_have_count(2)

    office.goto("/admin/archivos/exportar/")
    office.get_by_label("Qué exportar").select_option(label="Rendición de pagos")
    press(office, "Preparar el archivo")
    expect(office.get_by_text(f"${NBSP}1.000,10")).to_be_visible(timeout=PATIENCE)
    with office.expect_download() as taken:
        office.get_by_role("link", name="Descargar el archivo").click()
    lines = Path(taken.value.path()).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + ExportJob.objects.get().lines
    assert f",rapipago,R-1,{payment.number},{format_account_number(home.account.number)}," in lines[1]
    said = list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))
    assert said == [
        "Subió rapipago.csv", "Descargó las filas rechazadas", "Pidió importarlos", "Pidió la exportación",
        "Descargó el archivo",
    ]  # fmt: skip
