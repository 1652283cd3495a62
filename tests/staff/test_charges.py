"""The office reads charges, finds them, and cancels one that nobody accepted."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from accounts.models import ServiceAccount, User
from billing.charges.acts import invoice_charge
from billing.enums import ChargeStatus
from billing.models import Charge
from oficina.shared.ids import public_id
from tests.answers import said, text_of
from tests.factories.charges import ChargeFactory
from tests.staff.conftest import may

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

LIST = "/admin/billing/charge/"


@pytest.fixture
def charge(account: ServiceAccount) -> Charge:
    """A charge of 12,100 pesos that nobody has accepted."""
    return ChargeFactory.create(account=account, charge_number="C-000001")


def record(charge: Charge) -> str:
    return f"{LIST}{charge.pk}/change/"


def page(charge: Charge) -> str:
    return f"{LIST}{charge.pk}/cancelar/"


def form(reason: str = "Se cargó dos veces") -> dict[str, str]:
    return {"key": public_id(), "reason": reason}


def yes(reason: str = "Se cargó dos veces") -> dict[str, str]:
    return {**form(reason), "confirmado": "1"}


def test_list_finds_by_number_account_and_bill(as_administrator: Client, charge: Charge, owner: User) -> None:
    other = ChargeFactory.create(charge_number="C-000002")
    invoice = invoice_charge(other, accepted=other.amount, by=owner, now=timezone.now())

    for typed, found in {
        "c-000001": charge,
        str(charge.account): charge,
        invoice.invoice_number: other,
        f"B {invoice.invoice_number}": other,
    }.items():
        listed = text_of(as_administrator.get(LIST, {"q": typed}))
        assert (record(charge) in listed, record(other) in listed) == (found == charge, found == other), typed


def test_list_filters_by_state(as_administrator: Client, charge: Charge, owner: User) -> None:
    assert record(charge) in text_of(as_administrator.get(LIST, {"status__exact": "pending"}))
    assert record(charge) not in text_of(as_administrator.get(LIST, {"status__exact": "invoiced"}))


def test_series_say_how_far_they_came(as_administrator: Client, charge: Charge, owner: User) -> None:
    invoice_charge(charge, accepted=charge.amount, by=owner, now=timezone.now())

    listed = text_of(as_administrator.get("/admin/billing/invoiceseries/"))
    assert "Liquidación de servicios públicos B" in listed
    assert "00005-00000001" in listed


def test_cancelling_asks_first_and_then_keeps_who_and_why(
    as_administrator: Client, administrator: User, charge: Charge
) -> None:
    assert page(charge) in text_of(as_administrator.get(record(charge)))
    question = text_of(as_administrator.post(page(charge), form()))
    assert "¿Cancelar el cargo C-000001?" in question
    assert "Motivo: Se cargó dos veces" in question
    assert Charge.objects.get().status == ChargeStatus.PENDING

    answer = as_administrator.post(page(charge), yes())

    assert (answer.status_code, answer["Location"]) == (302, record(charge))
    charge.refresh_from_db()
    assert (charge.status, charge.cancelled_by, charge.cancellation_reason) == (
        ChargeStatus.CANCELLED, administrator, "Se cargó dos veces",
    )  # fmt: skip
    assert LogEntry.objects.get().change_message == "Cancelado: Se cargó dos veces"
    assert page(charge) not in text_of(as_administrator.get(record(charge)))


def test_reason_is_needed(as_administrator: Client, charge: Charge) -> None:
    assert "Escribí por qué se cancela." in text_of(as_administrator.post(page(charge), yes("")))
    assert Charge.objects.get().status == ChargeStatus.PENDING


def test_charge_that_was_accepted_meanwhile_is_not_cancelled(
    as_administrator: Client, charge: Charge, owner: User
) -> None:
    invoice_charge(charge, accepted=charge.amount, by=owner, now=timezone.now())

    assert "no hay nada que cancelar" in text_of(as_administrator.get(page(charge)))
    answer = as_administrator.post(page(charge), yes())
    assert said(answer) == ["No se canceló: el cliente lo aceptó y es la factura B 00005-00000001."]
    assert Charge.objects.get().status == ChargeStatus.INVOICED


def test_second_click_cancels_nothing_again(as_administrator: Client, charge: Charge) -> None:
    as_administrator.post(page(charge), yes())
    answer = as_administrator.post(page(charge), yes("Otro motivo"))
    assert said(answer)[-1] == "Ya estaba cancelado."
    assert Charge.objects.get().cancellation_reason == "Se cargó dos veces"
    assert LogEntry.objects.count() == 1


def test_only_who_may_change_charges_cancels(as_owner: Client, anonymous: Client, staff: User, charge: Charge) -> None:
    viewer = may(staff, "view_charge")
    assert page(charge) not in text_of(viewer.get(record(charge)))
    assert viewer.get(page(charge)).status_code == 403
    assert viewer.post(page(charge), yes()).status_code == 403
    assert as_owner.post(page(charge), yes()).status_code == 404
    assert anonymous.post(page(charge), yes()).status_code == 302
    assert Charge.objects.get().status == ChargeStatus.PENDING
    clerk = may(staff, "view_charge", "change_charge")
    assert clerk.post(page(charge), yes()).status_code == 302
    assert Charge.objects.get().cancelled_by == staff
