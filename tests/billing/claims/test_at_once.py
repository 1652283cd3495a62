"""The same claim at the same moment: real commits, each thread with a connection of its own."""

from functools import partial

import pytest
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.claims.acts import answer_claim, withdraw_claim
from billing.claims.refusals import AlreadyClaimed, ClaimEnded
from billing.enums import ClaimState
from billing.models import Claim, Invoice
from oficina.shared.models import OutgoingMail
from tests.billing.ledger.test_concurrency import at_once
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import InvoiceFactory
from tests.factories.claims import claimed

pytestmark = pytest.mark.django_db(transaction=True)


def _claims(link: AccountLink, bill: Invoice) -> bool:
    try:
        claimed(link, bill)
    except AlreadyClaimed:
        return False
    return True


def _answers(claim: Claim, outcome: ClaimState, by: User) -> ClaimState | None:
    try:
        answer_claim(claim, outcome, "Revisamos la factura.", by=by, now=timezone.now())
    except ClaimEnded:
        return None
    return outcome


def _withdraws(claim: Claim) -> ClaimState | None:
    try:
        withdraw_claim(claim, now=timezone.now())
    except ClaimEnded:
        return None
    return ClaimState.WITHDRAWN


def test_twenty_clicks_make_one_claim(link: AccountLink, bill: Invoice) -> None:
    made = at_once(*[partial(_claims, link, bill) for _ in range(20)])

    assert sorted(made) == [False] * 19 + [True]
    assert Claim.objects.count() == 1
    assert OutgoingMail.objects.count() == 1


def test_answers_and_withdrawal_at_once_are_one_end(owner: User, staff: User) -> None:
    for _ in range(10):
        link = AccountLinkFactory.create(user=owner)
        claim = claimed(link, InvoiceFactory.create(account=link.account))
        ends = at_once(
            partial(_answers, claim, ClaimState.UPHELD, staff),
            partial(_answers, claim, ClaimState.DISMISSED, staff),
            partial(_withdraws, claim),
        )
        claim.refresh_from_db()
        assert [end for end in ends if end] == [claim.state]
