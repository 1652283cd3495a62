"""Mis pagos in a browser: filtered, printed, exported; and a history of 5,000 payments that the worker prepares."""

import csv
import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect
from procrastinate.contrib.django.models import ProcrastinateJob
from pypdf import PdfReader

from accounts.models import AccountLink
from billing.enums import CreditReason, ListingState, PaymentState
from billing.external_payments import record_external_payment
from billing.listings.requests import DRAW_LISTING_TASK
from billing.models import CreditEntry, Listing, Payment
from tests.factories.accounts import ServiceAccountFactory
from tests.factories.billing import InvoiceFactory, operation
from tests.kill.aftermath import RETRY_STALLED_JOBS, make_dead_workers_older, run_by_worker
from tests.live import journey
from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.portal import Portal

MANY = 5_000
"""As an office would have in fifty years."""


@pytest.fixture
def link(portal: Portal) -> AccountLink:
    """Ana's account, with a payment of today and one of a year ago."""
    link = journey.customer_of(ServiceAccountFactory.create())
    for days in (0, 365):
        bill = InvoiceFactory.create(account=link.account)
        paid = operation(link.account, (bill, bill.amount), paid_at=timezone.now() - timedelta(days=days))
        record_external_payment(paid, cause="test")
    return link


def saved(page: Page, name: str) -> bytes:
    """What a link or button of this name brings."""
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    return Path(download.value.path()).read_bytes()


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).replace("\xa0", " ")


def keep_payments(link: AccountLink, count: int) -> None:
    """So many payments on account: rows alone, since acts would take minutes."""
    now = timezone.now()
    payments = [
        Payment(
            account=link.account,
            channel="rapipago",
            operation_number=f"M{number:06d}",
            state=PaymentState.SUCCEEDED,
            amount_asked=Decimal("10.00"),
            amount_received=Decimal("10.00"),
            created_at=now,
            paid_at=now - timedelta(days=number % 300),
            settled_at=now,
        )
        for number in range(count)
    ]
    with transaction.atomic():
        Payment.objects.bulk_create(payments)
        CreditEntry.objects.bulk_create(
            CreditEntry(
                account=link.account, payment=payment, amount=payment.amount_asked, reason=CreditReason.UNASSIGNED
            )
            for payment in payments
        )


@pytest.mark.parametrize(("javascript", "width"), [(True, DESKTOP), (False, PHONE)])
def test_customer_filters_prints_and_exports(visits: Visits, link: AccountLink, javascript: bool, width: int) -> None:
    page = visits.open("/", javascript=javascript, width=width)
    journey.log_in(page, link.user)
    page.goto(f"/cuenta/{link.public_id}/mis-pagos/")
    expect(page.get_by_role("heading", name="2 pagos")).to_be_visible()

    page.get_by_label("Desde").fill(f"{timezone.localdate() - timedelta(days=30):%Y-%m-%d}")
    with page.expect_navigation():
        page.get_by_role("button", name="Filtrar").click()
    expect(page.get_by_role("heading", name="1 pago", exact=True)).to_be_visible()
    today, old = Payment.objects.order_by("-paid_at")
    printed = text_of(saved(page, "Imprimir listado"))
    assert today.number in printed
    assert old.number not in printed
    exported = saved(page, "Descargar CSV").decode("utf-8-sig")
    assert [row["Pago"] for row in csv.DictReader(StringIO(exported), delimiter=";")] == [today.number]

    with page.expect_navigation():
        page.get_by_role("link", name="Historial de facturas pagadas").click()
    expect(page.get_by_role("heading", name="2 facturas pagadas")).to_be_visible()
    assert "2 facturas pagadas, $ 2.000,00 pagados" in text_of(saved(page, "Imprimir listado"))


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_filters_and_pages_change_what_is_shown_and_the_address_alone(
    visits: Visits, link: AccountLink, width: int
) -> None:
    keep_payments(link, 60)
    page = visits.open("/", width=width)
    journey.log_in(page, link.user)
    address = f"/cuenta/{link.public_id}/mis-pagos/"
    page.goto(address)
    page.evaluate("window.loadedOnce = true")
    said = page.locator("#historial-dicho")

    page.get_by_label("Canal").select_option("rapipago")
    page.get_by_label("Hasta").fill(f"{timezone.localdate() - timedelta(days=1):%Y-%m-%d}")
    page.get_by_role("button", name="Filtrar").press("Enter")
    expect(page.get_by_role("heading", name="60 pagos")).to_be_visible()
    expect(said).to_have_text("60 pagos, página 1 de 3")
    expect(page).to_have_url(re.compile("canal=rapipago&estado=$"))
    expect(page.get_by_role("button", name="Filtrar")).to_be_focused()

    page.get_by_role("link", name="Siguiente").click()
    expect(said).to_have_text("60 pagos, página 2 de 3")
    expect(page).to_have_url(re.compile("canal=rapipago&estado=&pagina=2$"))
    expect(page.get_by_role("region", name="60 pagos")).to_be_focused()
    expect(page.get_by_role("region", name="60 pagos")).to_be_in_viewport()

    page.get_by_label("Hasta").fill("2020-01-01")
    page.get_by_role("button", name="Filtrar").click()
    expect(said).to_have_text("No hay nada con ese filtro")
    page.get_by_label("Desde").fill("2020-02-01")
    page.get_by_role("button", name="Filtrar").click()
    expect(page.get_by_role("alert")).to_contain_text("tiene que ser igual o posterior")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Limpiar").click()
    expect(said).to_have_text("62 pagos, página 1 de 3")
    expect(page).to_have_url(address)
    assert page.evaluate("window.loadedOnce")

    page.go_back()
    expect(page.get_by_label("Desde")).to_have_value("2020-02-01")
    expect(page.locator("html")).to_have_attribute("lang", "es-AR")


def test_a_listing_whose_worker_is_killed_is_drawn_again_by_the_next(
    visits: Visits, portal: Portal, link: AccountLink
) -> None:
    keep_payments(link, MANY)
    page = visits.open("/")
    journey.log_in(page, link.user)
    page.goto(f"/cuenta/{link.public_id}/mis-pagos/")
    with page.expect_navigation():
        page.get_by_role("button", name="Imprimir listado").click()
    half_drawn = Listing.objects.filter(state=ListingState.RUNNING, drawn__gt=0)
    portal.wait_until(half_drawn.exists, "a listing that is half drawn")
    with transaction.atomic():
        Listing.objects.select_for_update().get()  # the worker stands where it would tell how far it is
        portal.processes.kill("worker")
    stands_at = Listing.objects.get().drawn
    growing = page.locator("main h2")
    expect(growing).to_have_text("Preparando tu listado para imprimir")
    assert 0 < stands_at < MANY

    make_dead_workers_older()
    portal.processes.start("worker")
    run_by_worker(RETRY_STALLED_JOBS)

    expect(growing).to_have_text("Tu listado está listo", timeout=120_000)
    assert "5.002 pagos, $ 52.000,00 imputados" in text_of(saved(page, "Descargar el listado"))
    jobs = ProcrastinateJob.objects.filter(task_name=DRAW_LISTING_TASK)
    portal.wait_until(lambda: not jobs.filter(status="doing").exists(), "the end of the job")
    assert list(jobs.values_list("status", "attempts")) == [("succeeded", 2)]


@pytest.mark.parametrize(("javascript", "width"), [(True, PHONE), (False, DESKTOP)])
def test_a_history_of_5000_payments_is_printed_with_its_progress(
    visits: Visits, link: AccountLink, javascript: bool, width: int
) -> None:
    keep_payments(link, MANY)
    page = visits.open("/", javascript=javascript, width=width)
    journey.log_in(page, link.user)
    page.goto(f"/cuenta/{link.public_id}/mis-pagos/")
    with page.expect_navigation():
        page.get_by_role("button", name="Imprimir listado").click()
    growing = page.locator("main h2")
    expect(growing).to_have_text(re.compile("Preparando tu listado para imprimir|Tu listado está listo"))
    expect(growing).to_have_text("Tu listado está listo", timeout=60_000)
    text = text_of(saved(page, "Descargar el listado"))
    assert "5.002 pagos, $ 52.000,00 imputados" in text
    numbers = set(Payment.objects.values_list("pk", flat=True))
    assert {int(found) for found in re.findall(r"P-(\d{8})", text)} == numbers
    pages = re.findall(r"Página (\d+) de (\d+)", text)
    assert [int(number) for number, _ in pages] == [*range(1, len(pages) + 1)]
    assert {int(of) for _, of in pages} == {len(pages)}
