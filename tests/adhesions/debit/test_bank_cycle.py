"""The whole cycle of a debit in a bank account: the file out, the answer in, a reversal, with the ledger's rows."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.core import mail
from time_machine import Traveller

from accounts.models import AccountLink, User
from adhesions.debit.answering import load_answer
from adhesions.debit.bank_files import BankAnswer, BankFileRefusedError, BankResult
from adhesions.debit.mandates import give_bank_mandate, leave_direct_debit
from adhesions.debit.presenting import present_debits, presentation_file
from adhesions.debit.refusals import NothingToPresent, UnknownPresentation
from adhesions.enums import DebitState
from adhesions.models import BankAnswerFile, BankPresentation, ScheduledDebit
from billing.enums import CreditReason, DiscrepancyKind, PaymentChannel, PaymentState
from billing.external_payments import record_external_payment
from billing.models import Allocation, CreditEntry, Discrepancy, Invoice, Payment, PaymentItem, Receipt, Refund
from tests.adhesions.debit.test_bank_accounts import CBU
from tests.adhesions.debit.test_bank_files import answer_file
from tests.adhesions.debit.test_mandates import CUIL, consent
from tests.billing.checkout.steps import Customer, at_once
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory, operation
from tests.jobs import run_jobs
from tests.ledger_invariants import ledger_invariants
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.django_db(transaction=True)

DUE = date(2026, 12, 4)
EVE = datetime(2026, 12, 3, 15, tzinfo=NOON.tzinfo)
PAID = datetime(2026, 12, 4, 15, tzinfo=NOON.tzinfo)
LATER = datetime(2026, 12, 9, 15, tzinfo=NOON.tzinfo)


@pytest.fixture
def debit(link: AccountLink, at_noon: Traveller) -> ScheduledDebit:
    """A bill of 1,000 pesos that is due on 4/12 and announced."""
    InvoiceFactory.create(account=link.account, due_on=DUE)
    give_bank_mandate(link, CBU, CUIL, consent(), now=NOON)
    return ScheduledDebit.objects.get()


@pytest.fixture
def presentation(debit: ScheduledDebit, staff: User, at_noon: Traveller) -> BankPresentation:
    at_noon.move_to(EVE)
    return present_debits(DUE, by=staff, now=EVE)


def answered(
    presentation: BankPresentation, result: str, reason: str = "", amount: str = "1000.00", reference: str = ""
) -> bytes:
    answer = BankAnswer(
        reference=reference or Payment.objects.get().public_id,
        result=BankResult(result),
        reason=reason,
        amount=Decimal(amount),
        answered_on=DUE,
    )
    return answer_file([answer]).replace(b"H0100000007", f"H01{presentation.number:08d}".encode())


def allocations() -> list[tuple[str, Decimal]]:
    return [(row.reason, row.amount) for row in Allocation.objects.order_by("pk")]


def test_debits_of_the_day_are_presented_once(
    debit: ScheduledDebit, presentation: BankPresentation, staff: User
) -> None:
    payment = Payment.objects.get()
    assert (payment.channel, payment.state, payment.amount_asked) == (
        PaymentChannel.DIRECT_DEBIT_BANK, PaymentState.PROCESSING, Decimal("1000.00"),
    )  # fmt: skip
    assert PaymentItem.objects.get().live
    debit.refresh_from_db()
    assert (debit.state, debit.try_on) == (DebitState.UNDER_WAY, None)
    assert (presentation.number, presentation.count, presentation.total, presentation.debits_on) == (
        1, 1, Decimal("1000.00"), DUE,
    )  # fmt: skip
    with pytest.raises(NothingToPresent):
        present_debits(DUE, by=staff, now=EVE)


def test_file_is_the_same_whenever_it_is_downloaded(presentation: BankPresentation, at_noon: Traveller) -> None:
    first = presentation_file(presentation)
    at_noon.move_to(LATER)
    assert presentation_file(presentation) == first
    assert [line.rstrip() for line in first.decode().splitlines()] == [
        "H01307091827370000000120261203",
        f"D{Payment.objects.get().public_id:<20}{CBU}{CUIL}0000000010000020261204{Payment.objects.get().account.number}",
        "T000000010000000000100000",
    ]


def test_accepted_rejected_and_reversed_to_the_cent(
    debit: ScheduledDebit, presentation: BankPresentation, staff: User, at_noon: Traveller
) -> None:
    at_noon.move_to(LATER)
    outcome = load_answer(answered(presentation, "A"), by=staff, now=LATER)

    assert (outcome.accepted, outcome.rejected, outcome.reversed, outcome.unknown) == (1, 0, 0, [])
    payment = Payment.objects.get()
    debit.refresh_from_db()
    assert (payment.state, payment.amount_received, payment.paid_at) == (
        PaymentState.SUCCEEDED, Decimal("1000.00"), PAID,
    )  # fmt: skip
    assert (debit.state, allocations()) == (DebitState.COLLECTED, [("paid", Decimal("1000.00"))])
    assert Receipt.objects.get().payment == payment
    assert Invoice.objects.paid().count() == 1
    ledger_invariants()

    outcome = load_answer(answered(presentation, "V", "R08"), by=staff, now=LATER)

    assert (outcome.accepted, outcome.reversed) == (0, 1)
    assert allocations() == [("paid", Decimal("1000.00")), ("return", Decimal("-1000.00"))]
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason) == (
        Decimal("1000.00"), "El titular de la cuenta le pidió al banco que no lo pague.",
    )  # fmt: skip
    assert Invoice.objects.payable().count() == 1
    assert not Discrepancy.objects.exists()
    ledger_invariants()


def test_rejected_debit_is_told_and_its_bill_can_be_paid(
    debit: ScheduledDebit, presentation: BankPresentation, staff: User, at_noon: Traveller
) -> None:
    run_jobs()
    mail.outbox.clear()
    at_noon.move_to(LATER)
    load_answer(answered(presentation, "R", "R10"), by=staff, now=LATER)

    debit.refresh_from_db()
    payment = Payment.objects.get()
    assert (payment.state, payment.failure_code, debit.state) == (PaymentState.FAILED, "R10", DebitState.REJECTED)
    assert not PaymentItem.objects.get().live
    assert allocations() == []
    run_jobs()
    (sent,) = mail.outbox
    assert "No había fondos suficientes en la cuenta bancaria." in sent.body
    assert "Ya no lo intentamos: pagá esta factura por otro medio." in sent.body


def test_debit_accepted_after_its_bill_was_paid_otherwise_is_collected_all_the_same(
    debit: ScheduledDebit, presentation: BankPresentation, link: AccountLink, staff: User, at_noon: Traveller
) -> None:
    at_noon.move_to(LATER)
    load_answer(answered(presentation, "R", "R10"), by=staff, now=LATER)
    record_external_payment(operation(link.account, (debit.invoice, Decimal("1000.00"))), cause="test")
    reference = Payment.objects.get(channel=PaymentChannel.DIRECT_DEBIT_BANK).public_id

    load_answer(answered(presentation, "A", reference=reference), by=staff, now=LATER)

    debit.refresh_from_db()
    assert (debit.state, debit.decided_at) == (DebitState.COLLECTED, LATER)
    assert [(entry.reason, entry.amount) for entry in CreditEntry.objects.all()] == [
        (CreditReason.ALREADY_PAID, Decimal("1000.00"))
    ]


def test_same_answer_twice_or_at_once_changes_nothing(
    presentation: BankPresentation, staff: User, at_noon: Traveller
) -> None:
    at_noon.move_to(LATER)
    content = answered(presentation, "A")
    load = partial(load_answer, content, by=staff, now=LATER)

    assert not [told for told in at_once(load, load) if isinstance(told, Exception)]
    again = load()

    assert (again.is_new, again.accepted) == (False, 0)
    assert BankAnswerFile.objects.count() == Receipt.objects.count() == 1
    assert allocations() == [("paid", Decimal("1000.00"))]


def test_damaged_answer_changes_nothing(presentation: BankPresentation, staff: User) -> None:
    for damaged in (
        answered(presentation, "A")[:-62],
        answered(presentation, "A").replace(b"T00000001", b"T00000002"),
        answered(presentation, "A").replace(b"00100000", b"00100001", 1),
    ):
        with pytest.raises(BankFileRefusedError):
            load_answer(damaged, by=staff, now=LATER)
    assert not BankAnswerFile.objects.exists()
    assert Payment.objects.get().state == PaymentState.PROCESSING


def test_answer_of_no_presentation_is_refused_and_an_unknown_reference_is_put_before_the_office(
    presentation: BankPresentation, staff: User
) -> None:
    with pytest.raises(UnknownPresentation):
        load_answer(answer_file([]), by=staff, now=LATER)

    outcome = load_answer(answered(presentation, "A", reference="z" * 20), by=staff, now=LATER)

    assert (outcome.accepted, outcome.unknown) == (0, ["z" * 20])
    assert Discrepancy.objects.get().kind == DiscrepancyKind.UNKNOWN_OBJECT


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (("A", "", "999.00"), None, DiscrepancyKind.AMOUNT_DIFFERS),
        (("V", "R08", "1000.00"), None, DiscrepancyKind.MORE_WITHDRAWN),
        (("A", "", "1000.00"), ("R", "R10", "1000.00"), DiscrepancyKind.OPERATION_DIFFERS),
        (("A", "", "1000.00"), ("V", "R08", "1000.01"), DiscrepancyKind.MORE_WITHDRAWN),
    ],
)
def test_what_does_not_fit_the_ledger_is_put_before_the_office(
    presentation: BankPresentation,
    staff: User,
    at_noon: Traveller,
    first: tuple[str, str, str],
    second: tuple[str, str, str] | None,
    kind: DiscrepancyKind,
) -> None:
    at_noon.move_to(LATER)
    for told in filter(None, (first, second)):
        load_answer(answered(presentation, *told), by=staff, now=LATER)
    assert Discrepancy.objects.get().kind == kind
    ledger_invariants()


def test_second_reversal_of_another_amount_is_put_before_the_office(
    presentation: BankPresentation, staff: User, at_noon: Traveller
) -> None:
    at_noon.move_to(LATER)
    for result, reason, amount in (("A", "", "1000.00"), ("V", "R08", "600.00"), ("V", "R08", "400.00")):
        load_answer(answered(presentation, result, reason, amount), by=staff, now=LATER)
    assert Discrepancy.objects.get().kind == DiscrepancyKind.MORE_WITHDRAWN
    assert Refund.objects.get().amount == Decimal("600.00")
    ledger_invariants()


def test_debit_that_may_still_be_stopped_is_not_presented(debit: ScheduledDebit, staff: User) -> None:
    with pytest.raises(NothingToPresent):
        present_debits(DUE, by=staff, now=datetime.fromisoformat("2026-12-03T02:59:59+00:00"))


def test_bill_under_way_waits_and_a_paid_one_is_not_debited(
    debit: ScheduledDebit, staff: User, simulator: SimulatorProcess, ana: Customer, at_noon: Traveller
) -> None:
    record_external_payment(operation(debit.invoice.account, (debit.invoice, Decimal("1000.00"))), cause="test")
    at_noon.move_to(EVE)
    with pytest.raises(NothingToPresent):
        present_debits(DUE, by=staff, now=EVE)
    debit.refresh_from_db()
    assert debit.state == DebitState.WITHDRAWN


def test_mandate_that_ends_leaves_what_is_under_way(
    debit: ScheduledDebit, presentation: BankPresentation, staff: User, link: AccountLink, at_noon: Traveller
) -> None:
    leave_direct_debit(debit.mandate, by=link.user, now=EVE)
    at_noon.move_to(LATER)
    load_answer(answered(presentation, "A"), by=staff, now=LATER)
    debit.refresh_from_db()
    assert debit.state == DebitState.COLLECTED


def test_two_clerks_at_once_make_one_presentation(debit: ScheduledDebit, staff: User, at_noon: Traveller) -> None:
    at_noon.move_to(EVE)
    present = partial(present_debits, DUE, by=staff, now=EVE + timedelta(hours=1))
    told = at_once(present, present)
    assert sorted(type(result).__name__ for result in told) == ["BankPresentation", "NothingToPresent"]
    assert Payment.objects.count() == BankPresentation.objects.count() == 1
