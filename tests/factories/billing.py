"""Bills, payments and what a provider reports of them. Each test names what matters in it, by keyword, and no more."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

import factory
from django.db import transaction
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import ServiceAccount, User
from billing.enums import DocumentCode, InvoiceKind, PaymentChannel, ServiceKind
from billing.external_payments import ReceivedLine, ReceivedOperation
from billing.gateway.reports import CheckoutReport, CheckoutStatus, MoneyStatus
from billing.models import Invoice, InvoiceLine, LateInterestPolicy, Payment, PaymentItem
from billing.payment_log import log_beginning
from billing.settlement import settle_payment
from oficina.shared.dates import today
from oficina.shared.ids import public_id
from oficina.shared.money import CURRENCY
from tests.factories.accounts import ServiceAccountFactory

DAILY_RATE = Decimal("0.0007")
MONTHLY_CAP = Decimal("0.0300")

_operations = count(1)


class InvoiceFactory(DjangoModelFactory[Invoice]):
    """A metered bill of 1,000 pesos, issued ten days ago and due in ten."""

    class Meta:
        model = Invoice

    account = factory.SubFactory(ServiceAccountFactory)
    kind = InvoiceKind.SERVICE
    service_kind = ServiceKind.METERED
    document_code = DocumentCode.SERVICE_B
    invoice_number = factory.Sequence(lambda n: f"0142-{n:08d}")
    period = date(2026, 9, 1)
    issued_on = factory.LazyFunction(lambda: today() - timedelta(days=10))
    due_on = factory.LazyFunction(lambda: today() + timedelta(days=10))
    amount = Decimal("1000.00")
    payment_code = factory.Sequence(lambda n: f"{7_000_000_000 + n}")


class InvoiceLineFactory(DjangoModelFactory[InvoiceLine]):
    """One line of a bill: water, with VAT."""

    class Meta:
        model = InvoiceLine

    invoice = factory.SubFactory(InvoiceFactory)
    position = factory.Sequence(lambda n: n + 1)
    concept = "Servicio de agua"
    quantity = Decimal("1.000")
    unit_price = Decimal("826.4463")
    amount = Decimal("826.45")
    vat_rate = Decimal("21.00")
    vat_amount = Decimal("173.55")


class LateInterestPolicyFactory(DjangoModelFactory[LateInterestPolicy]):
    """Interest of 0.07 % a day, within a cap of 3 % a month."""

    class Meta:
        model = LateInterestPolicy

    valid_from = date(2020, 1, 1)
    daily_rate = DAILY_RATE
    monthly_cap = MONTHLY_CAP


def begin_checkout(
    *invoices: Invoice, payer: User | None = None, on: date | None = None, created_at: datetime | None = None
) -> Payment:
    """A checkout payment for what these bills of one account cost `on` that date, not yet at the provider."""
    now = created_at or timezone.now()
    priced = Invoice.objects.with_amount_due(on=on or today()).in_bulk([invoice.pk for invoice in invoices])
    with transaction.atomic():
        payment = Payment.objects.create(
            account=invoices[0].account,
            payer=payer,
            amount_asked=sum(invoice.amount_due for invoice in priced.values()),
            idempotency_key=public_id(),
            request={"mode": "payment"},
            created_at=now,
            expires_at=now + timedelta(minutes=40),
        )
        for invoice in priced.values():
            PaymentItem.objects.create(
                payment=payment,
                invoice=invoice,
                amount=invoice.amount_due,
                surcharge=invoice.surcharge_when_paid(invoice.amount_due),
            )
        log_beginning(payment, cause="test")
    return payment


def open_checkout(*invoices: Invoice, payer: User | None = None, on: date | None = None) -> Payment:
    """A checkout payment for these bills of one account, open at the provider."""
    payment = begin_checkout(*invoices, payer=payer, on=on)
    return settle_payment(payment.pk, opened(payment), cause="test")


def paid_checkout(*invoices: Invoice, payer: User | None = None, on: date | None = None) -> Payment:
    """A checkout payment that paid these bills of one account."""
    payment = begin_checkout(*invoices, payer=payer, on=on)
    return settle_payment(payment.pk, paid(payment), cause="test")


def opened(payment: Payment) -> CheckoutReport:
    """The provider made the checkout; nobody has paid yet."""
    return _report(payment, CheckoutStatus.OPEN, MoneyStatus.UNPAID)


def paid(
    payment: Payment, *, amount: Decimal | None = None, currency: str = CURRENCY, paid_at: datetime | None = None
) -> CheckoutReport:
    """The customer paid; what was asked, and now, unless the test says otherwise."""
    return _report(
        payment, CheckoutStatus.COMPLETE, MoneyStatus.PAID, amount=amount, currency=currency, paid_at=paid_at
    )


def on_its_way(payment: Payment) -> CheckoutReport:
    """The customer completed the checkout by a means that pays later."""
    return _report(payment, CheckoutStatus.COMPLETE, MoneyStatus.UNPAID)


def declined(payment: Payment) -> CheckoutReport:
    """The means that pays later did not."""
    return _report(payment, CheckoutStatus.COMPLETE, MoneyStatus.FAILED)


def expired(payment: Payment) -> CheckoutReport:
    """The checkout closed without payment."""
    return _report(payment, CheckoutStatus.EXPIRED, MoneyStatus.UNPAID)


def operation(
    account: ServiceAccount,
    *lines: tuple[Invoice, Decimal],
    channel: str = PaymentChannel.RAPIPAGO,
    number: str | None = None,
    amount: Decimal | None = None,
    paid_at: datetime | None = None,
) -> ReceivedOperation:
    """An operation of a collection channel that paid these amounts of these bills, now by default."""
    return ReceivedOperation(
        channel=channel,
        operation_number=number or f"{next(_operations):08d}",
        account=account,
        lines=_lines(lines),
        amount=amount if amount is not None else sum((paid for _, paid in lines), Decimal(0)),
        paid_at=paid_at or timezone.now(),
    )


def _lines(lines: Sequence[tuple[Invoice, Decimal]]) -> list[ReceivedLine]:
    return [ReceivedLine(invoice_id=invoice.pk, amount=amount) for invoice, amount in lines]


def _report(
    payment: Payment,
    status: CheckoutStatus,
    money: MoneyStatus,
    *,
    amount: Decimal | None = None,
    currency: str = CURRENCY,
    paid_at: datetime | None = None,
) -> CheckoutReport:
    session = f"cs_{payment.public_id}"
    is_paid = money is MoneyStatus.PAID
    return CheckoutReport(
        session_id=session,
        reference=payment.public_id,
        status=status,
        money=money,
        amount=payment.amount_asked if amount is None else amount,
        currency=currency,
        url=f"https://checkout.example/{session}" if status is CheckoutStatus.OPEN else "",
        provider_payment_id=f"pi_{payment.public_id}" if status is CheckoutStatus.COMPLETE else None,
        paid_at=(paid_at or timezone.now()) if is_paid else None,
        means_brand="visa" if is_paid else "",
        means_funding="debit" if is_paid else "",
        means_last4="4417" if is_paid else "",
        failure_code="card_declined" if money is MoneyStatus.FAILED else "",
        expires_at=payment.expires_at,
    )
