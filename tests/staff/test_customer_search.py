"""From whatever number somebody has to the customer, and never to what one may not see."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.account_numbers import format_account_number
from accounts.models import AccountLink, ServiceAccount, User, Withdrawal
from adhesions.models import DigitalBilling, DirectDebit
from billing.enums import OperationHold, OperationState
from billing.external_payments import record_external_payment
from billing.models import (
    ChargeVoucher,
    Claim,
    CollectionOperation,
    DebtCertificate,
    Dispute,
    Payment,
    PaymentReport,
    Receipt,
    Refund,
)
from oficina.shared.ids import grouped_code
from payment_plans.models import PaymentPlan
from tests.answers import text_of
from tests.factories.accounts import AccountLinkFactory, ServiceAccountFactory, UserFactory
from tests.factories.billing import InvoiceFactory, operation
from tests.factories.channels import CollectionChannelFactory
from tests.factories.charges import ChargeFactory
from tests.staff.conftest import a_row_of_everything, may, received_event

pytestmark = pytest.mark.django_db

SEARCH = "/admin/clientes/buscar/"

MOST_QUERIES = 60
"""One for each key that what was typed could be, all by an index, and few more."""


def led_to(client: Client, typed: str) -> str:
    """Where a search leads, or an empty text when it only tells what it found."""
    answer = client.get(SEARCH, {"q": typed})
    assert answer.status_code in {200, 302}, typed
    return answer.headers["Location"] if answer.status_code == 302 else ""


def at(account: ServiceAccount | int, anchor: str) -> str:
    pk = account if isinstance(account, int) else account.pk
    return f"/admin/clientes/{pk}/?hallado={anchor}#hallado"


def test_every_number_leads_to_its_account(
    as_administrator: Client, administrator: User, subtests: pytest.Subtests
) -> None:
    a_row_of_everything(administrator)
    account, _, payment = a_row_of_everything(administrator)
    numbered = InvoiceFactory.create(account=account, invoice_number="0007-01843327", payment_code="99887766554433")
    paid, charge = f"payment-{payment.pk}", ChargeFactory.create(account=account, charge_number="MED-2026/77")
    receipt = Receipt.objects.get(payment=payment)
    refund, dispute = Refund.objects.get(payment=payment), Dispute.objects.get(payment=payment)
    record_external_payment(operation(account, (numbered, Decimal("10.00")), number="RP/556677"), cause="test")
    external = Payment.objects.get(operation_number="RP/556677")
    voucher = ChargeVoucher.objects.filter(charge__account=account).latest("pk")
    certificate = DebtCertificate.objects.latest("pk")
    plan = PaymentPlan.objects.get(account=account)
    claim = Claim.objects.filter(invoice__account=account).latest("pk")
    report = PaymentReport.objects.filter(invoice__account=account).latest("pk")
    mandate = DirectDebit.objects.get(account=account)
    digital = DigitalBilling.objects.get(account=account)
    plain, shown = account.number, format_account_number(account.number)
    whole, bill = f"/admin/clientes/{account.pk}/", at(account, f"invoice-{numbered.pk}")
    leads = {
        plain: whole, shown: whole, f"  {shown.replace('-', ' ')} ": whole, account.meter_number: whole,
        account.meter_number.lower(): whole,
        "B 0007-01843327": bill, "7-1843327": bill, "000701843327": bill, "99887766554433": bill,
        "9988 7766-5544 33": bill,
        numbered.public_id: bill,
        payment.number: at(account, paid), payment.number.lower(): at(account, paid),
        payment.public_id: at(account, paid), payment.provider_session_id or "": at(account, paid),
        payment.provider_payment_id or "": at(account, paid),
        receipt.number: at(account, paid), grouped_code(receipt.verification_code): at(account, paid),
        f"D-{refund.pk:08d}": at(account, paid), dispute.provider_dispute_id: at(account, paid),
        "RP/556677": at(account, f"payment-{external.pk}"),
        "med-2026/77": at(account, f"charge-{charge.pk}"),
        voucher.number: at(account, f"charge-{voucher.charge_id}"),
        certificate.number: at(certificate.account_id, f"debtcertificate-{certificate.pk}"),
        str(plan): at(account, f"paymentplan-{plan.pk}"),
        grouped_code(plan.verification_code): at(account, f"paymentplan-{plan.pk}"),
        claim.number: at(account, f"claim-{claim.pk}"), report.number: at(account, f"paymentreport-{report.pk}"),
        str(mandate): at(account, f"directdebit-{mandate.pk}"),
        str(digital): at(account, f"digitalbilling-{digital.pk}"),
    }  # fmt: skip
    assert "" not in leads
    for typed, address in leads.items():
        with subtests.test(typed=typed):
            assert led_to(as_administrator, typed) == address
    for typed in (plain[:-1], f"{plain}0", "P-99999999", "0007-99999999", "R-99999999", "pi_nada", "RC-99999999"):
        with subtests.test(near_miss=typed):
            assert "No encontramos nada con" in text_of(as_administrator.get(SEARCH, {"q": typed}))


def test_a_person_is_found_by_what_is_theirs(as_administrator: Client, subtests: pytest.Subtests) -> None:
    rosa = UserFactory.create(
        email="rosa@correo.example", first_name="Rosa", last_name="Paz", document="27111222", phone="2615550147"
    )
    UserFactory.create(first_name="Otra", last_name="Persona", document="28999888", phone="2615550148")
    withdrawal = Withdrawal.objects.create(user=rosa, ended=["Factura digital"])
    typed_ways = (
        "ROSA@correo.example", "27.111.222", "27111222", "rosa", "Paz Rosa", "0261 15 555-0147", rosa.public_id,
        grouped_code(withdrawal.number),
    )  # fmt: skip
    page = f"/admin/clientes/personas/{rosa.pk}/"
    for typed in typed_ways:
        with subtests.test(typed=typed):
            assert led_to(as_administrator, typed).partition("?")[0] == page
    for typed in ("rosa@correo", "27.111.223", "Rosa Pazos", "261 555 0149", "ro"):
        with subtests.test(near_miss=typed):
            assert "No encontramos nada con" in text_of(as_administrator.get(SEARCH, {"q": typed}))


def test_several_are_told_with_why(as_administrator: Client) -> None:
    account = ServiceAccountFactory.create(holder_name="Rosa Paz", holder_document="27111222")
    rosa = UserFactory.create(email="rosa@correo.example", first_name="Rosa", last_name="Paz", document="27111222")
    other = ServiceAccountFactory.create(holder_name="Inés Paz", holder_document="5111222")
    AccountLinkFactory.create(user=rosa, account=other)

    page = text_of(as_administrator.get(SEARCH, {"q": "27.111.222"}))

    assert f'href="/admin/clientes/{account.pk}/">{account}</a>' in page
    assert '<span class="office-found__why">Por su documento del titular</span>' in page
    assert f'href="/admin/clientes/personas/{rosa.pk}/">Rosa Paz</a>' in page
    assert '<span class="office-found__why">Por su documento</span>' in page
    assert f'<span class="office-nowrap">{other}</span>' in page
    assert f'href="/admin/clientes/{other.pk}/"' not in page


def test_money_that_waits_for_its_bill_is_found_too(as_administrator: Client) -> None:
    channel = CollectionChannelFactory.create(name="Cobro Norte")
    held = CollectionOperation.objects.create(
        channel=channel, operation_number="778899-A", state=OperationState.HELD, amount=Decimal("5.00"),
        held_because=OperationHold.UNKNOWN_BILL, paid_at=timezone.now(), bills=[], event=received_event(),
    )  # fmt: skip

    page = text_of(as_administrator.get(SEARCH, {"q": "778899-A"}))

    assert f'href="/admin/billing/collectionoperation/{held.pk}/change/">Operación 778899-A de Cobro Norte' in page


@pytest.mark.parametrize(
    "typed", ["\x00", "%", "'", "a/b", "///", "9" * 40, "P-" + "9" * 40, "١٢٣", "a" * 10_000, "💧" * 30, "P-"]
)
def test_what_is_nothing_finds_nothing(as_administrator: Client, typed: str) -> None:
    ServiceAccountFactory.create()
    assert led_to(as_administrator, typed) == ""


def test_bytes_that_are_no_text_find_nothing(as_administrator: Client) -> None:
    assert as_administrator.get(f"{SEARCH}?q=%ED%A0%BD%FF").status_code == 200


def test_nothing_typed_tells_what_can_be_searched(as_administrator: Client) -> None:
    page = text_of(as_administrator.get(SEARCH))
    assert "Qué podés buscar" in page
    assert "No encontramos nada" not in page


def test_nobody_finds_what_they_may_not_see(
    staff: User, as_owner: Client, anonymous: Client, administrator: User, subtests: pytest.Subtests
) -> None:
    account, _, payment = a_row_of_everything(administrator)
    claim = Claim.objects.latest("pk")
    assert payment.payer is not None
    mail = payment.payer.email
    clerk = may(staff, "view_serviceaccount", "view_claim")

    assert led_to(clerk, str(account)) == f"/admin/clientes/{account.pk}/"
    assert led_to(clerk, claim.number) == at(account, f"claim-{claim.pk}")
    for hidden in (payment.number, mail, f"R-{payment.pk:08d}"):
        with subtests.test(hidden=hidden):
            assert led_to(clerk, hidden) == ""
            assert payment.number not in text_of(clerk.get(SEARCH, {"q": hidden})).replace(f"«{hidden}»", "").replace(
                f'value="{hidden}"', ""
            )
    assert may(staff, "view_claim").get(SEARCH, {"q": claim.number}).status_code == 403
    assert as_owner.get(SEARCH, {"q": claim.number}).status_code == 404
    assert anonymous.get(SEARCH, {"q": claim.number}).status_code == 302
    assert may(staff, "view_serviceaccount").post(SEARCH, {"q": claim.number}).status_code == 405


def test_a_search_costs_the_same_however_much_it_finds(as_administrator: Client) -> None:
    def cost(typed: str) -> int:
        as_administrator.get(SEARCH, {"q": typed})
        with CaptureQueriesContext(connection) as queries:
            assert as_administrator.get(SEARCH, {"q": typed}).status_code == 200
        return len(queries)

    def one_more() -> None:
        AccountLinkFactory.create(user=UserFactory.create(document="27111222"))
        ServiceAccountFactory.create(holder_document="27111222", holder_name="Rosa Paz")

    one_more()
    one_more()
    few = cost("27111222"), cost("Lucía")
    for _ in range(25):
        one_more()
    assert (cost("27111222"), cost("Lucía")) == few
    assert max(few) <= MOST_QUERIES
    page = text_of(as_administrator.get(SEARCH, {"q": "27111222"}))
    assert page.count("Por su documento del titular") == 20
    assert "Hay más resultados que los que mostramos" in page
    assert AccountLink.objects.count() == 27
