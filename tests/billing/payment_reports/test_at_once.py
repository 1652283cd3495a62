"""A clerk, another clerk, the channel and the customer at the same moment: real commits, a connection for each."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.enums import PaymentReportState
from billing.external_payments import record_external_payment
from billing.models import CreditEntry, Invoice, Payment, PaymentReport
from billing.payment_reports.acts import accept_report, accept_what_channels_told, reject_report, withdraw_report
from billing.payment_reports.refusals import AlreadyReported, ReportDecided
from oficina.shared.models import OutgoingMail
from tests.billing.ledger.test_concurrency import at_once
from tests.factories.billing import InvoiceFactory, operation
from tests.factories.payment_reports import paid_elsewhere, reported
from tests.ledger_invariants import ledger_invariants

pytestmark = pytest.mark.django_db(transaction=True)

PRICE = Decimal("1000.00")


def done(act: Callable[[], object], refusal: type[Exception]) -> bool:
    try:
        act()
    except refusal:
        return False
    return True


def test_ten_clicks_make_one_report(link: AccountLink, invoice: Invoice) -> None:
    made = at_once(*[partial(done, partial(reported, link, invoice), AlreadyReported)] * 10)

    assert sorted(made) == [False] * 9 + [True]
    assert (PaymentReport.objects.count(), OutgoingMail.objects.count()) == (1, 1)


def test_two_clerks_a_rejection_and_a_withdrawal_end_it_once(link: AccountLink, staff: User) -> None:
    for _ in range(5):
        report = reported(link, InvoiceFactory.create(account=link.account))
        now = timezone.now()
        found = paid_elsewhere(operation_number=f"n{report.pk}")
        acts: list[Callable[[], object]] = [
            partial(accept_report, report, found, by=staff, now=now),
            partial(accept_report, report, found, by=staff, now=now),
            partial(reject_report, report, "No figura", by=staff, now=now),
            partial(withdraw_report, report, now=now),
        ]
        ended = at_once(*[partial(done, act, ReportDecided) for act in acts])
        assert sum(bool(one) for one in ended) == 1
        report.refresh_from_db()
        is_accepted = report.state == PaymentReportState.ACCEPTED
        assert Payment.objects.filter(operation_number=f"n{report.pk}").count() == is_accepted
    ledger_invariants()


def test_the_clerk_and_the_channel_settle_it_once(link: AccountLink, staff: User) -> None:
    for _ in range(5):
        invoice = InvoiceFactory.create(account=link.account)
        number = f"n{invoice.pk}"
        report = reported(link, invoice, paid=paid_elsewhere(operation_number=number))
        told = operation(link.account, (invoice, PRICE), number=number)
        found = paid_elsewhere(operation_number=number)
        at_once(
            partial(record_external_payment, told, cause="aviso del canal"),
            partial(done, partial(accept_report, report, found, by=staff, now=timezone.now()), ReportDecided),
            partial(accept_what_channels_told, now=timezone.now()),
        )
        report.refresh_from_db()
        assert report.state == PaymentReportState.ACCEPTED
        assert report.payment == Payment.objects.get(operation_number=number)
    assert not CreditEntry.objects.exists()
    ledger_invariants()
