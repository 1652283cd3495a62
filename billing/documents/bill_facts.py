"""What a bill says, for its page and its PDF alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.documents import CUIT_LENGTH, show_document
from accounts.models import ServiceAccount
from billing.models import Invoice, InvoiceLine, LateInterestPolicy
from billing.presentation import decimal_words
from oficina.shared.dates import days_phrase, short_date
from oficina.shared.money import NBSP, ZERO

_LITRES = 1000
_MONTH = 30
_COMPANIES = ("30", "33", "34")


@dataclass(frozen=True, kw_only=True)
class PrintedPrice:
    """One line of the bill's prices: until when, a local date, and how much, in pesos. `place` counts from 1."""

    place: int
    day: date
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class ChargedLine:
    """One line of the bill. Amounts in pesos, `vat_rate` in per cent, as printed."""

    concept: str
    quantity: str
    unit_price: str
    net: Decimal
    vat_rate: str
    vat: Decimal
    total: Decimal

    @property
    def measure(self) -> str:
        """How much at what price: `41 m³ × $ 312,40`."""
        return f"{self.quantity} × {self.unit_price}"


@dataclass(frozen=True)
class LateInterest:
    """What a delay costs, as printed: for each day and for thirty of them, `0,07 %` and `2,10 %`."""

    daily: str
    monthly: str


@dataclass(frozen=True)
class Charged:
    """All lines of a bill and what they add up to, in pesos."""

    lines: Sequence[ChargedLine]

    @property
    def net(self) -> Decimal:
        """Without VAT."""
        return sum((line.net for line in self.lines), ZERO)

    @property
    def vat(self) -> Decimal:
        """The VAT contained in the bill."""
        return sum((line.vat for line in self.lines), ZERO)


def printed_prices(invoice: Invoice) -> list[PrintedPrice]:
    """The first due date and each later one, in order."""
    days = [invoice.due_on, *invoice.later_due_on]
    amounts = [invoice.amount, *invoice.later_amounts]
    dated = enumerate(zip(days, amounts, strict=True), start=1)
    return [PrintedPrice(place=place, day=day, amount=amount) for place, (day, amount) in dated]


def charged(invoice: Invoice) -> Charged:
    """The lines of a bill, in one query unless it was loaded with them."""
    return Charged([charged_line(line) for line in invoice.lines.all()])


def readings(invoice: Invoice) -> list[tuple[str, str]]:
    """The meter of a bill loaded with its account, what it showed and what lies between; empty for a flat rate."""
    taken = [
        ("Lectura anterior", invoice.previous_reading, invoice.previous_reading_on),
        ("Lectura actual", invoice.current_reading, invoice.current_reading_on),
    ]
    shown = [
        (f"{name}, {short_date(day)}" if day else name, f"{decimal_words(value)} m³")
        for name, value, day in taken
        if value is not None
    ]
    measured = shown + _used(invoice)
    meter = invoice.account.meter_number
    return [("Medidor", meter), *measured] if measured and meter else measured


def _used(invoice: Invoice) -> list[tuple[str, str]]:
    used, first, last = invoice.consumption_m3, invoice.previous_reading_on, invoice.current_reading_on
    if used is None:
        return []
    consumption = f"{decimal_words(used)} m³"
    if first is None or last is None or last <= first:
        return [("Consumo", consumption)]
    days = (last - first).days
    litres = f"{round(used * _LITRES / days):,}".replace(",", ".")
    return [(f"Consumo en {days_phrase(days)}", consumption), ("Por día", f"{litres} litros")]


def late_interest(invoice: Invoice) -> LateInterest | None:
    """The interest in force when the bill was issued; None when there was none. Later policies may change it."""
    policy = LateInterestPolicy.objects.filter(valid_from__lte=invoice.issued_on).order_by("-valid_from").first()
    if policy is None:
        return None
    return LateInterest(
        daily=f"{_percentage(policy.daily_rate)}{NBSP}%", monthly=f"{_percentage(policy.daily_rate * _MONTH)}{NBSP}%"
    )


def _percentage(fraction: Decimal) -> str:
    return decimal_words(fraction * 100, at_least=2)


def payment_code_words(invoice: Invoice) -> str:
    """`0742 0820 0142 37`: digits in fours, to be read aloud; a code with letters or dashes as it is."""
    code = invoice.payment_code or ""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4)) if code.isdecimal() else code


def holder_document(digits: str) -> str:
    """`DNI 30.412.876`, `CUIT 30-70918273-7`; empty when the utility does not know it.

    The eleven digits of a person may be either of two documents; those of a company are a CUIT.
    """
    if not digits:
        return ""
    if len(digits) < CUIT_LENGTH:
        return f"DNI {show_document(digits)}"
    return f"{'CUIT' if digits.startswith(_COMPANIES) else 'CUIT o CUIL'} {show_document(digits)}"


def service_address(account: ServiceAccount) -> str:
    """`Av. San Martín 1450, 5501 Godoy Cruz`."""
    return f"{account.service_address}, {account.postal_code} {account.locality}".replace(",  ", ", ")


def charged_line(line: InvoiceLine) -> ChargedLine:
    """A line as it is printed."""
    return ChargedLine(
        concept=line.concept,
        quantity=f"{decimal_words(line.quantity)} {line.unit}".strip(),
        unit_price=f"${NBSP}{decimal_words(line.unit_price, at_least=2)}",
        net=line.amount,
        vat_rate=decimal_words(line.vat_rate),
        vat=line.vat_amount,
        total=line.amount + line.vat_amount,
    )
