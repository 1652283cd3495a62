"""Bills and payments, also those whose money went back."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from accounts.models import AccountLink, User
from billing.disputes import record_dispute
from billing.enums import DisputeState, InvoiceStatus
from billing.external_payments import record_external_payment
from billing.gateway.returns import RefundStatus
from billing.models import Payment
from billing.refund_requests import RefundWish
from billing.refunds import record_refund, save_refund
from billing.settlement import settle_payment
from oficina.shared.dates import add_months
from tests.factories import billing as bills
from tests.factories.accounts import AccountLinkFactory, ServiceAccountFactory, UserFactory
from tests.factories.returns import asked_refund, dispute_report, refund_report
from tests.live import journey
from tests.live.portal import Portal
from tests.live.screens.doing import base, leave_the_provider_alone, with_history
from tests.live.tour import Tour


def test_screens_of_bills_and_payments(portal: Portal, tour: Tour) -> None:
    house = journey.house()
    link = journey.customer_of(house.account)
    payer = link.user
    journey.log_in(tour.page, payer)
    void = bills.InvoiceFactory.create(account=house.account, status=InvoiceStatus.VOID, period=date(2026, 3, 1))
    for position in (1, 2):
        bills.InvoiceLineFactory.create(invoice=house.late, position=position)

    left = bills.open_checkout(house.next_one, payer=payer)
    settle_payment(left.pk, bills.expired(left), cause="test")
    declined = bills.open_checkout(house.next_one, payer=payer)
    settle_payment(declined.pk, bills.on_its_way(declined), cause="test")
    settle_payment(declined.pk, bills.declined(declined), cause="test")
    paid = bills.paid_checkout(house.current, payer=payer)
    under_way = bills.open_checkout(house.late, payer=payer)
    settle_payment(under_way.pk, bills.on_its_way(under_way), cause="test")
    waiting = bills.open_checkout(house.next_one, payer=payer)
    leave_the_provider_alone()

    for state, payment in {
        "expired": left,
        "failed": declined,
        "succeeded": paid,
        "processing": under_way,
        "open": waiting,
    }.items():
        tour.see(f"/pagos/{payment.public_id}/", "payment", state)
    tour.see(f"/pagos/{waiting.public_id}/?cancelado=1", "payment", "turned back")
    for state, bill in {
        "under way": house.late,
        "paid": house.current,
        "unfinished": house.next_one,
        "void": void,
    }.items():
        tour.see(f"{base(link)}facturas/{bill.public_id}/", "invoice", state)
    tour.see(f"{base(link)}inicio/", "account_home", "with payments in process")
    tour.see(f"{base(link)}mis-pagos/", "my_payments")
    tour.see(f"{base(link)}mis-pagos/?estado=en-proceso", "my_payments", "filtered")

    tour.see(f"{base(link)}saldo-a-favor/", "account_credit", "empty")
    record_external_payment(
        bills.operation(house.account, (house.current, house.current.amount), amount=Decimal("1500.00")), cause="test"
    )
    tour.see(f"{base(link)}saldo-a-favor/", "account_credit", "with movements")
    tour.see(f"{base(link)}inicio/", "account_home", "with credit")
    fresh = bills.InvoiceFactory.create(account=house.account, period=date(2026, 1, 1))
    tour.see(f"{base(link)}pagar/?factura={fresh.public_id}", "pay", "with credit")
    tour.page.get_by_role("link", name="Usar saldo a favor").click()
    tour.page.get_by_role("link", name="No usar el saldo").wait_for()
    tour.look("pay", "using credit")

    empty = AccountLinkFactory.create(user=payer, account=ServiceAccountFactory.create(), alias="Terreno")
    tour.see(f"{base(empty)}inicio/", "account_home", "without bills")
    tour.see(f"{base(empty)}mis-pagos/?estado=vencido", "my_payments", "none found")
    up_to_date = AccountLinkFactory.create(user=payer, account=with_history(), alias="Negocio")
    tour.see(f"{base(up_to_date)}inicio/", "account_home", "up to date, with its chart")
    tour.page.locator("main details summary").click()
    tour.look("account_home", "with the table of its chart")
    unusual = bills.InvoiceFactory.create(
        account=up_to_date.account, period=date(2026, 11, 1), consumption_m3=Decimal(200)
    )
    tour.see(f"{base(up_to_date)}facturas/{unusual.public_id}/", "invoice", "with an unusual consumption")
    tour.page.locator("main details summary").click()
    tour.look("invoice", "with the table of its chart")

    assert tour.faults == []
    assert tour.seen == {"payment", "invoice", "account_home", "my_payments", "account_credit", "pay"}


def test_screens_of_money_that_went_back(portal: Portal, tour: Tour) -> None:
    house = journey.house()
    link = journey.customer_of(house.account)
    olga = UserFactory.create(is_staff=True)
    journey.log_in(tour.page, link.user)
    shown = given_back(link, olga)
    leave_the_provider_alone()

    for state, payment in shown.items():
        tour.see(f"/pagos/{payment.public_id}/", "payment", state)
    tour.see(f"{base(link)}mis-pagos/", "my_payments", "with money that went back")
    tour.see(f"{base(link)}saldo-a-favor/", "account_credit", "given back")
    tour.page.context.clear_cookies()
    for state in ("refunded in part", "contested"):
        tour.see(f"/pagos/{shown[state].public_id}/", "payment", f"{state}, to a stranger")

    assert tour.faults == []
    assert tour.seen == {"payment", "my_payments", "account_credit"}


def given_back(link: AccountLink, olga: User) -> dict[str, Payment]:
    """A payment in each state of money that leaves again, all of the person of this link."""
    states = (
        "refund on its way", "refunded in part", "refunded", "refund failed", "refunded by transfer", "contested",
        "dispute lost", "dispute won", "contested after a refund",
    )  # fmt: skip
    paid = {
        state: bills.paid_checkout(
            bills.InvoiceFactory.create(account=link.account, period=add_months(date(2025, 1, 1), number)),
            payer=link.user,
        )
        for number, state in enumerate(states)
    }
    refund(paid["refund on its way"], "250.00", RefundStatus.PENDING, by=olga)
    refund(paid["refunded in part"], "250.00", RefundStatus.SUCCEEDED, by=olga)
    refund(paid["refunded"], "1000.00", RefundStatus.SUCCEEDED, by=olga)
    refund(paid["refund failed"], "1000.00", RefundStatus.FAILED, by=olga)
    refund(paid["refunded by transfer"], "250.00", RefundStatus.FAILED, by=olga)
    wish = RefundWish(amount=Decimal("250.00"), reason="x", by=olga, key="hand", reference="T-0", by_hand=True)
    save_refund(paid["refunded by transfer"], wish, now=timezone.now())
    refund(paid["contested after a refund"], "250.00", RefundStatus.SUCCEEDED, by=olga)
    for number, (state, now_is, back) in enumerate(
        (
            ("contested", DisputeState.NEEDS_RESPONSE, "0.00"),
            ("dispute lost", DisputeState.LOST, "0.00"),
            ("dispute won", DisputeState.WON, "1000.00"),
            ("contested after a refund", DisputeState.UNDER_REVIEW, "0.00"),
        )
    ):
        report = dispute_report(
            paid[state], Decimal("1000.00"), now_is,
            withdrawn=Decimal("1000.00"), reinstated=Decimal(back), dispute_id=f"du_{number}",
        )  # fmt: skip
        record_dispute(paid[state].pk, report)
    return paid


def refund(payment: Payment, amount: str, status: RefundStatus, *, by: User) -> None:
    asked = asked_refund(payment, Decimal(amount), by=by)
    record_refund(payment.pk, refund_report(payment, asked.amount, status, refund=asked))
