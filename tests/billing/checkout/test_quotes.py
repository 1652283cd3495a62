"""The summary before paying."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import signing
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import AccountLink, User
from billing.enums import InvoiceStatus
from billing.external_payments import record_external_payment
from billing.models import Invoice
from billing.quotes import Quote, QuoteItem, make_quote, read_quote, sign_quote
from billing.refusals import (
    InvoiceInProcess,
    InvoiceNotPayable,
    NothingChosen,
    QuoteUnreadable,
    TotalAboveMaximum,
    TotalBelowMinimum,
    UnknownInvoice,
)
from billing.settlement import settle_payment
from oficina.shared.dates import today
from tests.conftest import NOON
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import (
    InvoiceFactory,
    LateInterestPolicyFactory,
    begin_checkout,
    on_its_way,
    open_checkout,
    operation,
    paid_checkout,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def quote_of(link: AccountLink, *invoices: Invoice) -> Quote:
    return make_quote(link, [invoice.public_id for invoice in invoices], on=today(), now=timezone.now())


def test_quote_is_what_each_bill_costs_that_day(link: AccountLink) -> None:
    LateInterestPolicyFactory.create()
    in_time = InvoiceFactory.create(account=link.account, amount=Decimal("800.10"), due_on=date(2026, 11, 24))
    printed = InvoiceFactory.create(
        account=link.account,
        due_on=date(2026, 11, 1),
        later_due_on=[date(2026, 11, 30)],
        later_amounts=[Decimal("1050.00")],
    )
    late = InvoiceFactory.create(account=link.account, due_on=date(2026, 11, 14))

    quote = quote_of(link, late, in_time, printed)

    assert quote.items == (
        QuoteItem(invoice_id=in_time.pk, amount=Decimal("800.10"), surcharge=Decimal("0.00")),
        QuoteItem(invoice_id=printed.pk, amount=Decimal("1050.00"), surcharge=Decimal("50.00")),
        QuoteItem(invoice_id=late.pk, amount=Decimal("1007.00"), surcharge=Decimal("7.00")),
    )
    assert quote.total == Decimal("2857.10")
    assert quote.priced_on == date(2026, 11, 24)


def test_quote_holds_for_the_minutes_of_the_setting(
    link: AccountLink, at_noon: time_machine.Traveller, settings: Settings
) -> None:
    settings.UTILITY = settings.UTILITY.model_copy(update={"quote_minutes": 10})
    quote = quote_of(link, InvoiceFactory.create(account=link.account))

    assert quote.valid_until == NOON + timedelta(minutes=10)
    assert not quote.has_expired(at=NOON + timedelta(minutes=9, seconds=59))
    assert quote.has_expired(at=NOON + timedelta(minutes=10))


def test_quote_of_a_bill_paid_in_part_asks_for_the_rest(link: AccountLink) -> None:
    invoice = InvoiceFactory.create(account=link.account)
    record_external_payment(operation(link.account, (invoice, Decimal("400.00"))), cause="test")

    (item,) = quote_of(link, invoice).items

    assert item == QuoteItem(invoice_id=invoice.pk, amount=Decimal("600.00"), surcharge=Decimal("0.00"))


def test_quote_refuses_a_paid_bill(link: AccountLink) -> None:
    invoice, other = InvoiceFactory.create(account=link.account), InvoiceFactory.create(account=link.account)
    paid_checkout(invoice)

    with pytest.raises(InvoiceNotPayable) as refused:
        quote_of(link, invoice, other)

    assert [each.pk for each in refused.value.invoices] == [invoice.pk]


def test_quote_refuses_nothing(link: AccountLink) -> None:
    with pytest.raises(NothingChosen):
        quote_of(link)


def test_quote_refuses_a_bill_of_another_account_as_unknown(link: AccountLink) -> None:
    mine, stranger = InvoiceFactory.create(account=link.account), InvoiceFactory.create()

    with pytest.raises(UnknownInvoice):
        quote_of(link, mine, stranger)


def test_quote_counts_a_bill_named_twice_once(link: AccountLink) -> None:
    invoice = InvoiceFactory.create(account=link.account)

    assert quote_of(link, invoice, invoice).total == Decimal("1000.00")


def test_quote_refuses_a_void_bill(link: AccountLink) -> None:
    invoice = InvoiceFactory.create(account=link.account, status=InvoiceStatus.VOID)

    with pytest.raises(InvoiceNotPayable):
        quote_of(link, invoice)


def test_quote_refuses_a_bill_whose_money_is_on_its_way(link: AccountLink) -> None:
    invoice, other = InvoiceFactory.create(account=link.account), InvoiceFactory.create(account=link.account)
    payment = begin_checkout(invoice)
    settle_payment(payment.pk, on_its_way(payment), cause="test")

    with pytest.raises(InvoiceInProcess) as refused:
        quote_of(link, other, invoice)

    assert [each.pk for each in refused.value.invoices] == [invoice.pk]


def test_quote_takes_a_bill_whose_checkout_is_open(link: AccountLink) -> None:
    invoice = InvoiceFactory.create(account=link.account)
    open_checkout(invoice)

    assert quote_of(link, invoice).total == Decimal("1000.00")


@pytest.mark.parametrize("amount", ["500.00", "999999.00"])
def test_scenario_25_the_limits_themselves_are_taken(link: AccountLink, amount: str) -> None:
    assert quote_of(link, InvoiceFactory.create(account=link.account, amount=amount)).total == Decimal(amount)


def test_scenario_25_below_the_minimum(link: AccountLink) -> None:
    invoice = InvoiceFactory.create(account=link.account, amount=Decimal("499.99"))

    with pytest.raises(TotalBelowMinimum) as refused:
        quote_of(link, invoice)

    assert (refused.value.total, refused.value.minimum) == (Decimal("499.99"), Decimal(500))


def test_scenario_25_above_the_maximum(link: AccountLink) -> None:
    invoice = InvoiceFactory.create(account=link.account, amount=Decimal("999999.01"))

    with pytest.raises(TotalAboveMaximum) as refused:
        quote_of(link, invoice)

    assert (refused.value.total, refused.value.maximum) == (Decimal("999999.01"), Decimal(999_999))


def test_signed_quote_reads_back_as_it_was(link: AccountLink) -> None:
    quote = quote_of(link, InvoiceFactory.create(account=link.account), InvoiceFactory.create(account=link.account))

    assert read_quote(sign_quote(quote), link) == quote


def test_signed_quote_is_of_one_person_and_account(link: AccountLink, teammate: User) -> None:
    text = sign_quote(quote_of(link, InvoiceFactory.create(account=link.account)))
    teammates = AccountLink.objects.get(user=teammate)
    other_account = AccountLinkFactory.create(user=link.user)

    for another in (teammates, other_account):
        with pytest.raises(QuoteUnreadable):
            read_quote(text, another)


@pytest.mark.parametrize(
    "text",
    ["", "nothing", ":::", "é", signing.dumps({"key": "quote-1"}, salt="another")],
    ids=["empty", "words", "colons", "not ASCII", "signed for something else"],
)
def test_signed_quote_refuses_what_we_did_not_sign(link: AccountLink, text: str) -> None:
    with pytest.raises(QuoteUnreadable):
        read_quote(text, link)


def test_quote_runs_as_many_queries_for_many_bills_as_for_one(
    link: AccountLink, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many = InvoiceFactory.create_batch(30, account=link.account)
    for invoices in (many[:1], many):
        with django_assert_num_queries(3):
            quote_of(link, *invoices)
