"""Debt that payment plans cover (decision 130): every row of it, step by step."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest
from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from time_machine import Traveller

from accounts.models import ServiceAccount
from billing import hooks
from billing.covering import BillsMoved, cover_bills, cover_for_good, cover_meanwhile, uncover_bills
from billing.disputes import record_dispute
from billing.enums import CreditReason, DiscrepancyKind, DisputeState, InvoiceKind, InvoiceStatus
from billing.expiring_checkouts import EXPIRE_CHECKOUTS_TASK
from billing.external_payments import record_external_payment
from billing.hooks import InvoiceChange, on_invoices
from billing.models import Cover, CreditEntry, Discrepancy, Invoice
from oficina.shared.dates import today
from oficina.shared.money import ZERO
from tests.billing.ledger.refusing import refused, run
from tests.factories.accounts import ServiceAccountFactory, UserFactory
from tests.factories.billing import (
    InvoiceFactory,
    LateInterestPolicyFactory,
    begin_checkout,
    open_checkout,
    operation,
    paid_checkout,
)
from tests.factories.covering import PLAN, cover, offered, part_of
from tests.factories.returns import asked_refund, dispute_report
from tests.ledger_invariants import ledger_invariants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


COVER = (
    "INSERT INTO billing_cover (invoice_id, amount, surcharge, plan, paid, created_at)"
    " SELECT id, {}, 0, 'another', {}, now() FROM billing_invoice"
)

ALLOCATION = """
    INSERT INTO billing_allocation (payment_id, invoice_id, amount, surcharge, created_at, reason)
    SELECT payment.id, invoice.id, 1, 0, now(), 'paid' FROM billing_payment payment, billing_invoice invoice
"""


class Row(NamedTuple):
    """What matters of a row of cover."""

    amount: Decimal
    surcharge: Decimal
    paid: bool
    reverses: int | None


class Stand(NamedTuple):
    """What a bill has."""

    applied: Decimal
    surcharge: Decimal
    covered: Decimal
    financed: Decimal
    settled_at: datetime | None


@pytest.fixture
def account(db: None) -> ServiceAccount:
    return ServiceAccountFactory.create()


@pytest.fixture
def old(account: ServiceAccount) -> Invoice:
    """A bill of 1,000 pesos, thirty days late: 1,021 today."""
    LateInterestPolicyFactory.create()
    return InvoiceFactory.create(
        account=account, issued_on=today() - timedelta(days=50), due_on=today() - timedelta(days=30)
    )


@pytest.fixture
def younger(account: ServiceAccount) -> Invoice:
    """A bill of 1,000 pesos that is not due yet."""
    return InvoiceFactory.create(account=account)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[int]]]:
    """What upper apps were told, of each change; the handlers of the project are left out."""
    monkeypatch.setattr(hooks, "_handlers", {change: [] for change in InvoiceChange})
    calls: list[tuple[str, list[int]]] = []
    for change in InvoiceChange:

        def hear(invoice_ids: Sequence[int], change: InvoiceChange = change) -> None:
            calls.append((change.value, list(invoice_ids)))

        on_invoices(change, hear)
    return calls


def rows(invoice: Invoice) -> list[Row]:
    """The cover of a bill, in the order of its rows; a reversal names the place of what it takes back."""
    covers = list(Cover.objects.filter(invoice=invoice).order_by("pk"))
    places = {each.pk: place for place, each in enumerate(covers)}
    return [Row(each.amount, each.surcharge, each.paid, places.get(each.reverses_id or 0)) for each in covers]


def stand(invoice: Invoice) -> Stand:
    now = Invoice.objects.get(pk=invoice.pk)
    ledger_invariants()
    return Stand(now.applied, now.surcharge, now.covered, now.financed, now.settled_at)


def due(invoice: Invoice) -> Decimal:
    return Invoice.objects.with_amount_due(on=today()).get(pk=invoice.pk).amount_due


def row(amount: str, surcharge: str, *, paid: bool, reverses: int | None = None) -> Row:
    return Row(Decimal(amount), Decimal(surcharge), paid, reverses)


def has(applied: str, surcharge: str, covered: str, financed: str, *, settled_at: datetime | None = None) -> Stand:
    return Stand(Decimal(applied), Decimal(surcharge), Decimal(covered), Decimal(financed), settled_at)


def states(invoice: Invoice) -> list[str]:
    """The words of the vocabulary that are true of a bill."""
    bills = Invoice.objects.filter(pk=invoice.pk)
    words = {
        "payable": bills.payable(),
        "owed": bills.owed(),
        "in plan": bills.in_plan(),
        "paid": bills.paid(),
        "overdue": bills.overdue(on=today()),
    }
    bill = bills.get()
    assert (bill.is_paid, bill.is_in_plan) == (words["paid"].exists(), words["in plan"].exists())
    return [word for word, found in words.items() if found.exists()]


def test_plan_begins_at_the_price_of_the_day_on_which_it_was_made(old: Invoice, at_noon: Traveller) -> None:
    agreed = part_of(old)
    at_noon.shift(timedelta(days=5))
    assert due(old) == Decimal("1024.50")
    cover_bills(old.account_id, [agreed], plan=PLAN, at=timezone.now())

    assert rows(old) == [row("1021.00", "21.00", paid=False)]
    assert stand(old) == has("0.00", "21.00", "1021.00", "1021.00")
    assert states(old) == ["in plan"]
    at_noon.shift(timedelta(days=365))
    assert due(old) == ZERO


def test_plan_covers_what_is_left_of_a_bill_paid_in_part(old: Invoice) -> None:
    record_external_payment(operation(old.account, (old, Decimal("421.00"))), cause="rendición")
    cover(old)
    assert rows(old) == [row("600.00", "0.00", paid=False)]
    assert stand(old) == has("421.00", "21.00", "600.00", "600.00")
    assert states(old) == ["in plan"]


def test_bills_of_a_plan_that_was_paid_are_paid(old: Invoice, at_noon: Traveller) -> None:
    cover(old)
    at_noon.shift(timedelta(days=90))
    now = timezone.now()
    for _ in range(2):
        cover_for_good(old.account_id, plan=PLAN, at=now)
        assert rows(old) == [
            row("1021.00", "21.00", paid=False),
            row("-1021.00", "-21.00", paid=False, reverses=0),
            row("1021.00", "21.00", paid=True),
        ]
        assert stand(old) == has("0.00", "21.00", "1021.00", "0.00", settled_at=now)
    assert states(old) == ["paid"]


def test_bills_of_a_paid_plan_are_in_it_again_while_an_instalment_is_owed(old: Invoice) -> None:
    cover(old)
    cover_for_good(old.account_id, plan=PLAN, at=timezone.now())
    for _ in range(2):
        cover_meanwhile(old.account_id, plan=PLAN, at=timezone.now())
        assert rows(old)[3:] == [
            row("-1021.00", "-21.00", paid=True, reverses=2),
            row("1021.00", "21.00", paid=False),
        ]
    assert stand(old) == has("0.00", "21.00", "1021.00", "1021.00")
    assert states(old) == ["in plan"]


def test_bills_of_a_plan_that_ended_are_owed_but_for_the_capital_that_was_paid(
    old: Invoice, younger: Invoice, at_noon: Traveller
) -> None:
    cover(younger, old)
    at_noon.shift(timedelta(days=40))
    for _ in range(2):
        uncover_bills(old.account_id, plan=PLAN, paid_capital=Decimal("510.50"), at=timezone.now())
        assert rows(old) == [
            row("1021.00", "21.00", paid=False),
            row("-1021.00", "-21.00", paid=False, reverses=0),
            row("510.50", "21.00", paid=True),
        ]
        assert rows(younger) == [
            row("1000.00", "0.00", paid=False),
            row("-1000.00", "0.00", paid=False, reverses=0),
        ]
    assert stand(old) == has("0.00", "21.00", "510.50", "0.00")
    assert stand(younger) == has("0.00", "0.00", "0.00", "0.00")
    assert states(old) == states(younger) == ["payable", "owed", "overdue"]
    # Half of 1,021 is left: half of the 1,049 that the bill costs now. The other is thirty days late by now.
    assert (due(old), due(younger)) == (Decimal("524.50"), Decimal("1021.00"))


def test_capital_that_pays_the_first_bill_wholly_pays_of_the_next(old: Invoice, younger: Invoice) -> None:
    cover(old, younger)
    now = timezone.now()
    uncover_bills(old.account_id, plan=PLAN, paid_capital=Decimal("1121.00"), at=now)
    assert stand(old) == has("0.00", "21.00", "1021.00", "0.00", settled_at=now)
    assert stand(younger) == has("0.00", "0.00", "100.00", "0.00")
    assert (states(old), states(younger)) == (["paid"], ["payable", "owed"])
    record_external_payment(operation(younger.account, (younger, Decimal("900.00"))), cause="rendición")
    assert states(younger) == ["paid"]
    assert stand(younger) == has("900.00", "0.00", "100.00", "0.00", settled_at=now)


def test_cover_follows_capital_that_was_lost_after_the_end(old: Invoice, younger: Invoice) -> None:
    cover(old, younger)
    for capital in ("1121.00", "600.00", "0.00"):
        uncover_bills(old.account_id, plan=PLAN, paid_capital=Decimal(capital), at=timezone.now())
    assert rows(old)[2:] == [
        row("1021.00", "21.00", paid=True),
        row("-1021.00", "-21.00", paid=True, reverses=2),
        row("600.00", "21.00", paid=True),
        row("-600.00", "-21.00", paid=True, reverses=4),
    ]
    assert rows(younger)[2:] == [row("100.00", "0.00", paid=True), row("-100.00", "0.00", paid=True, reverses=2)]
    assert stand(old) == has("0.00", "0.00", "0.00", "0.00")
    assert (due(old), due(younger)) == (Decimal("1021.00"), Decimal("1000.00"))


def test_bill_that_a_plan_gave_back_goes_into_another(old: Invoice) -> None:
    cover(old)
    uncover_bills(old.account_id, plan=PLAN, paid_capital=Decimal("510.50"), at=timezone.now())
    cover(old, plan="plan-2")
    assert stand(old) == has("0.00", "21.00", "1021.00", "510.50")
    cover_for_good(old.account_id, plan="plan-2", at=timezone.now())
    assert states(old) == ["paid"]


def test_upper_apps_are_told(old: Invoice, younger: Invoice, told: list[tuple[str, list[int]]]) -> None:
    both = sorted([old.pk, younger.pk])
    for _ in range(2):
        cover(old, younger)
    for _ in range(2):
        cover_for_good(old.account_id, plan=PLAN, at=timezone.now())
    cover_meanwhile(old.account_id, plan=PLAN, at=timezone.now())
    for _ in range(2):
        uncover_bills(old.account_id, plan=PLAN, paid_capital=Decimal("1021.00"), at=timezone.now())
    record_external_payment(operation(younger.account, (younger, Decimal("900.00"))), cause="rendición")
    assert told == [
        ("covered", both),
        ("settled", both),
        ("covered", both),
        ("settled", [old.pk]),
        ("owed", [younger.pk]),
        ("balance_moved", [younger.pk]),
    ]


def test_money_that_leaves_a_bill_paid_in_part_is_told(old: Invoice, told: list[tuple[str, list[int]]]) -> None:
    payment = record_external_payment(operation(old.account, (old, Decimal("421.00"))), cause="rendición")
    asked_refund(payment, Decimal("21.00"), by=UserFactory.create())
    assert told == [("balance_moved", [old.pk])] * 2


@pytest.mark.parametrize(
    "meanwhile",
    [
        "UPDATE billing_invoice SET amount = amount + 1",
        "UPDATE billing_invoice SET status = 'void'",
        COVER.format("1", "false"),
    ],
)
def test_bill_that_is_not_what_it_was_is_not_covered(old: Invoice, meanwhile: str) -> None:
    agreed = part_of(old)
    run(meanwhile)
    before = rows(old)
    with pytest.raises(BillsMoved) as refusal:
        cover_bills(old.account_id, [agreed], plan=PLAN, at=timezone.now())
    assert (refusal.value.invoice_ids, rows(old)) == ([old.pk], before)


def test_bill_that_was_paid_meanwhile_is_not_covered(old: Invoice, younger: Invoice) -> None:
    agreed = [part_of(younger), part_of(old)]
    record_external_payment(operation(old.account, (old, Decimal("0.01"))), cause="rendición")
    with pytest.raises(BillsMoved) as refusal:
        cover_bills(old.account_id, agreed, plan=PLAN, at=timezone.now())
    assert (refusal.value.invoice_ids, Cover.objects.count()) == ([old.pk], 0)


def test_neither_bills_of_others_nor_instalments_are_covered(account: ServiceAccount, younger: Invoice) -> None:
    stranger = ServiceAccountFactory.create()
    instalment = offered(account)[0]
    with pytest.raises(BillsMoved) as refusal:
        cover_bills(stranger.pk, [part_of(younger)], plan=PLAN, at=timezone.now())
    assert refusal.value.invoice_ids == [younger.pk]
    with pytest.raises(BillsMoved) as refusal:
        cover_bills(account.pk, [part_of(instalment)], plan=PLAN, at=timezone.now())
    assert refusal.value.invoice_ids == [instalment.pk]


def test_checkouts_open_on_covered_bills_are_closed(old: Invoice) -> None:
    open_checkout(old)
    cover(old)
    job = ProcrastinateJob.objects.get(task_name=EXPIRE_CHECKOUTS_TASK)
    assert job.args == {"invoice_ids": [old.pk]}


def test_money_for_a_covered_bill_is_credit_and_told_to_the_office(old: Invoice) -> None:
    payment = begin_checkout(old)
    cover(old)
    record_external_payment(operation(old.account, (old, Decimal("1021.00"))), cause="rendición")
    entry = CreditEntry.objects.get()
    assert (entry.amount, entry.reason) == (Decimal("1021.00"), CreditReason.IN_PLAN)
    finding = Discrepancy.objects.get()
    assert (finding.kind, finding.invoice, finding.detail) == (
        DiscrepancyKind.PAID_IN_PLAN, old, {"credit": "1021.00"},
    )  # fmt: skip
    assert stand(old) == has("0.00", "21.00", "1021.00", "1021.00")
    assert payment.is_live


def test_own_money_that_a_covered_bill_loses_is_owed_and_may_be_paid_again(younger: Invoice) -> None:
    payment, part = paid_checkout(younger), Decimal("400.00")
    record_dispute(payment.pk, dispute_report(payment, part, withdrawn=part))
    cover(younger)
    assert stand(younger) == has("600.00", "0.00", "400.00", "400.00")
    asked_refund(payment, Decimal("600.00"), by=UserFactory.create())
    assert stand(younger) == has("0.00", "0.00", "400.00", "400.00")
    assert (states(younger), due(younger)) == (["payable", "owed"], Decimal("600.00"))
    record_dispute(payment.pk, dispute_report(payment, part, DisputeState.WON, withdrawn=part, reinstated=part))
    assert stand(younger) == has("400.00", "0.00", "400.00", "400.00")
    record_external_payment(operation(younger.account, (younger, Decimal("200.00"))), cause="rendición")
    assert stand(younger) == has("600.00", "0.00", "400.00", "400.00")
    assert states(younger) == ["in plan"]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (COVER.format("1", "false"), "invoice_applied_within_payable"),
        (COVER.format("1", "true"), "invoice_applied_within_payable"),
        (COVER.format("-1", "false"), "cover_negative_only_to_reverse"),
        ("UPDATE billing_cover SET amount = 1", "permission denied"),
        ("DELETE FROM billing_cover", "permission denied"),
        ("UPDATE billing_invoice SET covered = 0, financed = 0", "moved by allocations and cover only"),
        ("UPDATE billing_invoice SET settled_at = now()", "moved by allocations and cover only"),
        ("UPDATE billing_invoice SET amount = amount + 1", "its amount may not become"),
        ("UPDATE billing_invoice SET status = 'void'", "invoice_void_holds_no_money"),
        (ALLOCATION, "invoice_applied_within_payable"),
    ],
)
def test_database_refuses_by_plain_sql(younger: Invoice, statement: str, message: str) -> None:
    record_external_payment(operation(younger.account, (younger, Decimal("400.00"))), cause="rendición")
    cover(younger)
    run(f"SET LOCAL ROLE {settings.UTILITY.database_runtime_role}")
    refused(lambda: run(statement), message)
    run("RESET ROLE")


def test_database_refuses_debts_that_become_offers(account: ServiceAccount) -> None:
    refused(lambda: InvoiceFactory.create(account=account, offered=True), "invoice_only_instalments_offered")
    owed = InvoiceFactory.create(account=account, kind=InvoiceKind.INSTALMENT, service_kind="", period=None)
    refused(lambda: Invoice.objects.filter(pk=owed.pk).update(offered=True), "is owed, not offered")
    assert Invoice.objects.get(pk=owed.pk).status == InvoiceStatus.OPEN
