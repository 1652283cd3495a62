"""A claim is made once at a time, and ends once: withdrawn, or answered by the office."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.claims.acts import Complaint, answer_claim, answer_due_date, claim_bill, withdraw_claim
from billing.claims.refusals import AlreadyClaimed, ClaimEnded, VoidInvoiceClaimed
from billing.enums import CLAIM_ANSWERS, ClaimReason, ClaimState, InvoiceStatus
from billing.models import Claim, Invoice
from oficina.shared.dates import add_months
from oficina.shared.models import PrivateFile
from oficina.shared.private_files import DraftGoneError, keep_draft, keep_file
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import InvoiceFactory, paid_checkout
from tests.factories.claims import COMPLAINT, claimed, photographed_meter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def test_a_claim_keeps_what_was_said(link: AccountLink, bill: Invoice, owner: User) -> None:
    complaint = Complaint(
        reason=ClaimReason.READING,
        text="El medidor marca menos.",
        meter_reading=Decimal("1325.5"),
        meter_read_on=date(2026, 11, 23),
    )

    claim = claimed(link, bill, complaint, attachment=photographed_meter())

    claim.refresh_from_db()
    assert (claim.invoice, claim.made_by, claim.state) == (bill, owner, ClaimState.OPEN)
    assert (claim.reason, claim.text) == (ClaimReason.READING, "El medidor marca menos.")
    assert (claim.meter_reading, claim.meter_read_on) == (Decimal("1325.500"), date(2026, 11, 23))
    assert (claim.made_at, claim.answer_due_on) == (timezone.now(), date(2026, 12, 10))
    assert claim.number == f"RC-{claim.pk:08d}"
    assert claim.presumed_average_m3 is None
    assert claim.attachment is not None
    assert (claim.attachment.name, claim.attachment.uploaded_by) == ("medidor.png", owner)
    assert claim.attachment.kept_at == timezone.now()


@pytest.mark.parametrize(
    ("made_on", "due_on"),
    [
        (date(2026, 11, 24), date(2026, 12, 10)),  # 7 and 8 December: a bridge and a holiday
        (date(2026, 12, 18), date(2027, 1, 5)),
    ],
)
def test_the_promise_counts_business_days(made_on: date, due_on: date) -> None:
    assert answer_due_date(made_on) == due_on


def test_the_day_of_a_claim_is_that_of_mendoza(link: AccountLink, bill: Invoice) -> None:
    """Half past ten at night there is tomorrow in UTC."""
    late = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)

    claim = claim_bill(link, bill, COMPLAINT, attachment=None, now=late)

    assert claim.answer_due_on == answer_due_date(date(2026, 11, 24))


def test_what_the_law_presumed_is_kept_with_the_claim(link: AccountLink) -> None:
    for back in range(2, 14, 2):
        InvoiceFactory.create(
            account=link.account, period=add_months(date(2026, 9, 1), -back), consumption_m3=Decimal(40)
        )
    bill = InvoiceFactory.create(account=link.account, consumption_m3=Decimal(81))

    assert claimed(link, bill).presumed_average_m3 == Decimal(40)


def test_a_paid_bill_can_be_claimed(link: AccountLink, bill: Invoice) -> None:
    paid_checkout(bill, payer=link.user)

    assert claimed(link, bill).is_open


def test_a_void_bill_cannot_be_claimed(link: AccountLink, bill: Invoice) -> None:
    Invoice.objects.filter(pk=bill.pk).update(status=InvoiceStatus.VOID)

    with pytest.raises(VoidInvoiceClaimed):
        claimed(link, bill)
    assert not Claim.objects.exists()


def test_one_claim_of_a_person_on_a_bill_waits_at_a_time(link: AccountLink, bill: Invoice, claim: Claim) -> None:
    draft = keep_draft(photographed_meter(), by=link.user_id)

    with pytest.raises(AlreadyClaimed) as refusal:
        claim_bill(link, bill, COMPLAINT, attachment=draft, now=timezone.now())

    assert refusal.value.claim == claim
    assert PrivateFile.objects.get().kept_at is None
    withdraw_claim(claim, now=timezone.now())
    assert claimed(link, bill).pk != claim.pk


def test_another_linked_person_claims_for_themselves(claim: Claim, bill: Invoice, teammate: User) -> None:
    other = AccountLink.objects.get(user=teammate)

    theirs = claimed(other, bill)

    assert (theirs.made_by, Claim.objects.open().count()) == (teammate, 2)
    assert [*Claim.objects.of(other)] == [theirs]


def test_claims_are_of_the_account_in_hand(claim: Claim, owner: User) -> None:
    elsewhere = AccountLinkFactory.create(user=owner)

    assert not Claim.objects.of(elsewhere).exists()


def test_a_draft_that_is_gone_makes_no_claim(link: AccountLink, bill: Invoice) -> None:
    draft = keep_draft(photographed_meter(), by=link.user_id)
    keep_file(draft, by=link.user_id)

    with pytest.raises(DraftGoneError):
        claim_bill(link, bill, COMPLAINT, attachment=draft, now=timezone.now())
    assert not Claim.objects.exists()


def test_withdrawing_ends_it(claim: Claim) -> None:
    withdrawn = withdraw_claim(claim, now=timezone.now())

    claim.refresh_from_db()
    assert (claim.state, claim.ended_at, claim.answer, claim.answered_by) == (
        ClaimState.WITHDRAWN, timezone.now(), "", None,
    )  # fmt: skip
    assert withdrawn.state == ClaimState.WITHDRAWN


@pytest.mark.parametrize("outcome", CLAIM_ANSWERS)
def test_the_office_answers(claim: Claim, staff: User, outcome: ClaimState) -> None:
    answer_claim(claim, outcome, "Leímos el medidor de nuevo.", by=staff, now=timezone.now())

    claim.refresh_from_db()
    assert (claim.state, claim.answer, claim.answered_by) == (outcome, "Leímos el medidor de nuevo.", staff)
    assert claim.ended_at == timezone.now()


@pytest.mark.parametrize("outcome", [ClaimState.OPEN, ClaimState.WITHDRAWN])
def test_only_an_answer_answers(claim: Claim, staff: User, outcome: ClaimState) -> None:
    with pytest.raises(ValueError, match="is no answer"):
        answer_claim(claim, outcome, "No.", by=staff, now=timezone.now())


def test_what_ended_stays_as_it_ended(claim: Claim, staff: User) -> None:
    answer_claim(claim, ClaimState.UPHELD, "Tenés razón.", by=staff, now=timezone.now())

    with pytest.raises(ClaimEnded) as refusal:
        answer_claim(claim, ClaimState.DISMISSED, "No.", by=staff, now=timezone.now())
    assert refusal.value.claim.state == ClaimState.UPHELD
    with pytest.raises(ClaimEnded):
        withdraw_claim(claim, now=timezone.now())
    claim.refresh_from_db()
    assert (claim.state, claim.answer) == (ClaimState.UPHELD, "Tenés razón.")


def test_a_claim_is_late_from_the_day_after_its_promise(claim: Claim, staff: User) -> None:
    assert not Claim.objects.overdue(on=claim.answer_due_on).exists()
    late = claim.answer_due_on + timedelta(days=1)
    assert [*Claim.objects.overdue(on=late)] == [claim]
    answer_claim(claim, ClaimState.UPHELD, "Tenés razón.", by=staff, now=timezone.now())
    assert not Claim.objects.overdue(on=late).exists()
