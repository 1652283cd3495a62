import re

import pytest
from django.conf import settings as django_settings
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.account_numbers import (
    WrongCheckDigit,
    WrongLength,
    format_account_number,
    generate_check_digit,
    parse_account_number,
    segment_lengths,
)
from oficina.configuration import AccountCheckDigit

bodies = st.text("0123456789", min_size=13, max_size=13)


@pytest.mark.parametrize(
    ("digits", "check"),
    [
        ("0000000000000", "0"),
        ("0000000000001", "7"),  # 1 x 3 = 3
        ("0000000000010", "9"),  # 1 x 1 = 1
        ("0820014237001", "2"),  # 1x3 + 7x1 + 3x3 + 2x1 + 4x3 + 1x1 + 2x3 + 8x1 = 48
    ],
)
def test_generate_check_digit_weighs_three_and_one_from_the_right(digits: str, check: str) -> None:
    assert generate_check_digit(digits) == check


@given(bodies)
def test_parse_reads_back_what_format_writes(body: str) -> None:
    number = body + generate_check_digit(body)
    written = format_account_number(number)

    assert re.fullmatch(r"\d{3}-\d{7}-\d{3}-\d", written)
    assert parse_account_number(written) == number


@given(bodies, st.sampled_from(["", " ", "-", " - ", "\u2013", "\u00a0", "."]))
def test_parse_takes_any_separator(body: str, separator: str) -> None:
    number = body + generate_check_digit(body)

    assert parse_account_number(f" {format_account_number(number).replace('-', separator)}\n") == number


@given(bodies, st.integers(0, 13), st.integers(1, 9))
def test_parse_notices_every_single_mistyped_digit(body: str, place: int, off_by: int) -> None:
    number = body + generate_check_digit(body)
    mistyped = number[:place] + str((int(number[place]) + off_by) % 10) + number[place + 1 :]

    with pytest.raises(WrongCheckDigit):
        parse_account_number(mistyped)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", 0),
        ("082-0014237-001", 13),
        ("082-0014237-001-64", 15),
        ("082-0014237-00I-2", 13),
        ("٠٨٢-0014237-001-2", 11),  # digits of another script are not digits of a bill
    ],
)
def test_parse_refuses_another_length(typed: str, found: int) -> None:
    with pytest.raises(WrongLength) as refusal:
        parse_account_number(typed)

    assert (refusal.value.digits_expected, refusal.value.digits_found) == (14, found)


def test_parse_follows_the_settings(settings: Settings) -> None:
    settings.UTILITY = django_settings.UTILITY.model_copy(
        update={"account_number_format": "00-000", "account_check_digit": AccountCheckDigit.NONE}
    )

    assert segment_lengths() == (2, 3)
    assert parse_account_number("12-345") == "12345"
    assert format_account_number("12345") == "12-345"


def test_format_leaves_a_number_of_another_length_as_it_is() -> None:
    assert format_account_number("123") == "123"
