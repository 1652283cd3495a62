"""The provider's days beside ours: every amount of a day, what the bank showed, and whether somebody explained it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import User
from billing.admin.provider_days import bank_words
from billing.discrepancies import open_discrepancy, resolve_discrepancy
from billing.enums import DiscrepancyKind, DiscrepancyResolution, MovementKind
from billing.models import Discrepancy, ProviderDay, ProviderMovement, ProviderPayout
from billing.reconciliation.payouts import note_bank_credit
from tests.answers import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

NBSP = "\N{NO-BREAK SPACE}"
DAY = date(2026, 11, 23)


@pytest.fixture
def day() -> ProviderDay:
    """1,000 pesos came, 100 went back, it cost 40; we lack 300 of what came."""
    return ProviderDay.objects.create(
        source="stripe", day=DAY, charges=3, gross=Decimal("1000.00"), refunds=Decimal("100.00"), fees=Decimal("40.00"),
        net=Decimal("860.00"), payouts=Decimal("500.00"), our_payments=2, our_received=Decimal("700.00"),
        our_refunds=Decimal("100.00"),
    )  # fmt: skip


def sent(name: str, at: datetime, amount: str = "500.00") -> ProviderPayout:
    return ProviderPayout.objects.create(
        source="stripe", payout_id=name, amount=Decimal(amount), sent_at=at, arrives_on=date(2026, 11, 25)
    )


def listed(client: Client) -> list[str]:
    """The columns of the only row."""
    answer = client.get("/admin/billing/providerday/")
    shown = answer.context["cl"]
    (row,) = shown.result_list
    admin = shown.model_admin
    columns = ["gross", "fees", "net", "payouts", "bank", "theirs", "ours"]
    return [*(getattr(admin, f"{name}_shown")(row) for name in columns), admin.situation_shown(row)[1]]


def page_of(client: Client, day: ProviderDay) -> str:
    return text_of(client.get(f"/admin/billing/providerday/{day.pk}/change/"))


def in_pesos(*amounts: str) -> list[str]:
    return [f"${NBSP}{amount}" for amount in amounts]


def test_a_day_is_one_line(as_administrator: Client, administrator: User, day: ProviderDay) -> None:
    # 21:30 and 22:30 in Mendoza, on both sides of midnight in UTC; and half past midnight of the next day there.
    first = sent("po_1", datetime(2026, 11, 24, 0, 30, tzinfo=UTC), "300.00")
    second = sent("po_2", datetime(2026, 11, 23, 12, 30, tzinfo=UTC), "200.00")
    sent("po_of_the_next", datetime(2026, 11, 24, 3, 30, tzinfo=UTC))
    amounts = in_pesos("1.000,00", "40,00", "860,00", "500,00")
    totals = in_pesos("900,00", "600,00")

    assert listed(as_administrator) == [*amounts, "Sin anotar", *totals, "Sin explicar"]
    note_bank_credit(first, amount=Decimal("300.00"), on=date(2026, 11, 25), by=administrator)
    assert listed(as_administrator)[4] == f"${NBSP}300,00, falta 1"
    note_bank_credit(second, amount=Decimal("199.50"), on=date(2026, 11, 25), by=administrator)
    assert listed(as_administrator)[4] == f"${NBSP}499,50"


def test_a_day_without_payouts_has_nothing_to_note(as_administrator: Client, day: ProviderDay) -> None:
    assert listed(as_administrator)[4] == "—" == bank_words(None, None)


def test_a_day_is_explained_once_each_finding_is(
    as_administrator: Client, administrator: User, day: ProviderDay
) -> None:
    found = [open_discrepancy(DiscrepancyKind.UNKNOWN_OBJECT, about=f"charge:{number}") for number in (1, 2)]
    day.findings.set(found)

    for finding in found:
        assert listed(as_administrator)[-1] == "Sin explicar"
        resolve_discrepancy(finding, DiscrepancyResolution.OTHER, "Era de otra cuenta.", by=administrator)

    assert listed(as_administrator)[-1] == "Explicada"
    assert not ProviderDay.objects.unexplained().exists()
    ProviderDay.objects.update(our_received=Decimal("1000.00"))
    assert listed(as_administrator)[-1] == "Coincide"


def test_the_page_of_a_day_leads_to_all_of_it(as_administrator: Client, day: ProviderDay) -> None:
    for number in range(2):
        ProviderMovement.objects.create(
            source="stripe", movement_id=f"txn_{number}", kind=MovementKind.CHARGE, day=DAY,
            at=datetime(2026, 11, 23, 15, tzinfo=UTC), amount=Decimal("500.00"), fee=Decimal("20.00"), currency="ARS",
        )  # fmt: skip
    payout = sent("po_1", datetime(2026, 11, 23, 15, tzinfo=UTC))
    finding = open_discrepancy(DiscrepancyKind.UNKNOWN_OBJECT, about="charge:1")
    day.findings.add(finding)

    page = page_of(as_administrator, day)

    assert "23/11/2026: sin explicar" in page
    assert f"<strong>${NBSP}300,00</strong>" in page
    assert 'href="/admin/billing/providermovement/?q=23/11/2026">Ver los 2 movimientos del día' in page
    movements = as_administrator.get("/admin/billing/providermovement/?q=23/11/2026")
    assert len(movements.context["cl"].result_list) == 2
    for path in (
        f"/admin/billing/discrepancy/{finding.pk}/change/",
        f"/admin/billing/providerpayout/{payout.pk}/change/",
    ):
        assert f'href="{path}"' in page
    assert Discrepancy.objects.get().provider_days.get() == day
