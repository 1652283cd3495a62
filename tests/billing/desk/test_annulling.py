"""Taking back what was typed wrongly at the counter, and what receipts then say."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.desk.annulling import annul_desk_payment
from billing.desk.refusals import AnnulmentTooLate, MoneyLeftAlready
from billing.enums import RefundRoute
from billing.export import export_rows
from billing.models import CreditEntry, Invoice, Receipt, TillPayment, TillShift
from billing.receipt_document import receipt_context
from oficina.shared.dates import today
from oficina.shared.models import OutgoingMail
from payment_plans.enums import PlanState
from tests.factories.accounts import UserFactory
from tests.factories.plans import instalment, overdue_bill, policy, waiting_plan
from tests.factories.returns import asked_refund
from tests.factories.till import card_slip, closed_till, taken_at_desk
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon", "books", "shift")]

PRICE = Decimal("1000.00")


@pytest.fixture
def taken(shift: TillShift, bill: Invoice, staff: User) -> TillPayment:
    """The bill, paid in cash at Olga's counter."""
    return taken_at_desk(bill, by=staff)


def annul(taken: TillPayment, by: User) -> TillPayment:
    return annul_desk_payment(taken.pk, by=by, reason="Se cargó en otra cuenta", now=timezone.now())


def test_it_leaves_the_ledger_and_the_bill_is_owed_again(
    taken: TillPayment, bill: Invoice, owner: User, teammate: User
) -> None:
    boss = UserFactory.create(is_staff=True)
    annulled = annul(taken, boss)
    assert (annulled.annulled_by, annulled.annulment_reason) == (boss, "Se cargó en otra cuenta")
    refund = taken.payment.refunds.get()
    assert (refund.route, refund.amount, refund.operation_number) == (
        RefundRoute.CHANNEL, PRICE, taken.payment.operation_number,
    )  # fmt: skip
    bill.refresh_from_db()
    assert (bill.applied, bill.is_paid, CreditEntry.objects.count()) == (Decimal("0.00"), False, 0)
    mails = OutgoingMail.objects.filter(subject__startswith="Anulamos el pago")
    assert sorted(mails.values_list("recipients", flat=True)) == [owner.email, teammate.email]
    assert annul(taken, boss) == annulled, "twice changes nothing"
    assert mails.count() == 2
    run_jobs()
    assert Receipt.objects.get().mailed_at is None, "nobody is told of a payment that stands no more"


def test_whoever_checks_the_receipt_is_told(taken: TillPayment, staff: User) -> None:
    address = f"/verificar/{taken.payment.receipt.verification_code}/"
    assert "Anulado" not in Client().get(address).text
    annul(taken, staff)
    assert "Anulado" in Client().get(address).text
    assert "se anuló en la caja" in Client().get(address).text


def test_a_coupon_of_it_may_be_taken_again(shift: TillShift, bill: Invoice, staff: User) -> None:
    wrong = taken_at_desk(bill, by=staff, means=card_slip("42"))
    annul(wrong, staff)
    right = taken_at_desk(bill, by=staff, means=card_slip("42"))
    assert TillPayment.objects.standing().get() == right


def test_it_is_too_late_once_the_shift_is_closed(taken: TillPayment, shift: TillShift, staff: User) -> None:
    closed_till(shift)
    with pytest.raises(AnnulmentTooLate):
        annul(taken, staff)


def test_it_is_too_late_on_another_day(taken: TillPayment, staff: User, at_noon: time_machine.Traveller) -> None:
    at_noon.shift(timedelta(hours=12))  # midnight in Mendoza has just passed
    with pytest.raises(AnnulmentTooLate):
        annul(taken, staff)


def test_what_was_given_back_in_part_is_not_annulled(taken: TillPayment, staff: User) -> None:
    asked_refund(taken.payment, Decimal("10.00"), by=staff)
    with pytest.raises(MoneyLeftAlready):
        annul(taken, staff)


def test_a_plan_that_it_began_is_not_in_force_for_nothing(link: AccountLink, staff: User) -> None:
    policy()
    overdue_bill(link)
    plan = waiting_plan(link)
    first = instalment(plan, 1)
    taken = taken_at_desk(first, by=staff)
    annul(taken, staff)
    plan.refresh_from_db()
    first.refresh_from_db()
    assert (plan.state, first.is_paid) == (PlanState.IN_FORCE, False), "as with any channel that takes money back"


def test_the_file_for_accounting_has_both(taken: TillPayment, staff: User) -> None:
    annul(taken, staff)
    rows = [(row.movement, row.channel, row.operation_number, row.amount) for row in export_rows(today(), today())]
    number = taken.payment.operation_number
    assert sorted(rows) == [
        ("allocation", "desk_cash", number, -PRICE),
        ("allocation", "desk_cash", number, PRICE),
        ("returned", "desk_cash", number, PRICE),
    ]


def test_a_receipt_tells_the_cash_or_the_slip(taken: TillPayment, staff: User, link: AccountLink) -> None:
    facts = dict(receipt_context(taken.payment.receipt)["payment_facts"])  # type: ignore[call-overload]
    assert facts["Canal"] == "Caja, efectivo"
    assert (facts["Efectivo entregado"], facts["Vuelto"]) == ("$\N{NO-BREAK SPACE}1.000,00", "$\N{NO-BREAK SPACE}0,00")
    annul(taken, staff)
    bill = taken.payment.items.get().invoice
    card = taken_at_desk(bill, by=staff, means=card_slip("42"))
    facts = dict(receipt_context(card.payment.receipt)["payment_facts"])  # type: ignore[call-overload]
    assert facts["Canal"] == "Caja, tarjeta"
    assert facts["Medio"] == "Visa débito terminada en 4417"
    assert (facts["Cupón"], facts["Autorización"]) == ("42, lote 18, terminal 61234567", "A1B2C3")
