import csv
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from pypdf import PdfReader
from time_machine import Traveller

from accounts.models import AccountLink, User
from billing.channel_names import channel_names
from billing.enums import ListingKind, ListingState
from billing.external_payments import record_external_payment
from billing.listings.drawing import draw_short
from billing.listings.histories import HISTORIES
from billing.listings.history_filter import HistoryFilter
from billing.listings.requests import (
    KEPT_FOR,
    MOST_KEPT,
    TooManyListings,
    discard_listing,
    draw_listing,
    give_listing_up,
    remove_expired_listings,
    request_listing,
)
from billing.models import Listing, Payment
from billing.tasks import draw_long_listing
from oficina.shared.spreadsheets import spreadsheet
from tests.factories.billing import InvoiceFactory, operation, paid_checkout
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

EVERYTHING = HistoryFilter()


def counter_payment(link: AccountLink, *, days_ago: int = 0, channel: str = "rapipago") -> Payment:
    bill = InvoiceFactory.create(account=link.account)
    at = timezone.now() - timedelta(days=days_ago)
    received = operation(link.account, (bill, Decimal("1000.00")), channel=channel, paid_at=at)
    return record_external_payment(received, cause="test")


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).replace("\xa0", " ")


def numbers_of(link: AccountLink, chosen: HistoryFilter) -> set[str]:
    return {row.number for row in HISTORIES[ListingKind.PAYMENTS].rows(link, chosen)}


def test_filters_combine_and_their_dates_are_local_and_included(link: AccountLink) -> None:
    today = counter_payment(link)
    week = counter_payment(link, days_ago=7)
    other = counter_payment(link, days_ago=7, channel="pago-facil")
    day = date(2026, 11, 17)

    assert numbers_of(link, EVERYTHING) == {today.number, week.number, other.number}
    assert numbers_of(link, HistoryFilter(since=day, until=day)) == {week.number, other.number}
    assert numbers_of(link, HistoryFilter(until=day, channel="rapipago")) == {week.number}
    assert numbers_of(link, HistoryFilter(state="rechazado")) == set()
    assert len(list(HISTORIES[ListingKind.PAID_BILLS].rows(link, HistoryFilter(since=day, until=day)))) == 2
    assert len(list(HISTORIES[ListingKind.PAID_BILLS].rows(link, HistoryFilter(channel="pago-facil")))) == 1


def test_a_filter_is_the_same_after_the_address() -> None:
    chosen = HistoryFilter(since=date(2026, 1, 1), channel="rapipago", state="imputado")

    assert HistoryFilter.from_parameters(chosen.parameters()) == chosen
    assert chosen.in_words(channel_names()) == "Desde el 01/01/2026, canal Rapipago, estado imputado"
    assert EVERYTHING.parameters() == {}


@pytest.mark.parametrize("kind", ListingKind)
def test_the_file_adds_up_to_the_ledger_to_the_cent(kind: ListingKind, link: AccountLink) -> None:
    paid_checkout(InvoiceFactory.create(account=link.account, amount=Decimal("1234.56")), payer=link.user)
    counter_payment(link)
    history = HISTORIES[kind]
    column = "Imputado" if kind is ListingKind.PAYMENTS else "Pagado"
    rows = history.exported_rows(link, EVERYTHING)
    body = b"".join(spreadsheet([name for name, _ in history.exported], rows))

    read = list(csv.DictReader(StringIO(body.decode("utf-8-sig")), delimiter=";"))

    assert body.startswith(b"\xef\xbb\xbf")
    assert sum(Decimal(row[column].replace(",", ".")) for row in read) == Decimal("2234.56")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|cmd", "%x"])
def test_no_text_becomes_a_formula(text: str) -> None:
    body = b"".join(spreadsheet(["Concepto"], [[text]])).decode("utf-8-sig")

    assert list(csv.reader(StringIO(body, newline=""), delimiter=";"))[1] == [f"'{text}"]


def test_amounts_and_dates_are_written_as_a_local_spreadsheet_reads_them() -> None:
    rows: list[list[str | Decimal | date]] = [[date(2026, 11, 24), Decimal("-1234.50"), "a;b"]]

    assert b"".join(spreadsheet(["x", "y", "z"], rows)) == '\ufeffx;y;z\r\n24/11/2026;-1234,50;"a;b"\r\n'.encode()


def test_means_are_the_payers_alone(link: AccountLink, teammate: User) -> None:
    paid_checkout(InvoiceFactory.create(account=link.account), payer=link.user)
    history = HISTORIES[ListingKind.PAYMENTS]

    own = draw_short(history, link, EVERYTHING, at=timezone.now())
    others = draw_short(history, teammate.links.get(), EVERYTHING, at=timezone.now())

    assert "4417" in text_of(own)
    assert "4417" not in text_of(others)
    assert "1 pago, $ 1.000,00 imputados" in text_of(others)


@pytest.mark.parametrize("kind", ListingKind)
def test_a_long_listing_has_each_row_and_tells_its_pages(kind: ListingKind, link: AccountLink) -> None:
    payments = [counter_payment(link, days_ago=back) for back in range(70)]
    run_jobs()
    listing = request_listing(link, kind, EVERYTHING, now=timezone.now())

    assert run_jobs() == ["billing.draw_listing"]

    listing.refresh_from_db()
    assert (listing.state, listing.drawn) == (ListingState.DONE, 70)
    text = text_of(bytes(listing.pdf or b""))
    pages = len(PdfReader(BytesIO(bytes(listing.pdf or b""))).pages)
    assert pages > 1
    assert all(f"Página {page} de {pages}" in text for page in range(1, pages + 1))
    assert text.count("$ 70.000,00") == 2
    if kind is ListingKind.PAYMENTS:
        assert [payment.number in text for payment in payments] == [True] * 70


def test_the_same_request_while_one_is_under_way_gives_that_one(link: AccountLink) -> None:
    first = request_listing(link, ListingKind.PAYMENTS, EVERYTHING, now=timezone.now())

    assert request_listing(link, ListingKind.PAYMENTS, EVERYTHING, now=timezone.now()) == first
    assert request_listing(link, ListingKind.PAID_BILLS, EVERYTHING, now=timezone.now()) != first
    assert run_jobs() == ["billing.draw_listing"] * 2
    assert request_listing(link, ListingKind.PAYMENTS, EVERYTHING, now=timezone.now()) != first


def test_a_person_has_so_many_at_a_time(link: AccountLink, at_noon: Traveller) -> None:
    for day in range(MOST_KEPT):
        chosen = HistoryFilter(since=date(2026, 1, day + 1))
        request_listing(link, ListingKind.PAYMENTS, chosen, now=timezone.now())
    with pytest.raises(TooManyListings):
        request_listing(link, ListingKind.PAYMENTS, EVERYTHING, now=timezone.now())

    at_noon.shift(KEPT_FOR)

    request_listing(link, ListingKind.PAYMENTS, EVERYTHING, now=timezone.now())
    remove_expired_listings(now=timezone.now())
    assert Listing.objects.count() == 1


def test_drawing_twice_after_discarding_and_after_giving_up_is_harmless(link: AccountLink) -> None:
    kept = request_listing(link, ListingKind.PAYMENTS, EVERYTHING, now=timezone.now())
    draw_listing(kept.pk, now=timezone.now())
    kept.refresh_from_db()
    drawn = bytes(kept.pdf or b"")
    draw_listing(kept.pk, now=timezone.now())
    give_listing_up(kept.pk)
    kept.refresh_from_db()
    assert (kept.state, bytes(kept.pdf or b"")) == (ListingState.DONE, drawn)

    gone = request_listing(link, ListingKind.PAYMENTS, EVERYTHING, now=timezone.now())
    discard_listing(gone)
    draw_listing(gone.pk, now=timezone.now())
    assert list(Listing.objects.all()) == [kept]

    failed = request_listing(link, ListingKind.PAYMENTS, EVERYTHING, now=timezone.now())
    give_listing_up(failed.pk)
    draw_listing(failed.pk, now=timezone.now())
    failed.refresh_from_db()
    assert (failed.state, failed.pdf) == (ListingState.FAILED, None)


def draw_at(listing: Listing, attempts: int) -> None:
    """What the job of the listing does after so many earlier tries."""
    job = ProcrastinateJob.objects.get(args__listing_id=listing.pk).procrastinate_job.evolve(attempts=attempts)
    context = JobContext(app=app, job=job, start_timestamp=0.0, abort_reason=lambda: None)
    draw_long_listing.func(context, listing_id=listing.pk)


def test_a_listing_that_cannot_be_drawn_is_given_up_at_the_last_try(link: AccountLink) -> None:
    listing = request_listing(link, ListingKind.PAYMENTS, EVERYTHING, now=timezone.now())
    Listing.objects.update(chosen={"desde": "ayer"})

    for attempts, state in enumerate((ListingState.QUEUED, ListingState.QUEUED, ListingState.FAILED)):
        with pytest.raises(ValueError, match="ayer"):
            draw_at(listing, attempts)
        listing.refresh_from_db()
        assert listing.state == state


def test_a_listing_at_which_workers_die_again_and_again_is_given_up(link: AccountLink) -> None:
    listing = request_listing(link, ListingKind.PAYMENTS, EVERYTHING, now=timezone.now())

    draw_at(listing, 3)

    listing.refresh_from_db()
    assert (listing.state, listing.pdf) == (ListingState.FAILED, None)
    again = request_listing(link, ListingKind.PAYMENTS, EVERYTHING, now=timezone.now())
    assert list(Listing.objects.all()) == [again]
    draw_at(again, 2)
    again.refresh_from_db()
    assert again.state == ListingState.DONE
