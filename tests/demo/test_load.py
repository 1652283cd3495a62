"""The demo as it stands once it is loaded: through the import, with nothing refused."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from accounts.enums import TermsPurpose
from accounts.models import AccountLink, ServiceAccount, TermsAcceptance, User
from adhesions.models import BillDelivery, DigitalBilling, DirectDebit
from billing.enums import ClaimState, CreditReason, DiscrepancyKind, InvoiceStatus
from billing.models import Charge, Claim, CreditEntry, Discrepancy, Invoice, Payment, PaymentReport
from oficina.demo.cast import (
    ADMINISTRATOR,
    CASA,
    CASA_DE_MAMA,
    COLLEAGUES,
    CONSORCIO,
    CUSTOMER,
    DEPARTAMENTO,
    LINKABLE,
    LINKABLE_BILL_NUMBER,
    PASSWORD,
    STAFF,
    TEAMMATE,
)
from oficina.demo.fixed_account import FixedAccount
from oficina.demo.load import load_demo
from oficina.pages.debts import debt_totals, links_with_debt
from oficina.shared.imports.watching import ImportOutcome
from oficina.shared.models import OutgoingMail
from payment_plans.enums import PlanState
from payment_plans.models import PaymentPlan
from tests.conftest import NOON
from tests.ledger_invariants import ledger_invariants
from tramites.departments import Department
from tramites.enums import PlaceKind
from tramites.models import PaymentPlace
from tramites.property_location.finding import locate

TODAY = date(2026, 11, 24)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[ImportOutcome]]:
    """The demo of NOON with 60 invented accounts, loaded once for all tests of this module and taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOON, tick=False):
            outcomes = load_demo(invented=60)
        yield outcomes
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _noon(at_noon: time_machine.Traveller) -> None:
    """Time stands still while a test looks."""


def bills_of(fixed: FixedAccount) -> list[Invoice]:
    """The newest first."""
    number = fixed.number.replace("-", "")
    return list(Invoice.objects.filter(account__number=number).with_amount_due(on=TODAY).order_by("-period"))


def unpaid_ages(fixed: FixedAccount) -> set[int]:
    return {age for age, bill in enumerate(bills_of(fixed)) if not bill.is_paid}


def test_import_takes_every_row(loaded: list[ImportOutcome]) -> None:
    assert [outcome.file_name for outcome in loaded] == [
        "accounts.csv",
        "invoices.csv",
        "invoice_lines.csv",
        "charges.csv",
        "payments.csv",
        "payment_places.csv",
    ]
    assert [outcome.refused for outcome in loaded] == [0, 0, 0, 0, 0, 0]
    assert loaded[0].inserted == ServiceAccount.objects.count() == 125


def test_every_department_has_an_office_and_each_kind_of_place() -> None:
    kinds = {kind.value for kind in PlaceKind} - {PlaceKind.ONLINE.value}
    for department in Department:
        found = PaymentPlace.objects.shown().filter(department=department)
        assert set(found.values_list("kind", flat=True)) == kinds, department
    assert PaymentPlace.objects.filter(kind=PlaceKind.ONLINE).count() == 2
    assert not PaymentPlace.objects.exclude(phone="").exclude(phone__startswith="261 555-").exists()


def test_ledger_holds() -> None:
    ledger_invariants()


def test_what_is_paid_late_is_paid_exactly() -> None:
    """The prices of the collection channels and those of the portal agree, interest included."""
    late = Invoice.objects.filter(surcharge__gt=0, applied__gt=F("amount"))
    assert late.count() > 50
    assert all(bill.is_paid for bill in late)
    surplus = CreditEntry.objects.filter(reason=CreditReason.SURPLUS).exclude(account__number=_digits(CASA))
    received = [entry.payment.amount_received for entry in surplus.select_related("payment")]
    assert received
    assert all(amount and amount % 1000 == 0 for amount in received)  # rounded up on purpose, nothing else


def test_house_has_two_bills_overdue_one_to_come_and_some_credit() -> None:
    newest, *older = bills_of(CASA)
    assert unpaid_ages(CASA) == {0, 1, 2}
    assert TODAY <= newest.due_on <= TODAY + timedelta(days=30)
    assert newest.amount_due == newest.amount
    assert all(bill.due_on < TODAY and bill.amount_due > bill.amount for bill in older[:2])
    credit = CreditEntry.objects.filter(account__number=_digits(CASA)).balance()
    assert str(credit) == "3120.55"


def test_house_has_three_charges_to_invoice() -> None:
    charges = Charge.objects.pending().filter(account__number=_digits(CASA)).order_by("-raised_on")
    assert [(charge.concept, charge.amount) for charge in charges] == [
        ("Cambio de medidor", Decimal("64900.00")),
        ("Reparación de vereda", Decimal("96750.00")),
        ("Verificación de medidor", Decimal("33600.50")),
    ]


def test_mothers_house_is_up_to_date() -> None:
    assert len(bills_of(CASA_DE_MAMA)) == 15
    assert unpaid_ages(CASA_DE_MAMA) == set()
    assert not Charge.objects.filter(account__number=_digits(CASA_DE_MAMA)).exists()


def test_flat_owes_a_year_and_a_half_and_a_rest() -> None:
    assert unpaid_ages(DEPARTAMENTO) == set(range(11))
    rest = bills_of(DEPARTAMENTO)[10]
    assert 0 < rest.applied < rest.amount


def test_building_has_sixty_bills_some_of_them_unpaid() -> None:
    bills = bills_of(CONSORCIO)
    assert len(bills) == 60
    assert unpaid_ages(CONSORCIO) == {0, 1, 2, 6, 15, 16, 28}
    assert bills[0].amount > bills[-1].amount * 50


def test_administrator_has_sixty_accounts_of_which_six_are_overdue() -> None:
    totals = debt_totals(links_with_debt(User.objects.get(email=ADMINISTRATOR.email), TODAY))
    assert totals.accounts == 60
    assert totals.overdue_accounts == 6
    aliases = AccountLink.objects.filter(user__email=ADMINISTRATOR.email).values_list("alias", flat=True)
    assert len(set(aliases)) == 60


def test_nobody_has_the_account_to_link_and_its_bill_is_known() -> None:
    account = ServiceAccount.objects.get(number=_digits(LINKABLE))
    assert not account.links.exists()
    assert bills_of(LINKABLE)[0].invoice_number == LINKABLE_BILL_NUMBER


def test_people_log_in_and_have_accepted_the_terms() -> None:
    client = Client()
    for person in (CUSTOMER, TEAMMATE, ADMINISTRATOR, STAFF, *COLLEAGUES):
        user = User.objects.get(email=person.email)
        assert user.check_password(PASSWORD)
        assert user.emailaddress_set.filter(verified=True, primary=True).count() == 1
        assert not user.is_superuser
        assert user.is_staff == bool(person.role)
        assert list(user.groups.values_list("name", flat=True)) == ([person.role] if person.role else [])
        accepted = TermsAcceptance.objects.filter(user=user, terms__purpose=TermsPurpose.REGISTRATION)
        assert accepted.count() == (0 if person.role else 1)
    client.force_login(
        User.objects.get(email=CUSTOMER.email), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    page = client.get(reverse("account_home_short"), follow=True)
    assert "Casa" in page.content.decode()
    assert AccountLink.objects.get(user__email=CUSTOMER.email, alias="Casa").public_id in page.redirect_chain[-1][0]


def test_people_are_mailed_about_what_they_arranged_and_not_about_the_past() -> None:
    assert {mail.recipients for mail in OutgoingMail.objects.all()} == {CUSTOMER.email, ADMINISTRATOR.email}
    first_words = sorted(subject.split(" ")[0] for subject in OutgoingMail.objects.values_list("subject", flat=True))
    assert first_words == ["Débito", "Factura", *["Plan"] * 6, "Recibimos", "Recibimos", "Recibimos", "Respondimos"]


def test_people_adhered_claimed_and_told_of_a_payment() -> None:
    assert DigitalBilling.objects.live().get().account.number == CASA_DE_MAMA.number.replace("-", "")
    assert BillDelivery.objects.get().email == CUSTOMER.email
    assert DirectDebit.objects.live().get().account.number == CONSORCIO.number.replace("-", "")
    assert sorted(Claim.objects.values_list("state", flat=True)) == [ClaimState.DISMISSED, ClaimState.OPEN]
    assert PaymentReport.objects.get().reported_by.email == ADMINISTRATOR.email


def test_administrator_has_a_plan_in_each_state_that_people_want_to_see() -> None:
    plans = PaymentPlan.objects.filter(made_by__email=ADMINISTRATOR.email).order_by("created_at")
    assert [plan.state for plan in plans] == [PlanState.COMPLETED, PlanState.IN_FORCE, PlanState.WAITING]
    overdue = Invoice.objects.overdue(on=TODAY).filter(plan_instalment__plan=plans[1])
    assert [bill.plan_instalment.number for bill in overdue] == [2]
    assert all(bill.invoice.is_paid for bill in plans[0].bills.all())
    assert all(bill.invoice.is_in_plan for bill in plans[1].bills.all())


def test_office_has_findings_to_look_at() -> None:
    kinds = set(Discrepancy.objects.values_list("kind", flat=True))
    assert kinds == {DiscrepancyKind.PAID_TWICE, DiscrepancyKind.VOID_INVOICE_PAID}
    assert Invoice.objects.filter(status=InvoiceStatus.VOID).exists()


def test_loading_again_changes_nothing() -> None:
    def counted() -> list[int]:
        return [model.objects.count() for model in (ServiceAccount, Invoice, Payment, User, AccountLink)]

    before = counted()
    with time_machine.travel(NOON + timedelta(days=200), tick=False):
        assert load_demo(invented=60) == []
    assert counted() == before


def _digits(fixed: FixedAccount) -> str:
    return fixed.number.replace("-", "")


def test_properties_are_shown_as_far_as_they_are_known() -> None:
    located = [locate(account) for account in ServiceAccount.objects.order_by("pk")]
    assert all(location.department for location in located)
    with_parcel = sum(location.parcel is not None for location in located)
    assert 0.85 < with_parcel / len(located) < 1
    assert any(location.zone and not location.parcel for location in located)
    assert any(location.zone is None for location in located)
