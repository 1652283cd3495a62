"""Everything by which somebody of the office may ask for a customer."""

from typing import Final

from django.db.models import Model

from accounts.models import AccountLink, ServiceAccount, User, Withdrawal
from adhesions.models import DigitalBilling, DirectDebit
from billing.models import (
    Charge,
    ChargeVoucher,
    Claim,
    CollectionOperation,
    DebtCertificate,
    Dispute,
    Invoice,
    Payment,
    PaymentReport,
    Receipt,
    Refund,
)
from oficina.staff.customers.key import (
    Key,
    Reading,
    account_number,
    bill_number,
    code_on_paper,
    document,
    exactly,
    in_capitals,
    internal_id,
    mail,
    payment_code,
    phone,
    record_number,
    words_in,
)
from payment_plans.models import PaymentPlan


def _account(called: str, found_by: Reading) -> Key:
    return Key(model=ServiceAccount, called=called, found_by=found_by, account="pk", named=lambda _row: "")


def _person(called: str, found_by: Reading) -> Key:
    return Key(model=User, called=called, found_by=found_by, person="pk", named=lambda _row: "")


def _bill(called: str, found_by: Reading) -> Key:
    return Key(model=Invoice, called=called, found_by=found_by, account="account", named=lambda bill: f"Factura {bill}")


def _payment(called: str, found_by: Reading) -> Key:
    return Key(
        model=Payment,
        called=called,
        found_by=found_by,
        account="account",
        named=lambda payment: f"Pago {payment.number}",
    )


def _of_a_payment(model: type[Model], name: str, called: str, found_by: Reading) -> Key:
    return Key(
        model=model, called=called, found_by=found_by, account="payment__account", shown=Payment, shown_pk="payment",
        named=lambda row: f"{name} {row}".strip(),
    )  # fmt: skip


def _of_an_account(model: type[Model], name: str, called: str, found_by: Reading) -> Key:
    return Key(
        model=model, called=called, found_by=found_by, account="account", named=lambda row: f"{name} {row}".strip()
    )


def _of_a_bill(model: type[Model], name: str, called: str, found_by: Reading) -> Key:
    return Key(
        model=model,
        called=called,
        found_by=found_by,
        account="invoice__account",
        named=lambda row: f"{name} {row}".strip(),
    )


KEYS: Final = (
    _account("número", account_number),
    _account("documento del titular", document("holder_document")),
    _account("medidor", in_capitals("meter_number")),
    _account("titular", words_in("holder_name")),
    _account("dirección", words_in("service_address")),
    _person("mail", mail("email")),
    _person("documento", document("document")),
    _person("teléfono", phone),
    _person("nombre", words_in("first_name", "last_name")),
    _person("identificador", internal_id),
    _of_an_account(AccountLink, "", "referencia", internal_id),
    _bill("número", bill_number),
    _bill("código de pago electrónico", payment_code),
    _bill("identificador", internal_id),
    _payment("número", record_number("P")),
    _payment("número de operación", exactly("operation_number")),
    _payment("sesión del proveedor", exactly("provider_session_id")),
    _payment("número del proveedor", exactly("provider_payment_id")),
    _payment("identificador", internal_id),
    _of_a_payment(Receipt, "Recibo", "número", record_number(Receipt.NUMBER_PREFIX)),
    _of_a_payment(Receipt, "Recibo", "código de verificación", code_on_paper()),
    _of_a_payment(Refund, "Devolución", "número", record_number("D")),
    _of_a_payment(Refund, "Devolución", "número del proveedor", exactly("provider_refund_id")),
    _of_a_payment(Dispute, "Reclamo al banco", "número del proveedor", exactly("provider_dispute_id")),
    Key(
        model=CollectionOperation, called="número de operación", found_by=exactly("operation_number"),
        named=lambda operation: f"Operación {operation.operation_number} de {operation.channel.name}",
        needs=("channel",),
    ),
    _of_an_account(Charge, "", "número", in_capitals("charge_number")),
    _of_an_account(Charge, "", "identificador", internal_id),
    Key(
        model=ChargeVoucher, called="número", found_by=record_number(ChargeVoucher.NUMBER_PREFIX),
        account="charge__account", shown=Charge, shown_pk="charge", named=lambda voucher: f"Comprobante {voucher}",
    ),
    Key(
        model=ChargeVoucher, called="código de verificación", found_by=code_on_paper(), account="charge__account",
        shown=Charge, shown_pk="charge", named=lambda voucher: f"Comprobante {voucher}",
    ),
    _of_an_account(DebtCertificate, "Libre deuda", "número", record_number(DebtCertificate.NUMBER_PREFIX)),
    _of_an_account(DebtCertificate, "Libre deuda", "código de verificación", code_on_paper()),
    _of_an_account(PaymentPlan, "Plan", "número", record_number("PP")),
    _of_an_account(PaymentPlan, "Plan", "código de verificación", code_on_paper()),
    _of_a_bill(Claim, "Reclamo", "número", record_number(Claim.NUMBER_PREFIX)),
    _of_a_bill(PaymentReport, "Aviso de pago", "número", record_number(PaymentReport.NUMBER_PREFIX)),
    _of_a_bill(PaymentReport, "Aviso de pago", "número de operación", exactly("operation_number")),
    _of_an_account(DirectDebit, "Adhesión al débito", "número", record_number("DA")),
    _of_an_account(DigitalBilling, "Factura digital", "número", record_number("FD")),
    _of_an_account(DigitalBilling, "Factura digital", "mail", mail("email")),
    Key(
        model=Withdrawal, called="número de operación", found_by=code_on_paper("number"), person="user",
        named=lambda withdrawal: f"Baja {withdrawal}",
    ),
)  # fmt: skip
"""In the order in which what they found is told."""
