"""What the generator makes up, judged as it stands, without a database."""

import csv
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import mean

import pytest
from stdnum.ar import cuit, dni

from accounts.account_numbers import has_valid_check_digit, parse_account_number
from oficina.demo.cast import FIXED_ACCOUNTS, LINKABLE, LINKABLE_BILL_NUMBER, PEOPLE
from oficina.demo.generator.accounts import LEAST_INVENTED, Oddity
from oficina.demo.generator.bills import Bill
from oficina.demo.generator.generate import MOST_INVENTED, Utility, generate_demo_data, make_utility
from oficina.demo.generator.schedule import ROUTES, Bimester, route_with_bill_to_pay, route_with_late_bill
from oficina.demo.generator.towns import DEPARTMENTS, TOWNS

TODAY = date(2026, 11, 24)


@cache
def utility(today: date = TODAY, seed: int = 7) -> Utility:
    return make_utility(seed=seed, today=today, invented=60)


def bills_by_account() -> dict[str, list[Bill]]:
    found: dict[str, list[Bill]] = defaultdict(list)
    for bill in utility().bills:
        found[bill.account.number].append(bill)
    return found


def test_lines_add_up_to_the_bill_to_the_cent() -> None:
    for bill in utility().bills:
        cents = sum(int(line.amount * 100) + int(line.vat_amount * 100) for line in bill.lines)
        assert cents == bill.amount * 100


def test_readings_continue_where_the_bimester_before_ended() -> None:
    new_meters = 0
    for bills in bills_by_account().values():
        standing = [bill.readings for bill in bills if not bill.is_void and bill.readings]
        for before, after in pairwise(standing):
            assert after.previous_on == before.current_on
            if after.previous != before.current:
                assert after.previous == 0
                new_meters += 1
    changed = [account for account in utility().accounts if account.oddity is Oddity.METER_CHANGED]
    assert new_meters == len(changed) > 0


def test_summer_uses_more_than_winter() -> None:
    used: dict[int, list[Decimal]] = defaultdict(list)
    for bill in utility().bills:
        if bill.readings and bill.account.oddity is Oddity.NONE and bill.account.tariff.code == "R2":
            used[bill.period.first_day.month].append(bill.readings.used)
    summer, winter = (mean(used[month]) for month in (1, 7))
    assert summer > winter * Decimal("1.7")


def test_due_dates_and_amounts_of_a_bill_rise_and_none_falls_on_a_weekend() -> None:
    places = set()
    for bill in utility().bills:
        days, amounts = zip(*bill.due, strict=True)
        assert bill.period.last_day < bill.issued_on < days[0]
        assert list(days) == sorted(set(days))
        assert list(amounts) == sorted(amounts)
        assert all(day.weekday() < 5 for day in days)
        places.add(len(days))
    assert places == {2, 3}


def test_every_account_has_fifteen_bimesters_save_the_odd_ones_and_the_one_with_sixty() -> None:
    short = {Oddity.NEW, Oddity.WITHOUT_BILLS, Oddity.CLOSED}
    counts = Counter(
        len({bill.period for bill in bills_by_account()[account.number]})
        for account in utility().accounts
        if account.oddity not in short
    )
    assert set(counts) == {15, 60}
    assert counts[60] == 1


def test_some_accounts_have_charges_few_of_them_cancelled() -> None:
    charges = make_utility(seed=7, today=TODAY, invented=600).charges
    charged = Counter(charge.account.number for charge in charges)
    assert 30 < len(charged) < 80
    assert set(charged.values()) == {1, 2, 3}
    assert 0 < sum(charge.is_cancelled for charge in charges) < len(charges) / 3
    assert all(TODAY - timedelta(days=60) < charge.raised_on < TODAY for charge in charges)
    assert len({charge.number for charge in charges}) == len(charges)
    assert [charge.number for charge in charges] == sorted(charge.number for charge in charges)


def test_every_department_and_every_oddity_occurs() -> None:
    accounts = utility().accounts
    assert {account.department.name for account in accounts} == {department.name for department in DEPARTMENTS}
    assert len(DEPARTMENTS) == 18
    assert {account.oddity for account in accounts} == set(Oddity)
    assert any(account.parcel is None for account in accounts)
    assert max(len(account.holder.name) for account in accounts) > 150
    assert max(bill.amount for bill in utility().bills) > Decimal("999999.99")
    assert any(bill.is_void for bill in utility().bills)
    assert {bill.document_code for bill in utility().bills} == {17, 18}


def test_account_numbers_and_documents_have_right_check_digits() -> None:
    for account in utility().accounts:
        assert has_valid_check_digit(account.number), account
        assert (cuit if len(account.holder.document) == 11 else dni).is_valid(account.holder.document), account
    for person in PEOPLE:
        assert not person.document or cuit.is_valid(person.document) or dni.is_valid(person.document)


def test_numbers_of_accounts_and_codes_of_bills_are_unique_and_numbers_repeat_between_series_only() -> None:
    accounts, bills = utility().accounts, utility().bills
    assert len({account.number for account in accounts}) == len(accounts)
    codes = [bill.payment_code for bill in bills if bill.payment_code]
    assert len(set(codes)) == len(codes)
    assert {len(code) for code in codes} == {14}
    assert len({(bill.document_code, bill.number) for bill in bills}) == len(bills)
    assert len({bill.number for bill in bills}) < len(bills)


def test_parcels_are_closed_rings_around_their_point_in_their_town() -> None:
    for account in utility().accounts:
        if account.point is None or account.parcel is None:
            continue
        latitude, longitude = account.point
        assert abs(latitude - account.town.latitude) <= account.town.reach
        assert account.parcel[0] == account.parcel[-1]
        east, north = zip(*account.parcel, strict=True)
        assert min(east) < longitude < max(east)
        assert min(north) < latitude < max(north)
        assert max(north) - min(north) < 0.001


def test_nothing_is_paid_before_its_issue_nor_today() -> None:
    for operation in utility().operations:
        assert operation.paid_at.date() < TODAY
        assert all(operation.paid_at.date() >= bill.issued_on for bill, _ in operation.paid)


def test_known_bill_of_the_account_to_link_keeps_its_number() -> None:
    for today in (TODAY, date(2027, 3, 1)):
        [newest] = [
            bill
            for bill in utility(today).bills
            if bill.account.number == LINKABLE.number.replace("-", "") and bill.age == 0
        ]
        assert newest.number == LINKABLE_BILL_NUMBER


def test_cast_accounts_can_be_typed_as_they_are_printed() -> None:
    assert len(FIXED_ACCOUNTS) == 65
    for fixed in FIXED_ACCOUNTS:
        assert parse_account_number(fixed.number) == fixed.number.replace("-", "")
        assert fixed.number.split("-")[0] in TOWNS[fixed.town][0].zones


def test_same_seed_and_date_write_the_same_files_and_another_seed_others(tmp_path: Path) -> None:
    first, again, other = (
        [path.read_bytes() for path in generate_demo_data(tmp_path / name, seed=seed, today=TODAY, invented=60)]
        for name, seed in (("first", 7), ("again", 7), ("other", 8))
    )
    assert first == again
    assert all(mine != others for mine, others in zip(first, other, strict=True))


def test_files_add_up_to_each_other(tmp_path: Path) -> None:
    _, invoices, lines, *_ = generate_demo_data(tmp_path, seed=7, today=TODAY, invented=60)
    charged: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    with lines.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            charged[row["document_code"], row["invoice_number"]] += Decimal(row["amount"]) + Decimal(row["vat_amount"])
    with invoices.open(encoding="utf-8") as stream:
        billed = {
            (row["document_code"], row["invoice_number"]): Decimal(row["amount"]) for row in csv.DictReader(stream)
        }
    assert charged == billed


@pytest.mark.parametrize("invented", [LEAST_INVENTED - 1, MOST_INVENTED + 1])
def test_too_few_or_too_many_accounts_are_refused(invented: int) -> None:
    with pytest.raises(ValueError, match=f"{LEAST_INVENTED} and {MOST_INVENTED} accounts, not {invented}"):
        make_utility(seed=7, today=TODAY, invented=invented)


def test_on_any_day_some_route_has_a_bill_to_come_soon_and_some_route_one_past_due() -> None:
    for days in range(2 * 366):
        today = date(2026, 1, 1) + timedelta(days=days)
        coming, late = route_with_bill_to_pay(today), route_with_late_bill(today)
        newest = coming.newest(today)
        assert coming.issued_on(newest) <= today <= coming.due_on(newest, 0) <= today + timedelta(days=30)
        assert late.due_on(late.newest(today), 0) < today <= late.due_on(late.newest(today), 0) + timedelta(days=62)


def test_bimester_is_issued_after_its_end_on_a_working_day() -> None:
    september = Bimester(date(2026, 9, 1))
    assert september.last_day == date(2026, 10, 31)
    assert [route.issued_on(september) for route in ROUTES] == [
        date(2026, 11, 2),
        date(2026, 11, 23),  # the 22nd is a Sunday
        date(2026, 12, 14),  # the 12th is a Saturday
    ]
    assert ROUTES[0].due_on(september, 0) == date(2026, 11, 30)
