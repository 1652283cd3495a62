"""The same charge, and the same series, at the same moment: real commits, each thread with a connection of its own."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AccountLink, ServiceAccount, User
from billing.charges.acts import cancel_charge, invoice_charge
from billing.charges.refusals import ChargeCancelled, ChargeInvoiced
from billing.enums import ChargeStatus, DocumentCode
from billing.models import Charge, Invoice, InvoiceSeries
from tests.billing.ledger.test_concurrency import at_once
from tests.factories.accounts import ServiceAccountFactory, UserFactory
from tests.factories.charges import ChargeFactory

pytestmark = pytest.mark.django_db(transaction=True)


def accept(charge: Charge, by: User, *, taken_back: bool = False) -> Invoice | None:
    """Accepts the charge; the whole transaction is undone afterwards when it is `taken_back`."""
    with transaction.atomic():
        invoice = invoice_charge(charge, accepted=charge.amount, by=by, now=timezone.now())
        transaction.set_rollback(taken_back)
    return None if taken_back else invoice


def numbers() -> list[str]:
    return sorted(Invoice.objects.values_list("invoice_number", flat=True))


def consecutive(count: int) -> list[str]:
    return [f"00005-{number:08d}" for number in range(1, count + 1)]


def test_twenty_acceptances_at_once_make_one_invoice(charge: Charge, owner: User, teammate: User) -> None:
    people = [owner, teammate] * 10
    invoices = at_once(*[partial(accept, charge, by) for by in people])

    assert len({invoice.pk for invoice in invoices if invoice}) == 1
    assert numbers() == consecutive(1)
    assert InvoiceSeries.objects.get().last_number == 1


def test_acceptance_and_cancellation_at_once_end_in_one_of_both(link: AccountLink, owner: User, staff: User) -> None:
    for _ in range(10):
        charge = ChargeFactory.create(account=link.account)
        accepting = partial(accept, charge, owner)
        cancelling = partial(cancel_charge, charge, "Error", by=staff, now=timezone.now())
        accepted, cancelled = at_once(
            partial(_ended, accepting, ChargeCancelled), partial(_ended, cancelling, ChargeInvoiced)
        )
        charge.refresh_from_db()
        assert (accepted, cancelled) in {(True, False), (False, True)}
        assert charge.status == (ChargeStatus.INVOICED if accepted else ChargeStatus.CANCELLED)
        assert (charge.invoice is not None) is accepted


def _ended(act: Callable[[], object], refusal: type[Exception]) -> bool:
    try:
        act()
    except refusal:
        return False
    return True


def test_the_first_numbers_of_a_series_are_taken_at_once() -> None:
    """Nobody has made the row of the series before."""
    owner = UserFactory.create()
    charges = [ChargeFactory.create() for _ in range(12)]
    at_once(*[partial(accept, charge, owner) for charge in charges])

    assert numbers() == consecutive(12)


def test_transactions_that_are_taken_back_leave_no_gap() -> None:
    owner = UserFactory.create()
    charges = [ChargeFactory.create() for _ in range(24)]
    fates = [place % 3 == 0 for place in range(24)]
    at_once(*[partial(accept, charge, owner, taken_back=back) for charge, back in zip(charges, fates, strict=True)])

    assert numbers() == consecutive(16)
    assert Charge.objects.pending().count() == 8


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.booleans()), min_size=1, max_size=5), max_size=4
    )
)
def test_numbers_are_consecutive_whatever_happened(owner: User, steps: list[list[tuple[int, bool, bool]]]) -> None:
    """Charges accepted, accepted again and taken back, by five at once: 1, 2, 3 and so on for each letter, for good."""
    accounts = {True: _account_of_series_a(), False: ServiceAccountFactory.create()}
    charges = {
        (place, is_a): ChargeFactory.create(account=account) for place in range(6) for is_a, account in accounts.items()
    }
    for step in steps:
        at_once(*[partial(accept, charges[place, is_a], owner, taken_back=back) for place, is_a, back in step])
    for code in DocumentCode:
        issued = Invoice.objects.filter(document_code=code)
        assert sorted(issued.values_list("invoice_number", flat=True)) == consecutive(issued.count())
    assert Invoice.objects.count() == Charge.objects.invoiced().count()
    kept = {(place, is_a) for step in steps for place, is_a, back in step if not back}
    ours = Charge.objects.invoiced().filter(account__in=accounts.values())
    assert ours.count() == len(kept)


def _account_of_series_a() -> ServiceAccount:
    return ServiceAccountFactory.create(holder_vat_condition="Responsable inscripto", holder_document="30707736107")
