"""A bill of nobody, to show how bills are read: what is computed of a real one is computed of it too."""

from datetime import date
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from accounts.account_numbers import digit_count, format_account_number
from accounts.holders import Holder
from accounts.models import ServiceAccount
from billing.billed_periods import Period
from billing.documents.arca_qr import arca_qr_address
from billing.documents.bill_consumption import BillConsumption
from billing.documents.bill_document import due_box, holder_facts
from billing.documents.bill_facts import Charged, charged_line, late_interest, printed_prices, readings
from billing.documents.counter_slip import counter_slip
from billing.documents.other_debts import Debt, OtherDebts
from billing.enums import DocumentCode, InvoiceKind, ServiceKind
from billing.models import Invoice, InvoiceLine
from billing.presentation import bill_name
from oficina.shared.codes import qr_code
from oficina.shared.dates import add_months
from oficina.shared.money import round_to_cents

_VAT: Final = Decimal(21)
_PERIOD: Final = date(2026, 9, 1)
_ISSUED: Final = date(2026, 11, 2)
_DUE: Final = (date(2026, 11, 20), date(2026, 11, 30))
_LATER_DEARER: Final = Decimal("1.014")
_USED: Final = (29, 38, 57, 61, 44, 31, 28, 36, 55, 60, 43, 30, 27)
"""m³ of thirteen periods, the newest first."""
_FLAT: Final = (18, 17, 17, 16, 15, 15, 14, 13, 13, 12, 12, 11, 10)
"""The same for a flat rate, in thousands of pesos."""
_EARLIER: Final = Decimal("15240.00")
"""Another bill, which is overdue, and what it has grown by."""
_EARLIER_INTEREST: Final = Decimal("426.72")
_METERED_LINES: Final = (
    ("Cargo fijo", "1", "bimestre", "4200.00"),
    ("Agua potable", "29", "m³", "312.40"),
    ("Cloaca", "29", "m³", "156.20"),
)
_FLAT_LINES: Final = (("Agua potable, cuota fija", "1", "bimestre", "9900.00"), ("Cloaca", "1", "bimestre", "4950.00"))


def specimen_context(kind: ServiceKind) -> dict[str, object]:
    """What `documents/bill.html` shows of a bill of this kind with everything that a bill may have.

    Its keys are those of `bill_document.bill_context`. One query: the interest of late payment is the one in force.
    """
    lines = _lines(kind)
    invoice = _invoice(kind, sum((line.amount + line.vat_amount for line in lines), Decimal(0)))
    account, holder = invoice.account, _holder()
    return {
        "is_specimen": True,
        "utility": settings.UTILITY,
        "portal_host": urlsplit(settings.BASE_URL).netloc,
        "drawn_on": _ISSUED,
        "invoice": invoice,
        "document_code": f"{invoice.document_code:03d}",
        "is_void": False,
        "subject": bill_name(invoice),
        "account_number": format_account_number(account.number),
        "holder_name": holder.name,
        "holder_facts": holder_facts(invoice, account, holder),
        "due": due_box(invoice, on=_ISSUED),
        "prices": printed_prices(invoice),
        "slip": counter_slip(invoice, on=_ISSUED),
        "charged": Charged([charged_line(line) for line in lines]),
        "other_debts": OtherDebts(on=_ISSUED, debts=[_earlier_bill()]),
        "late_interest": late_interest(invoice),
        "qr": qr_code(arca_qr_address(invoice, holder.document)),
        "consumption": BillConsumption(readings=readings(invoice), periods=_periods(kind, invoice), unusual=None),
    }


def _holder() -> Holder:
    return Holder(name="MUESTRA: nombre y apellido", document="12345678", vat_condition="Consumidor final")


def _invoice(kind: ServiceKind, amount: Decimal) -> Invoice:
    is_metered = kind is ServiceKind.METERED
    account = ServiceAccount(
        number="0" * digit_count(),
        service_address="Calle del inmueble 123",
        locality="Localidad",
        postal_code="M5500",
        category="Residencial",
        service="Agua y cloaca",
        tariff="R2" if is_metered else "R2 F",
        meter_number="A-00000000" if is_metered else "",
    )
    invoice = Invoice(
        account=account,
        kind=InvoiceKind.SERVICE,
        service_kind=kind,
        document_code=DocumentCode.SERVICE_B,
        invoice_number="0000-00000001",
        period=_PERIOD,
        issued_on=_ISSUED,
        amount=amount,
        due_on=_DUE[0],
        later_due_on=[_DUE[1]],
        later_amounts=[round_to_cents(amount * _LATER_DEARER)],
        payment_code="0" * 14,
        authorization_code="0" * 14,
        authorization_due_on=date(2026, 11, 12),
    )
    if is_metered:
        invoice.consumption_m3 = Decimal(_USED[0])
        invoice.previous_reading, invoice.previous_reading_on = Decimal(1284), date(2026, 8, 31)
        invoice.current_reading, invoice.current_reading_on = Decimal(1284 + _USED[0]), date(2026, 10, 30)
    invoice.amount_due = amount
    return invoice


def _lines(kind: ServiceKind) -> list[InvoiceLine]:
    told = _METERED_LINES if kind is ServiceKind.METERED else _FLAT_LINES
    lines = []
    for position, (concept, quantity, unit, price) in enumerate(told, start=1):
        net = round_to_cents(Decimal(quantity) * Decimal(price))
        lines.append(
            InvoiceLine(
                position=position,
                concept=concept,
                quantity=Decimal(quantity),
                unit=unit,
                unit_price=Decimal(price),
                amount=net,
                vat_rate=_VAT,
                vat_amount=round_to_cents(net * _VAT / 100),
            )
        )
    return lines


def _earlier_bill() -> Debt:
    return Debt(
        ref="",
        subject="Julio y agosto 2026",
        document="B 0000-00000000",
        due_on=date(2026, 9, 21),
        is_overdue=True,
        left=_EARLIER,
        interest=_EARLIER_INTEREST,
        total=_EARLIER + _EARLIER_INTEREST,
    )


def _periods(kind: ServiceKind, invoice: Invoice) -> list[Period]:
    months = [add_months(_PERIOD, -settings.BILLING_PERIOD_MONTHS * back) for back in range(len(_USED))]
    if kind is ServiceKind.METERED:
        earlier = [Period(month, Decimal(used), Decimal(0)) for month, used in zip(months, _USED, strict=True)]
    else:
        earlier = [Period(month, None, Decimal(1000 * amount)) for month, amount in zip(months, _FLAT, strict=True)]
    return [Period(_PERIOD, invoice.consumption_m3, invoice.amount), *earlier[1:]]
