"""The digits of the cash networks."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from billing.documents.payment_barcode import (
    DoesNotFit,
    PaymentSlip,
    barcode_digits,
    payment_barcode,
    with_check_digits,
)
from billing.models import Invoice
from oficina.configuration import BarcodeField, Configuration

USUAL = Configuration.model_fields["barcode_layout"].default


def slip(
    *, amount: str = "52387.40", client: str = "08200142370016", surcharge: str = "1047.75", days: int = 14
) -> PaymentSlip:
    return PaymentSlip(
        company="0742",
        client=client,
        amount=Decimal(amount),
        due_on=date(2026, 11, 30),
        surcharge=Decimal(surcharge),
        days_to_second=days,
    )


def joined(fields: str) -> str:
    return fields.replace(" ", "")


def test_each_field_is_in_its_place() -> None:
    # company, amount, year, day of the year, client, currency, surcharge, days, check
    assert barcode_digits(slip(), USUAL) == joined("0742 05238740 26 334 08200142370016 0 104775 14 63")


def test_check_digits_by_hand() -> None:
    # 7·1 + 4·3 + 2·5 + 9·7 + 1·9 + 5·3 = 116, half of it 58: 8. Then 116 + 8·5 = 156, half of it 78: 8.
    assert with_check_digits("742915", 2) == "74291588"
    # The weight after the nine is three again, and half of an odd sum is rounded down: 1·1 + 1·3 + 1·5 + 1·7 + 1·9
    # + 1·3 + 1·5 = 33, 16: 6.
    assert with_check_digits("1111111", 1) == "11111116"
    assert with_check_digits("0000", 2) == "000000"


def test_year_and_day_of_the_first_due_date() -> None:
    assert barcode_digits(PaymentSlip(company="1", client="1", amount=Decimal(1), due_on=date(2028, 12, 31)), USUAL)[
        12:17
    ] == ("28366")


@pytest.mark.parametrize(
    ("too_long", "name"),
    [
        (slip(amount="1000000.00"), BarcodeField.AMOUNT),
        (slip(client="1" * 15), BarcodeField.CLIENT),
        (slip(surcharge="10000.00"), BarcodeField.SURCHARGE),
        (slip(days=100), BarcodeField.DAYS),
    ],
)
def test_what_does_not_fit_is_refused_by_name(too_long: PaymentSlip, name: BarcodeField) -> None:
    with pytest.raises(DoesNotFit) as refused:
        barcode_digits(too_long, USUAL)
    assert refused.value.name is name


def test_the_greatest_amount_that_fits() -> None:
    assert barcode_digits(slip(amount="999999.99"), USUAL)[4:12] == "99999999"


money = st.decimals(min_value=0, max_value=Decimal("999999.99"), places=2)


@given(
    amount=money,
    surcharge=st.decimals(min_value=0, max_value=Decimal("9999.99"), places=2),
    due_on=st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)),
    client=st.text("0123456789", min_size=1, max_size=14),
    days=st.integers(0, 99),
)
def test_every_value_can_be_read_back(
    amount: Decimal, surcharge: Decimal, due_on: date, client: str, days: int
) -> None:
    digits = barcode_digits(
        PaymentSlip(
            company="0742", client=client, amount=amount, due_on=due_on, surcharge=surcharge, days_to_second=days
        ),
        USUAL,
    )

    assert (len(digits), digits.isdecimal()) == (42, True)
    assert Decimal(digits[4:12]) / 100 == amount
    assert date(2000 + int(digits[12:14]), 1, 1) + timedelta(days=int(digits[14:17]) - 1) == due_on
    assert digits[17:31] == client.zfill(14)
    assert (digits[31], Decimal(digits[32:38]) / 100, int(digits[38:40])) == ("0", surcharge, days)
    assert digits == with_check_digits(digits[:40], 2)


def test_a_bill_has_the_usual_layout(bill: Invoice) -> None:
    barcode = payment_barcode(bill)
    assert barcode is not None
    assert barcode.digits[:40] == joined("0742 05238740 26 334 08200142370012 0 104775 14")
    assert barcode.valid_until == date(2026, 12, 14)
    assert barcode.grouped == "0742052 3874026 3340820 0142370 0120104 77514" + barcode.digits[-2:]


def test_another_contract_is_another_layout(bill: Invoice, settings: Settings) -> None:
    settings.UTILITY = settings.UTILITY.model_copy(
        update={"barcode_company": "931", "barcode_layout": "client:14 company:3 amount:10 check:1"}
    )
    barcode = payment_barcode(bill)
    assert barcode is not None
    assert barcode.digits[:-1] == joined("08200142370012 931 0005238740")


@pytest.mark.parametrize(
    ("later_due_on", "later_amounts", "why"),
    [
        ([], [], "there is none"),
        ([date(2026, 12, 14)], [Decimal("62387.40")], "10,000.00 more does not fit"),
        ([date(2027, 3, 20)], [Decimal("53435.15")], "110 days do not fit"),
        ([date(2026, 12, 14)], [Decimal("52000.00")], "it is cheaper"),
    ],
)
def test_a_second_date_that_cannot_be_told_is_left_out(
    bill: Invoice, later_due_on: list[date], later_amounts: list[Decimal], why: str
) -> None:
    bill.later_due_on, bill.later_amounts = later_due_on, later_amounts
    barcode = payment_barcode(bill)
    assert barcode is not None
    assert barcode.digits[31:40] == "000000000", why
    assert barcode.valid_until == date(2026, 11, 30)


def test_no_barcode_for_an_amount_that_does_not_fit(bill: Invoice) -> None:
    bill.amount = Decimal("1000000.00")
    bill.later_due_on, bill.later_amounts = [], []
    assert payment_barcode(bill) is None


def test_no_barcode_without_a_contract(bill: Invoice, settings: Settings) -> None:
    settings.UTILITY = settings.UTILITY.model_copy(update={"barcode_company": ""})
    assert payment_barcode(bill) is None
