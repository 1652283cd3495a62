"""What the office's first page tells of money: to the cent what the rendición has, beside the year before."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ServiceAccount, User
from billing.collected import Collected, collected_between
from billing.disputes import record_dispute
from billing.enums import DisputeState
from billing.export import export_rows
from billing.external_payments import record_external_payment
from billing.gateway.returns import RefundStatus
from billing.models import Payment
from billing.refunds import record_refund, record_reversal
from oficina.shared.exporting import midnight
from oficina.staff.home.charts import Pair, draw_columns, draw_lengths
from oficina.staff.home.money import Money, money_shown
from oficina.staff.home.takings import takings, year_before
from oficina.staff.home.words import waited
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory, LateInterestPolicyFactory, operation, paid_checkout
from tests.factories.channels import CollectionChannelFactory
from tests.factories.returns import asked_refund, dispute_report, refund_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

LAST_YEAR = datetime(2025, 11, 24, 15, 0, tzinfo=UTC)
"""Noon of the same day."""

type Pay = Callable[..., Payment]


@pytest.fixture
def pay(at_noon: time_machine.Traveller, account: ServiceAccount) -> Pay:
    """Puts money at a counter into the ledger at some moment; time stays there."""

    def at(moment: datetime, amount: str, channel: str = "rapipago") -> Payment:
        at_noon.move_to(moment)
        return record_external_payment(operation(account, amount=Decimal(amount), channel=channel), cause="test")

    return at


def pesos_of(collected: Collected) -> tuple[int, str, str]:
    return collected.payments, str(collected.received), str(collected.returned)


def words_of(money: Money) -> list[str]:
    return [headline.comparison.replace("\N{NO-BREAK SPACE}", " ") for headline in money.headlines]


def test_every_day_and_channel_equals_the_rendicion(
    at_noon: time_machine.Traveller, account: ServiceAccount, staff: User
) -> None:
    """Payments, a refund that failed, one that lasted, a reversal, a dispute that was won, each on another day."""
    LateInterestPolicyFactory.create()
    bills = InvoiceFactory.create_batch(3, account=account)
    card = paid_checkout(*bills[:2])
    counter = record_external_payment(
        operation(account, (bills[2], Decimal("1000.00")), amount=Decimal("1000.30")), cause="test"
    )
    at_noon.shift(timedelta(days=1))
    failing, lasting = (asked_refund(card, Decimal(amount), by=staff) for amount in ("300.00", "123.45"))
    record_reversal(counter.pk, amount=Decimal("1000.30"), operation_number="R", reversed_at=NOON, reason="test")
    at_noon.shift(timedelta(days=1))
    record_refund(card.pk, refund_report(card, failing.amount, RefundStatus.FAILED, refund=failing))
    record_refund(card.pk, refund_report(card, lasting.amount, refund=lasting))
    taken = dispute_report(card, Decimal("500.00"), withdrawn=Decimal("500.00"))
    record_dispute(card.pk, taken)
    at_noon.shift(timedelta(days=1))
    won = dispute_report(
        card, Decimal("500.00"), DisputeState.WON, withdrawn=Decimal("500.00"), reinstated=Decimal("500.00")
    )
    record_dispute(card.pk, won)

    days = [NOON.date() + timedelta(days=number) for number in range(5)]
    found = collected_between([midnight(day) for day in days])

    assert [{channel: pesos_of(of) for channel, of in day.items()} for day in found] == [
        {"checkout": (1, "2000.00", "0.00"), "rapipago": (1, "1000.30", "0.00")},
        {"checkout": (0, "0.00", "423.45"), "rapipago": (0, "0.00", "1000.30")},
        {"checkout": (0, "0.00", "200.00")},
        {"checkout": (0, "0.00", "-500.00")},
    ]
    for day, of_day in zip(days, found, strict=False):
        exported: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for row in export_rows(day, day):
            exported[row.channel]["returned" if row.movement == "returned" else "net"] += row.amount
        assert {channel: (of.net, of.returned) for channel, of in of_day.items()} == {
            channel: (sums["net"], sums["returned"]) for channel, sums in exported.items()
        }


def test_a_morning_is_held_against_a_morning(pay: Pay) -> None:
    pay(datetime(2025, 11, 3, 12, 0, tzinfo=UTC), "1000.00")
    pay(LAST_YEAR - timedelta(hours=3), "500.00")
    pay(LAST_YEAR + timedelta(hours=3), "700.00")  # in the afternoon of that day
    pay(LAST_YEAR + timedelta(days=2), "300.00")
    pay(NOON - timedelta(days=20), "1250.00")
    pay(NOON - timedelta(hours=1), "550.00", channel="pago-facil")
    pay(NOON - timedelta(minutes=1), "10.05")

    found = takings(NOON)

    assert pesos_of(found.today.now.total) == (2, "560.05", "0.00")
    assert pesos_of(found.today.before.total) == (1, "500.00", "0.00")
    assert pesos_of(found.month.now.total) == (3, "1810.05", "0.00")
    assert pesos_of(found.month.before.total) == (2, "1500.00", "0.00")
    shown = money_shown(NOON)
    assert words_of(shown) == [
        "12 % más que el 24/11/2025 a esta hora ($ 500,00).",
        "21 % más que a esta altura de noviembre de 2025 ($ 1.500,00).",
    ]
    assert [(line.name, str(line.now.net), str(line.before.net), line.difference) for line in shown.channels] == [
        ("Rapipago", "1260.05", "1500.00", "-16\N{NO-BREAK SPACE}%"),
        ("Pago Fácil", "550.00", "0.00", "—"),
    ]
    whole = {day.number: day.before.received for day in shown.days if day.before and day.before.payments}
    assert whole == {3: Decimal("1000.00"), 24: Decimal("1200.00"), 26: Decimal("300.00")}
    assert [day.number for day in shown.days if day.now is None] == [25, 26, 27, 28, 29, 30]


def test_local_days_begin_and_end_at_midnight_in_mendoza(pay: Pay) -> None:
    pay(datetime(2026, 11, 24, 2, 59, 59, tzinfo=UTC), "1.00")  # 23:59:59 of the 23rd
    pay(datetime(2026, 11, 24, 3, 0, tzinfo=UTC), "2.00")
    pay(datetime(2026, 11, 1, 2, 59, tzinfo=UTC), "4.00")  # October, there
    pay(datetime(2026, 11, 1, 3, 0, tzinfo=UTC), "8.00")

    late = datetime(2026, 11, 25, 2, 59, tzinfo=UTC)  # 23:59 of the 24th
    found = takings(late)
    assert (found.today.now.until, str(found.today.now.total.net)) == (date(2026, 11, 24), "2.00")
    assert str(found.month.now.total.net) == "11.00"
    assert str(takings(late + timedelta(minutes=1)).today.now.total.net) == "0.00"


def test_a_refund_counts_when_it_leaves_and_may_make_a_day_negative(pay: Pay, staff: User) -> None:
    pay(LAST_YEAR - timedelta(hours=1), "100.00")
    yesterday = pay(NOON - timedelta(days=1), "900.00")
    pay(NOON - timedelta(hours=1), "200.00")
    record_reversal(
        yesterday.pk, amount=Decimal("900.00"), operation_number="R", reversed_at=NOON, reason="La anuló el canal"
    )

    shown = money_shown(NOON)

    assert pesos_of(shown.headlines[0].total) == (1, "200.00", "900.00")
    assert str(shown.headlines[0].total.net) == "-700.00"
    assert words_of(shown) == [
        "800 % menos que el 24/11/2025 a esta hora ($ 100,00).",
        "100 % más que a esta altura de noviembre de 2025 ($ 100,00).",
    ]
    assert shown.chart.columns[23].now_height == "0.0"


def test_a_first_year_has_nothing_to_compare_with(pay: Pay) -> None:
    assert words_of(money_shown(NOON)) == [
        "Sin cobros el 24/11/2025 a esta hora: no hay con qué comparar.",
        "Sin cobros a esta altura de noviembre de 2025: no hay con qué comparar.",
    ]
    pay(LAST_YEAR - timedelta(hours=1), "400.00")
    pay(NOON - timedelta(hours=1), "400.00")
    shown = money_shown(NOON)
    assert words_of(shown)[0] == "Lo mismo que el 24/11/2025 a esta hora ($ 400,00)."
    assert shown.summary == (
        "El mejor día de noviembre de 2026 es el 24, con $\N{NO-BREAK SPACE}400,00. La tabla de abajo tiene cada día."
    )


def test_more_was_given_back_than_came_a_year_before(pay: Pay) -> None:
    earlier = pay(LAST_YEAR - timedelta(days=40), "500.00")
    pay(LAST_YEAR - timedelta(hours=1), "100.00")
    record_reversal(earlier.pk, amount=Decimal("500.00"), operation_number="R", reversed_at=NOON, reason="test")
    pay(NOON - timedelta(hours=1), "50.00")

    assert words_of(money_shown(NOON)) == [
        "Recaudado el 24/11/2025 a esta hora: -$ 400,00.",
        "Recaudado a esta altura de noviembre de 2025: -$ 400,00.",
    ]


def test_a_leap_day_is_held_against_the_28th_and_the_whole_february(pay: Pay) -> None:
    leap = datetime(2028, 2, 29, 15, 0, tzinfo=UTC)
    pay(datetime(2027, 2, 28, 14, 0, tzinfo=UTC), "100.00")
    pay(datetime(2027, 2, 28, 20, 0, tzinfo=UTC), "300.00")
    pay(leap - timedelta(days=10), "800.00")

    pay(leap - timedelta(hours=1), "100.00")
    shown = money_shown(leap)

    assert words_of(shown) == [
        "Lo mismo que el 28/02/2027 a esta hora ($ 100,00).",
        "125 % más que en todo febrero de 2027 ($ 400,00).",
    ]
    assert shown.held_against == "febrero de 2027, entero"
    assert [(day.number, day.before is None) for day in shown.days][-2:] == [(28, False), (29, True)]
    assert (year_before(date(2028, 2, 29)), year_before(date(2029, 2, 28))) == (date(2027, 2, 28), date(2028, 2, 28))


@pytest.mark.parametrize(
    ("now", "days"),
    [
        (datetime(2029, 2, 28, 15, 0, tzinfo=UTC), 29),  # the February before had a day more
        (datetime(2027, 1, 31, 15, 0, tzinfo=UTC), 31),
        (datetime(2026, 4, 30, 15, 0, tzinfo=UTC), 30),
        (datetime(2026, 12, 1, 3, 0, tzinfo=UTC), 31),  # the first instant of a month
    ],
)
def test_a_month_shows_every_day_that_it_has_in_either_year(now: datetime, days: int) -> None:
    found = takings(now)

    assert [day.number for day in found.days] == list(range(1, days + 1))
    assert found.month.before.until.month == found.month.now.until.month


def test_a_channel_that_the_office_named_has_its_name(pay: Pay) -> None:
    CollectionChannelFactory.create(slug="cobro-express", name="Cobro Express")
    pay(NOON - timedelta(hours=1), "20.00", channel="cobro-express")
    pay(NOON - timedelta(hours=1), "30.00", channel="sin-nombre")

    assert [name for name, _ in money_shown(NOON).headlines[0].channels] == ["sin-nombre", "Cobro Express"]


def test_it_costs_the_same_with_more_payments(pay: Pay) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            money_shown(NOON)
        return len(asked)

    few = queries()
    for number in range(5):
        pay(NOON - timedelta(hours=number + 1), "20.00", channel=f"canal-{number}")
        pay(LAST_YEAR - timedelta(days=number), "20.00", channel=f"canal-{number}")
    assert (few, queries()) == (3, 3)


def test_bars_are_as_high_as_their_part_of_the_greatest() -> None:
    pairs = [
        Pair(label="1", now=Decimal("50.00"), before=Decimal("200.00"), words="uno"),
        Pair(label="2", now=None, before=Decimal("-3.00"), words="dos"),
    ]

    chart = draw_columns(pairs)
    assert (chart.width, chart.tallest) == ("28", Decimal("200.00"))
    first, second = chart.columns
    assert (first.before_x, first.before_y, first.before_height) == ("2", "4.0", "96.0")
    assert (first.now_x, first.now_y, first.now_height) == ("7", "76.0", "24.0")
    assert (second.before_height, second.now_height, second.now_y) == ("0.0", "0.0", "100.0")
    assert [(bars.now, bars.before) for bars in draw_lengths(pairs)] == [("25.0", "100.0"), ("0.0", "0.0")]
    assert draw_columns([]).tallest == 0


def test_waiting_is_told_in_hours_and_days() -> None:
    ago = (
        timedelta(minutes=59),
        timedelta(hours=1),
        timedelta(hours=23, minutes=59),
        timedelta(days=1),
        timedelta(days=40),
    )

    assert [waited(NOON - long, NOON) for long in ago] == ["menos de 1 hora", "1 hora", "23 horas", "1 día", "40 días"]
