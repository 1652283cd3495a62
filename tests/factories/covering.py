"""Bills in payment plans, and the instalments in whose place these are, as billing knows them."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import ServiceAccount
from billing.covering import CoverPart, cover_bills
from billing.instalments import InstalmentDraft, begin_instalments, issue_instalments
from billing.models import Invoice
from oficina.shared.dates import today

PLAN = "plan-1"


def part_of(invoice: Invoice, *, on: date | None = None) -> CoverPart:
    """All that pays the bill, at the price of a local date."""
    return CoverPart.of(Invoice.objects.with_amount_due(on=on or today()).get(pk=invoice.pk))


def cover(*invoices: Invoice, plan: str = PLAN) -> None:
    """A plan began of all that these bills of one account cost now."""
    parts = [part_of(invoice) for invoice in invoices]
    cover_bills(invoices[0].account_id, parts, plan=plan, at=timezone.now())


def draft(number: int = 1, *, capital: str = "400.00", interest: str = "20.00") -> InstalmentDraft:
    """The instalment of that number of three, due so many months from now, with VAT on its interest."""
    vat = Decimal(interest) * Decimal("0.21")
    return InstalmentDraft(
        concept=f"Cuota {number} de 3 del plan de pago 1",
        due_on=today() + timedelta(days=30 * number),
        capital=Decimal(capital),
        interest=Decimal(interest),
        vat=vat.quantize(Decimal("0.01")),
        vat_rate=Decimal("21.00"),
    )


def offered(account: ServiceAccount, drafts: Sequence[InstalmentDraft] | None = None) -> list[Invoice]:
    """Instalments of a plan that waits for its first payment: three of 424.20 pesos, unless the test says otherwise."""
    return issue_instalments(account, drafts or [draft(number) for number in (1, 2, 3)], now=timezone.now())


def owed_instalments(account: ServiceAccount, drafts: Sequence[InstalmentDraft] | None = None) -> list[Invoice]:
    """The same once the plan is in force."""
    instalments = offered(account, drafts)
    begin_instalments(account.pk, [each.pk for each in instalments])
    for each in instalments:
        each.refresh_from_db()
    return instalments
