"""The histories of Mis pagos: filtered, on paper, as a spreadsheet, and prepared by the worker when they are long."""

import csv
from datetime import timedelta
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader
from time_machine import Traveller

from accounts.models import AccountLink, User
from billing.enums import ListingKind
from billing.external_payments import record_external_payment
from billing.listings.drawing import PRINTED_AT_ONCE
from billing.listings.history_filter import HistoryFilter
from billing.listings.requests import (
    KEPT_FOR,
    MOST_KEPT,
    draw_listing,
    give_listing_up,
    remove_expired_listings,
    request_listing,
)
from billing.models import Listing, Payment
from tests.billing.views.page_text import words_of
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory, operation, paid_checkout
from tests.factories.channels import CollectionChannelFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.usefixtures("at_noon")

FOLDERS = ["mis-pagos/", "mis-pagos/facturas-pagadas/"]


def base(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/"


def counter_payment(link: AccountLink, *, days_ago: int = 0, channel: str = "rapipago") -> Payment:
    bill = InvoiceFactory.create(account=link.account)
    at = timezone.now() - timedelta(days=days_ago)
    received = operation(link.account, (bill, Decimal("1000.00")), channel=channel, paid_at=at)
    return record_external_payment(received, cause="test")


@pytest.fixture
def many(link: AccountLink) -> list[Payment]:
    """One payment more than is printed while somebody waits."""
    return [counter_payment(link) for _ in range(PRINTED_AT_ONCE + 1)]


def listing_of(link: AccountLink, kind: ListingKind = ListingKind.PAYMENTS) -> Listing:
    return request_listing(link, kind, HistoryFilter(), now=timezone.now())


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).replace("\xa0", " ")


def test_paid_bills_say_when_how_and_how_much(as_owner: Client, link: AccountLink) -> None:
    CollectionChannelFactory.create(slug="cobro-sur", name="Cobro Sur")
    bill = counter_payment(link, days_ago=3, channel="cobro-sur").items.get().invoice
    InvoiceFactory.create(account=link.account)

    answer = as_owner.get(f"{base(link)}mis-pagos/facturas-pagadas/")

    page = words_of(answer)
    assert "1 factura pagada" in page
    assert f"21/11/2026 {bill.subject} {bill} Factura de servicio Cobro Sur $ 1.000,00 Factura en PDF {bill}" in page
    assert f'href="{base(link)}facturas/{bill.public_id}/pdf/"' in answer.content.decode()


def test_the_office_names_the_channels_of_every_list(as_owner: Client, link: AccountLink) -> None:
    CollectionChannelFactory.create(slug="cobro-sur", name="Cobro Sur")
    bill = counter_payment(link, channel="cobro-sur").items.get().invoice

    assert "Cobro Sur Imputado" in words_of(as_owner.get(f"{base(link)}mis-pagos/"))
    assert "Cobro Sur" in words_of(as_owner.get(f"{base(link)}facturas/{bill.public_id}/"))
    filtered = as_owner.get(f"{base(link)}mis-pagos/?canal=cobro-sur")
    assert '<option value="cobro-sur" selected>Cobro Sur</option>' in filtered.content.decode()
    assert "Canal Cobro Sur" in words_of(filtered)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_filter_stays_in_the_addresses_of_paper_and_spreadsheet(
    as_owner: Client, link: AccountLink, folder: str
) -> None:
    counter_payment(link, days_ago=3)
    page = as_owner.get(f"{base(link)}{folder}?desde=2026-11-20&hasta=2026-11-22").content.decode()
    query = "?desde=2026-11-20&amp;hasta=2026-11-22"
    assert f'href="{base(link)}{folder}listado.pdf{query}"' in page
    assert f'href="{base(link)}{folder}listado.csv{query}"' in page
    assert "Del 20/11/2026 al 22/11/2026" in page


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("desde=2026-11-22&hasta=2026-11-20", "La fecha «Hasta» tiene que ser igual o posterior a «Desde»."),
        ("desde=ayer", "Escribí la fecha así: 24/11/2026."),
        ("desde=0001-01-01", "Revisá el año de la fecha."),
        ("canal=inventado", "Elegí otra opción."),
    ],
)
def test_a_filter_that_cannot_be_is_said_beside_its_field(
    as_owner: Client, link: AccountLink, folder: str, query: str, said: str
) -> None:
    counter_payment(link)
    assert said in words_of(as_owner.get(f"{base(link)}{folder}?{query}"))


@pytest.mark.parametrize(("folder", "many"), [(FOLDERS[0], "pagos"), (FOLDERS[1], "facturas pagadas")])
def test_filters_and_pages_bring_only_what_they_change_with_htmx(
    as_owner: Client, link: AccountLink, folder: str, many: str
) -> None:
    for _ in range(26):
        counter_payment(link)
    address = f"{base(link)}{folder}?canal=rapipago"
    htmx = {"HX-Request": "true"}

    filtered = as_owner.get(address, headers=htmx).content.decode()
    assert "<html" not in filtered
    assert 'id="historial-mostrado"' in filtered
    assert f'<div hx-swap-oob="innerHTML:#historial-dicho">26 {many}, página 1 de 2</div>' in filtered
    assert "autofocus" not in filtered
    paged = as_owner.get(f"{address}&pagina=2", headers=htmx).content.decode()
    assert f'<div hx-swap-oob="innerHTML:#historial-dicho">26 {many}, página 2 de 2</div>' in paged
    assert "autofocus" in paged
    nothing = as_owner.get(f"{address}&hasta=2020-01-01", headers=htmx).content.decode()
    assert '<div hx-swap-oob="innerHTML:#historial-dicho">No hay nada con ese filtro</div>' in nothing

    for headers in ({}, htmx | {"HX-History-Restore-Request": "true"}):
        whole = as_owner.get(f"{address}&pagina=2", headers=headers).content.decode()
        assert "<html" in whole
        assert "hx-swap-oob" not in whole
        assert "autofocus" not in whole


def test_a_filter_without_anything_offers_everything(as_owner: Client, link: AccountLink) -> None:
    counter_payment(link)
    page = words_of(as_owner.get(f"{base(link)}mis-pagos/facturas-pagadas/?hasta=2020-01-01"))
    assert "No hay nada con ese filtro" in page
    assert "Imprimir listado" not in page


def test_nothing_paid_yet(as_owner: Client, link: AccountLink) -> None:
    page = words_of(as_owner.get(f"{base(link)}mis-pagos/facturas-pagadas/"))
    assert "Todavía no hay facturas pagadas" in page
    assert "Filtrar" not in page


def test_paid_bills_cost_the_same_queries_for_1_and_30(as_owner: Client, link: AccountLink) -> None:
    address = f"{base(link)}mis-pagos/facturas-pagadas/"
    counter_payment(link)
    as_owner.get(address)
    with CaptureQueriesContext(connection) as few:
        as_owner.get(address)
    for _ in range(29):
        counter_payment(link)
    with CaptureQueriesContext(connection) as more:
        page = words_of(as_owner.get(address))
    assert "1 a 25 de 30" in page
    assert len(few) == len(more) <= 13


def test_a_short_history_is_printed_at_once(as_owner: Client, link: AccountLink) -> None:
    old, new = counter_payment(link, days_ago=9), counter_payment(link)
    answer = as_owner.get(f"{base(link)}mis-pagos/listado.pdf?desde=2026-11-20")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="pagos-2026-11-24.pdf"'
    text = text_of(answer.content)
    assert new.number in text
    assert old.number not in text
    assert "Desde el 20/11/2026" in text


def test_a_spreadsheet_has_the_filtered_rows_to_the_cent(as_owner: Client, link: AccountLink) -> None:
    counter_payment(link, days_ago=9)
    paid_checkout(InvoiceFactory.create(account=link.account, amount=Decimal("1234.56")), payer=link.user)
    answer = as_owner.get(f"{base(link)}mis-pagos/facturas-pagadas/listado.csv?desde=2026-11-20")
    assert answer["Content-Disposition"] == 'attachment; filename="facturas-pagadas-2026-11-24.csv"'
    body = b"".join(answer).decode("utf-8-sig")
    assert [row["Pagado"] for row in csv.DictReader(StringIO(body), delimiter=";")] == ["1234,56"]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("folder", FOLDERS)
def test_a_long_history_is_prepared_by_the_worker(as_owner: Client, link: AccountLink, folder: str) -> None:
    run_jobs()
    assert as_owner.get(f"{base(link)}{folder}listado.pdf?desde=2026-11-24")["Location"] == (
        f"{base(link)}{folder}?desde=2026-11-24"
    )
    asked = as_owner.post(f"{base(link)}{folder}preparar-listado/", {"desde": "2026-11-24"})
    listing = Listing.objects.get()
    address = f"{base(link)}mis-pagos/listados/{listing.public_id}/"
    assert (asked.status_code, asked["Location"]) == (303, address)
    assert as_owner.post(f"{base(link)}{folder}preparar-listado/", {"desde": "2026-11-24"})["Location"] == address

    waiting = as_owner.get(address)
    assert "Preparando tu listado para imprimir 0 de 101" in words_of(waiting)
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in waiting.content.decode()
    assert as_owner.get(f"{address}listado.pdf").status_code == 404

    assert run_jobs() == ["billing.draw_listing"]
    ready = as_owner.get(address, headers={"HX-Request": "true"})
    assert "<html" not in ready.content.decode()
    assert "Tu listado está listo 101" in words_of(ready)
    assert "hx-get" not in ready.content.decode()
    answer = as_owner.get(f"{address}listado.pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="listado-2026-11-24.pdf"'
    assert "Página 1 de " in text_of(answer.content)
    said = "Listados que pediste Desde el 24/11/2026 · Pedido hoy a las 12:00 · Listo"
    assert said in words_of(as_owner.get(f"{base(link)}{folder}"))


def test_a_listing_that_could_not_be_prepared_is_said_and_asked_for_again(as_owner: Client, link: AccountLink) -> None:
    counter_payment(link)
    chosen = HistoryFilter(channel="rapipago")
    failed = request_listing(link, ListingKind.PAYMENTS, chosen, now=timezone.now())
    give_listing_up(failed.pk)
    answer = as_owner.get(f"{base(link)}mis-pagos/listados/{failed.public_id}/")
    assert "No pudimos preparar el listado" in words_of(answer)
    assert "Pedirlo de nuevo" in words_of(answer)
    assert f'action="{base(link)}mis-pagos/preparar-listado/"' in answer.content.decode()
    assert '<input type="hidden" name="canal" value="rapipago">' in answer.content.decode()

    as_owner.post(f"{base(link)}mis-pagos/preparar-listado/", {"canal": "rapipago"})

    again = Listing.objects.get()
    assert (again.pk == failed.pk, again.chosen, again.is_under_way) == (False, {"canal": "rapipago"}, True)


def test_a_listing_can_be_given_up(as_owner: Client, link: AccountLink) -> None:
    counter_payment(link)
    listing = listing_of(link)
    answer = as_owner.post(f"{base(link)}mis-pagos/listados/{listing.public_id}/descartar/", follow=True)
    assert "Descartamos el listado." in words_of(answer)
    assert not Listing.objects.exists()


def test_nobody_has_more_listings_than_that(as_owner: Client, link: AccountLink) -> None:
    counter_payment(link)
    for day in range(MOST_KEPT):
        chosen = HistoryFilter(until=timezone.localdate() - timedelta(days=day))
        request_listing(link, ListingKind.PAYMENTS, chosen, now=timezone.now())
    answer = as_owner.post(f"{base(link)}mis-pagos/preparar-listado/", follow=True)
    assert "Ya tenés 10 listados. Descartá alguno y pedilo de nuevo." in words_of(answer)


def test_a_listing_goes_when_its_time_is_over(as_owner: Client, link: AccountLink, time_machine: Traveller) -> None:
    time_machine.move_to(NOON, tick=False)
    counter_payment(link)
    listing = listing_of(link)
    draw_listing(listing.pk, now=timezone.now())
    address = f"{base(link)}mis-pagos/listados/{listing.public_id}/"
    assert as_owner.get(f"{address}listado.pdf").status_code == 200
    time_machine.shift(KEPT_FOR)
    as_owner.force_login(link.user)
    for expired in (address, f"{address}listado.pdf"):
        answer = as_owner.get(expired)
        assert (answer.status_code, answer["Location"]) == (303, f"{base(link)}mis-pagos/")
        assert "El listado venció: los guardamos un día. Pedilo de nuevo." in words_of(as_owner.get(answer["Location"]))
    assert as_owner.get(address, headers={"HX-Request": "true"})["HX-Redirect"] == f"{base(link)}mis-pagos/"

    remove_expired_listings(now=timezone.now())

    assert as_owner.get(address).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "mis-pagos/facturas-pagadas/", "mis-pagos/listado.pdf", "mis-pagos/listado.csv",
        "mis-pagos/facturas-pagadas/listado.pdf", "mis-pagos/facturas-pagadas/listado.csv",
    ],
)  # fmt: skip
def test_pages_are_for_whoever_holds_the_link(
    as_owner: Client, as_stranger: Client, anonymous: Client, link: AccountLink, path: str
) -> None:
    assert as_owner.get(base(link) + path).status_code == 200
    assert as_owner.post(base(link) + path).status_code == 405
    assert as_stranger.get(base(link) + path).status_code == 404
    assert anonymous.get(base(link) + path)["Location"].startswith("/ingresar/")


def test_a_listing_is_for_whoever_asked_for_it(
    as_owner: Client, as_teammate: Client, as_stranger: Client, anonymous: Client, link: AccountLink, teammate: User
) -> None:
    counter_payment(link)
    listing = listing_of(link)
    draw_listing(listing.pk, now=timezone.now())
    path = f"mis-pagos/listados/{listing.public_id}/"
    others = base(teammate.links.get())
    for end in ("", "listado.pdf"):
        assert as_owner.get(base(link) + path + end).status_code == 200
        assert as_owner.post(base(link) + path + end).status_code == 405
        assert as_teammate.get(others + path + end).status_code == 404
        assert as_stranger.get(base(link) + path + end).status_code == 404
        assert anonymous.get(base(link) + path + end)["Location"].startswith("/ingresar/")
    for end in (f"{path}descartar/", "mis-pagos/preparar-listado/"):
        assert as_owner.get(base(link) + end).status_code == 405
        assert as_stranger.post(base(link) + end).status_code == 404
    assert as_teammate.post(f"{others}{path}descartar/").status_code == 404
    assert Listing.objects.count() == 1
