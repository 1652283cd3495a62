"""Credit given back: by which way, from which payment, and what is left of it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core import mail
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AccountLink, ServiceAccount, User
from billing.credit_refunds import CreditRefundWish, by_hand, plan_credit_refund, save_credit_refund
from billing.credit_use import put_credit_on_bills
from billing.enums import CreditReason, RefundRoute, RefundState
from billing.external_payments import record_external_payment
from billing.gateway.returns import RefundStatus
from billing.models import CreditEntry, Invoice, Payment, Refund
from billing.quotes import make_quote
from billing.refunds import record_refund
from billing.refusals import (
    CreditMoved,
    RefundExceeds,
    RefundKeyUsed,
    RefundOfNothing,
    RefundReferenceMissing,
    RefundReferenceUsed,
)
from billing.settlement import settle_payment
from oficina.shared.dates import today
from oficina.shared.money import ZERO
from tests.factories.accounts import AccountLinkFactory, ServiceAccountFactory, UserFactory
from tests.factories.billing import InvoiceFactory, begin_checkout, operation, paid, paid_checkout
from tests.factories.returns import asked_refund, credited, refund_report
from tests.jobs import run_jobs
from tests.ledger_invariants import ledger_invariants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def olga() -> User:
    return UserFactory.create(is_staff=True)


@pytest.fixture
def account() -> ServiceAccount:
    return ServiceAccountFactory.create()


def overpaid(account: ServiceAccount, amount: str = "1000.00", *, payer: User | None = None) -> Payment:
    """A checkout whose bill was paid at a counter meanwhile: all of it is credit."""
    bill = InvoiceFactory.create(account=account, amount=Decimal(amount))
    late = begin_checkout(bill, payer=payer)
    record_external_payment(operation(account, (bill, Decimal(amount))), cause="rendición")
    return settle_payment(late.pk, paid(late), cause="test")


def wish(olga: User, amount: str, hand: str = "0.00", *, key: str = "form", reference: str = "T-1") -> CreditRefundWish:
    return CreditRefundWish(
        amount=Decimal(amount), by_hand=Decimal(hand), reason="La pidió", by=olga, key=key, reference=reference
    )


def give_back(account: ServiceAccount, asked: CreditRefundWish) -> list[Refund]:
    return save_credit_refund(account, asked, now=timezone.now())


def credit_of(account: ServiceAccount) -> Decimal:
    return CreditEntry.objects.filter(account=account).balance()


def test_the_oldest_credit_goes_first_each_part_by_the_way_it_came(account: ServiceAccount, olga: User) -> None:
    counter = credited(account, Decimal("300.00"))
    online = overpaid(account)
    plan = plan_credit_refund(account, Decimal("700.00"))
    assert [(part.payment, part.amount, part.is_by_hand) for part in plan] == [
        (counter, Decimal("300.00"), True),
        (online, Decimal("400.00"), False),
    ]
    assert by_hand(plan) == Decimal("300.00")

    first, second = give_back(account, wish(olga, "700.00", "300.00"))

    assert (first.payment, first.route, first.state, first.amount, first.operation_number) == (
        counter, RefundRoute.OFFICE, RefundState.SUCCEEDED, Decimal("300.00"), "T-1",
    )  # fmt: skip
    assert (second.payment, second.route, second.state, second.amount, second.operation_number) == (
        online, RefundRoute.PROVIDER, RefundState.CREATED, Decimal("400.00"), "",
    )  # fmt: skip
    assert second.request is not None
    assert (second.request["amount"], second.request["payment_intent"]) == (40_000, online.provider_payment_id)
    assert {first.requested_by, second.requested_by} == {olga}
    assert credit_of(account) == Decimal("600.00")
    assert list(CreditEntry.objects.filter(reason=CreditReason.REFUNDED).values_list("amount", flat=True)) == [
        Decimal("-300.00"),
        Decimal("-400.00"),
    ]
    ledger_invariants()


def test_no_bill_loses_money(account: ServiceAccount, olga: User) -> None:
    bill = InvoiceFactory.create(account=account)
    record_external_payment(operation(account, (bill, Decimal("1000.00")), amount=Decimal("1250.00")), cause="test")

    give_back(account, wish(olga, "250.00", "250.00"))

    bill.refresh_from_db()
    assert (bill.is_paid, credit_of(account)) == (True, ZERO)
    ledger_invariants()


def test_a_double_click_gives_back_once(account: ServiceAccount, olga: User) -> None:
    credited(account, Decimal("300.00"))
    overpaid(account)
    asked = wish(olga, "700.00", "300.00")

    assert give_back(account, asked) == give_back(account, asked)
    assert Refund.objects.count() == 2
    with pytest.raises(RefundKeyUsed):
        give_back(account, wish(olga, "10.00", "10.00"))
    with pytest.raises(RefundKeyUsed):
        give_back(ServiceAccountFactory.create(), asked)
    ledger_invariants()


def test_what_comes_back_is_credit_again(account: ServiceAccount, olga: User) -> None:
    online = overpaid(account, payer=UserFactory.create(email="ana@correo.example"))
    run_jobs()
    mail.outbox.clear()
    (refund,) = give_back(account, wish(olga, "1000.00"))
    record_refund(online.pk, refund_report(online, refund.amount, refund=refund))
    assert credit_of(account) == ZERO

    record_refund(online.pk, refund_report(online, refund.amount, RefundStatus.FAILED, refund=refund))

    assert credit_of(account) == Decimal("1000.00")
    assert CreditEntry.objects.latest("pk").reason == CreditReason.REFUND_FAILED
    run_jobs()
    assert [sent.subject.split(",")[0] for sent in mail.outbox] == [
        "Te devolvimos $\N{NO-BREAK SPACE}1.000",
        "No pudimos devolverte $\N{NO-BREAK SPACE}1.000",
    ]
    ledger_invariants()


def test_more_than_there_is_is_refused(account: ServiceAccount, olga: User) -> None:
    overpaid(account)
    with pytest.raises(RefundExceeds) as refusal:
        give_back(account, wish(olga, "1000.01"))
    assert (refusal.value.amount, refusal.value.left) == (Decimal("1000.01"), Decimal("1000.00"))
    with pytest.raises(RefundExceeds):
        plan_credit_refund(account, Decimal("1000.01"))
    assert not Refund.objects.exists()


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "0.001"])
def test_only_whole_cents_are_given_back(account: ServiceAccount, olga: User, amount: str) -> None:
    with pytest.raises(RefundOfNothing):
        give_back(account, wish(olga, amount))
    with pytest.raises(RefundOfNothing):
        plan_credit_refund(account, Decimal(amount))


def test_what_the_office_transfers_is_what_it_was_shown(account: ServiceAccount, olga: User) -> None:
    """The customer used the oldest credit, that of the counter, after the office had read the plan."""
    credited(account, Decimal("300.00"))
    overpaid(account)
    link = AccountLinkFactory.create(account=account)
    spend(link, InvoiceFactory.create(account=account), Decimal("200.00"))

    with pytest.raises(CreditMoved) as refusal:
        give_back(account, wish(olga, "700.00", "300.00"))

    assert refusal.value.by_hand == Decimal("100.00")
    assert not Refund.objects.exists()


def test_a_transfer_has_a_number_of_its_own(account: ServiceAccount, olga: User) -> None:
    source = credited(account, Decimal("300.00"))
    with pytest.raises(RefundReferenceMissing):
        give_back(account, wish(olga, "100.00", "100.00", reference=""))
    with pytest.raises(RefundReferenceUsed):
        give_back(account, wish(olga, "100.00", "100.00", reference=source.operation_number))
    give_back(account, wish(olga, "100.00", "100.00", key="a"))
    with pytest.raises(RefundReferenceUsed):
        give_back(account, wish(olga, "100.00", "100.00", key="b"))
    assert credit_of(account) == Decimal("200.00")


def spend(link: AccountLink, bill: Invoice, amount: Decimal) -> None:
    quote = make_quote(link, [bill.public_id], on=today(), now=timezone.now(), credit=amount)
    assert put_credit_on_bills(link, link.user, quote, timezone.now()) is not None


cents = st.integers(min_value=1, max_value=50_000).map(lambda number: Decimal(number) / 100)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    sources=st.lists(st.tuples(cents, st.booleans()), min_size=1, max_size=4),
    asked=st.lists(cents, min_size=1, max_size=4),
    fails=st.booleans(),
)
def test_whatever_is_given_back_each_peso_stays_with_its_payment(
    sources: list[tuple[Decimal, bool]], asked: list[Decimal], *, fails: bool
) -> None:
    account, olga = ServiceAccountFactory.create(), UserFactory.create(is_staff=True)
    for amount, is_online in sources:
        if is_online:
            overpaid(account, f"{amount:.2f}")
        else:
            credited(account, amount)
    for number, amount in enumerate(asked):
        before = credit_of(account)
        if amount > before:
            with pytest.raises(RefundExceeds):
                plan_credit_refund(account, amount)
            continue
        plan = plan_credit_refund(account, amount)
        own = wish(olga, f"{amount:.2f}", f"{by_hand(plan):.2f}", key=f"{account.pk}-{number}", reference=f"T-{number}")
        refunds = give_back(account, own)
        assert [(refund.payment, refund.amount) for refund in refunds] == [(part.payment, part.amount) for part in plan]
        assert sum(refund.amount for refund in refunds) == amount
        assert credit_of(account) == before - amount
        sent = [refund for refund in refunds if refund.route == RefundRoute.PROVIDER]
        if fails:
            for refund in sent:
                report = refund_report(refund.payment, refund.amount, RefundStatus.FAILED, refund=refund)
                record_refund(refund.payment_id, report)
            assert credit_of(account) == before - by_hand(plan)
        ledger_invariants()


def test_a_paid_bill_is_no_credit(account: ServiceAccount, olga: User) -> None:
    paid_checkout(InvoiceFactory.create(account=account))
    with pytest.raises(RefundExceeds):
        give_back(account, wish(olga, "0.01"))


def refused_online(account: ServiceAccount, olga: User, why: str = "expired_or_canceled_card") -> Payment:
    """A checkout whose money is credit, of which the bank sent 100 pesos back."""
    online = overpaid(account)
    refund = asked_refund(online, Decimal("100.00"), by=olga)
    report = replace(refund_report(online, refund.amount, RefundStatus.FAILED, refund=refund), failure_reason=why)
    record_refund(online.pk, report)
    return online


def test_what_the_provider_refused_is_transferred_when_the_office_says_so(account: ServiceAccount, olga: User) -> None:
    refused, fine = refused_online(account, olga), overpaid(account)
    plan = plan_credit_refund(account, Decimal("1500.00"), transfers_refused=True)
    assert [(part.payment, part.amount, part.is_by_hand, part.was_refused) for part in plan] == [
        (refused, Decimal("1000.00"), True, True),
        (fine, Decimal("500.00"), False, False),
    ]

    first, second = give_back(account, replace(wish(olga, "1500.00", "1000.00"), transfers_refused=True))

    assert (first.payment, first.route, first.state, first.amount, first.operation_number) == (
        refused, RefundRoute.OFFICE, RefundState.SUCCEEDED, Decimal("1000.00"), "T-1",
    )  # fmt: skip
    assert (first.requested_by, first.reason, first.request) == (olga, "La pidió", None)
    assert (second.payment, second.route, second.state) == (fine, RefundRoute.PROVIDER, RefundState.CREATED)
    assert credit_of(account) == Decimal("500.00")
    ledger_invariants()


def test_what_the_provider_refused_is_asked_of_it_again_otherwise(account: ServiceAccount, olga: User) -> None:
    refused = refused_online(account, olga)
    (part,) = plan_credit_refund(account, Decimal("1000.00"))
    assert (part.is_by_hand, part.was_refused) == (False, True)

    (refund,) = give_back(account, wish(olga, "1000.00"))

    assert (refund.payment, refund.route, refund.operation_number) == (refused, RefundRoute.PROVIDER, "")


@pytest.mark.parametrize(
    "why",
    [
        "charge_already_refunded",
        "charge_disputed",
        "idempotency_key_forgotten",
        "insufficient_funds",
        "merchant_request",
    ],
)
def test_a_failure_that_another_try_may_mend_is_no_refusal(account: ServiceAccount, olga: User, why: str) -> None:
    refused_online(account, olga, why)
    (part,) = plan_credit_refund(account, Decimal("1000.00"), transfers_refused=True)
    assert (part.is_by_hand, part.was_refused) == (False, False)


def test_a_refusal_told_after_the_plan_was_shown_changes_nothing_unseen(account: ServiceAccount, olga: User) -> None:
    """The plan was all by the provider; meanwhile it refused a part of that money."""
    refused_online(account, olga)

    with pytest.raises(CreditMoved) as refusal:
        give_back(account, replace(wish(olga, "1000.00"), transfers_refused=True))

    assert refusal.value.by_hand == Decimal("1000.00")
    assert Refund.objects.count() == 1


def test_a_transfer_instead_of_the_provider_is_done_once(account: ServiceAccount, olga: User) -> None:
    refused_online(account, olga)
    asked = replace(wish(olga, "300.00", "300.00"), transfers_refused=True)

    assert give_back(account, asked) == give_back(account, asked)
    with pytest.raises(RefundReferenceUsed):
        give_back(account, replace(asked, key="another"))
    with pytest.raises(RefundReferenceMissing):
        give_back(account, replace(asked, key="another", reference=""))
    assert credit_of(account) == Decimal("700.00")
    ledger_invariants()
