"""Shifts of the till: opening, closing, and the paper of the closing."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.desk.annulling import annul_desk_payment
from billing.desk.closing_document import render_closing
from billing.desk.refusals import DifferenceUnexplained, ShiftAlreadyOpen, ShiftClosed, TillMoved
from billing.desk.shifts import close_shift, expected_cash, open_shift
from billing.desk.taking import CardSlip, CashHandedOver
from billing.desk.totals import MeansTotal, shift_totals
from billing.enums import TillMeans
from billing.models import TillPayment, TillShift
from tests.billing.ledger.refusing import run
from tests.factories.accounts import UserFactory
from tests.factories.billing import InvoiceFactory
from tests.factories.till import card_slip, opened_till, taken_at_desk
from tests.printed import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon", "books")]

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def busy(shift: TillShift, link: AccountLink, staff: User) -> TillShift:
    """Olga's shift with 1,000 and 250.50 in cash, 700 by card, and 90 in cash that were annulled."""
    amounts: list[tuple[str, CashHandedOver | CardSlip | None]] = [
        ("1000.00", None), ("250.50", CashHandedOver(handed_over=Decimal(300))), ("700.00", card_slip("7")),
        ("90.00", None),
    ]  # fmt: skip
    for amount, means in amounts:
        bill = InvoiceFactory.create(account=link.account, amount=Decimal(amount))
        taken = taken_at_desk(bill, by=staff, means=means)
    annul_desk_payment(taken.pk, by=staff, reason="Otra cuenta", now=timezone.now())
    return shift


def close(shift: TillShift, counted: str, *, by: User, expected: str = "6250.50", reason: str = "") -> TillShift:
    return close_shift(
        shift.pk, by=by, counted=Decimal(counted), expected=Decimal(expected), reason=reason, now=timezone.now()
    )


def test_one_shift_a_person_is_open(staff: User) -> None:
    first = opened_till(staff, cash=Decimal("0.00"))
    with pytest.raises(ShiftAlreadyOpen) as refused:
        open_shift(staff, Decimal("100.00"), now=timezone.now())
    assert refused.value.shift == first
    opened_till(UserFactory.create(is_staff=True))
    close(first, "0.00", by=staff, expected="0.00")
    opened_till(staff)
    assert TillShift.objects.still_open().count() == 2


def test_totals_leave_out_what_was_annulled(busy: TillShift) -> None:
    totals = shift_totals(busy)
    assert totals.by_means == [
        MeansTotal(means=TillMeans.CASH, count=2, amount=Decimal("1250.50")),
        MeansTotal(means=TillMeans.CARD, count=1, amount=Decimal("700.00")),
    ]
    assert (totals.count, totals.amount) == (3, Decimal("1950.50"))
    assert (totals.annulled, totals.annulled_amount) == (1, Decimal("90.00"))
    assert expected_cash(busy) == Decimal("6250.50")


def test_it_closes_with_what_was_counted(busy: TillShift, staff: User) -> None:
    closed = close(busy, "6250.50", by=staff, reason="no hacía falta")
    assert (closed.closed_at, closed.closed_by, closed.difference) == (NOW, staff, Decimal("0.00"))
    assert closed.difference_reason == "", "there is none to explain"


def test_a_difference_has_a_reason(busy: TillShift, staff: User) -> None:
    boss = UserFactory.create(is_staff=True)
    with pytest.raises(DifferenceUnexplained) as refused:
        close(busy, "6200.50", by=boss)
    assert refused.value.difference == Decimal("-50.00")
    closed = close(busy, "6200.50", by=boss, reason="Un billete falso")
    assert (closed.clerk, closed.closed_by) == (staff, boss)
    assert (closed.difference, closed.difference_reason) == (Decimal("-50.00"), "Un billete falso")


def test_what_moved_since_it_was_shown_is_counted_again(busy: TillShift, staff: User) -> None:
    with pytest.raises(TillMoved) as refused:
        close(busy, "6250.50", by=staff, expected="6000.00")
    assert refused.value.expected == Decimal("6250.50")
    close(busy, "6250.50", by=staff)
    with pytest.raises(ShiftClosed):
        close(busy, "6250.50", by=staff)


def test_the_paper_says_all_of_it(busy: TillShift, staff: User) -> None:
    with pytest.raises(ValueError, match="is open"):
        render_closing(busy)
    closed = close(busy, "6200.50", by=staff, reason="Un billete falso")
    text = " ".join(words_of(render_closing(closed)).split())
    for words in (
        "Cierre de caja", busy.number, "24/11/2026", "Olga Ríos", f"${NBSP}5.000,00", f"${NBSP}1.250,50",
        f"Tenía que haber ${NBSP}6.250,50", f"Se contó ${NBSP}6.200,50", f"Faltan ${NBSP}50,00", "Un billete falso",
        f"Efectivo 2 ${NBSP}1.250,50", f"Tarjeta 1 ${NBSP}700,00", f"Anulados, no se suman 1 ${NBSP}90,00",
        f"Total cobrado 3 ${NBSP}1.950,50", "Tarjeta, cupón 7", "Anulado: Otra cuenta", "Firma de quien cobró",
    ):  # fmt: skip
        assert words.replace(NBSP, " ") in text, words


def test_the_runtime_role_does_all_of_it(link: AccountLink, staff: User) -> None:
    run(f"SET LOCAL ROLE {settings.UTILITY.database_runtime_role}")
    shift = opened_till(staff)
    kept = taken_at_desk(InvoiceFactory.create(account=link.account), by=staff)
    wrong = taken_at_desk(InvoiceFactory.create(account=link.account), by=staff, means=card_slip("7"))
    annul_desk_payment(wrong.pk, by=staff, reason="Otra cuenta", now=timezone.now())
    close(shift, "6000.00", by=staff, expected="6000.00")
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("RESET ROLE")
    assert list(TillPayment.objects.standing()) == [kept]
