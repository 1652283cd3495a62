"""What an import that gives an account to another holder does to its adhesions."""

from pathlib import Path

import pytest
from django.core import mail

from accounts.models import AccountLink, ServiceAccount
from adhesions.digital.planning import plan_new_bills
from adhesions.digital.requesting import request_bill
from adhesions.enums import AdhesionEnd, DebitState, DeliveryState
from adhesions.models import BillDelivery, DigitalBilling, DirectDebit
from tests.conftest import NOON
from tests.factories.accounts import AccountLinkFactory
from tests.factories.adhesions import digital
from tests.factories.billing import InvoiceFactory
from tests.factories.debits import announced, bank_mandate
from tests.imports import csv_files
from tests.imports.csv_files import account, account_number
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

NUMBER = account_number()
OTHER_NUMBER = account_number(2)


def load(tmp_path: Path, **values: str) -> None:
    """Import the account as the billing system tells it, and another one that stays as it is."""
    rows = [account(**values), account(account_number=OTHER_NUMBER)]
    _, bad_rows = csv_files.run(csv_files.write(tmp_path / "accounts.csv", *rows))
    assert bad_rows == []


def link_of(number: str, email: str) -> AccountLink:
    kept = ServiceAccount.objects.get(number=number.replace("-", ""))
    return AccountLinkFactory.create(account=kept, user__email=email)


def test_adhesions_of_the_holder_before_end_and_their_makers_are_told(tmp_path: Path) -> None:
    load(tmp_path)
    link, another = link_of(NUMBER, "ana@correo.example"), link_of(OTHER_NUMBER, "luis@correo.example")
    mandate = bank_mandate(link)
    waiting = announced(mandate, InvoiceFactory.create(account=link.account))
    taken = announced(mandate, InvoiceFactory.create(account=link.account))
    taken.state, taken.try_on = DebitState.UNDER_WAY, None
    taken.save()
    adhesions = [digital(link), digital(link_of(NUMBER, "luz@correo.example"), email="casa@correo.example")]
    kept = [digital(another), bank_mandate(another)]
    run_jobs()
    plan_new_bills([waiting.invoice_id])
    mail.outbox.clear()

    load(tmp_path, holder_name="Berta Funes", holder_document="27-28999111-4")
    run_jobs()

    for ended in (*adhesions, mandate):
        ended.refresh_from_db()
        assert (ended.ended_at, ended.ended_by, ended.end_reason) == (NOON, None, AdhesionEnd.HOLDER_CHANGED)
    for live in kept:
        live.refresh_from_db()
        assert live.ended_at is None
    waiting.refresh_from_db()
    taken.refresh_from_db()
    assert (waiting.state, taken.state) == (DebitState.WITHDRAWN, DebitState.UNDER_WAY)
    assert {delivery.state for delivery in BillDelivery.objects.all()} == {DeliveryState.NOT_NEEDED}
    told = sorted((message.to[0], str(message.subject).partition(" cuenta")[0]) for message in mail.outbox)
    assert told == [
        ("ana@correo.example", "Débito automático: baja,"),
        ("ana@correo.example", "Factura digital: baja de la"),
        ("casa@correo.example", "Factura digital: baja de la"),
        ("luz@correo.example", "Factura digital: baja de la"),
    ]
    for message in mail.outbox:
        assert "Motivo: Cambió el titular de la cuenta" in message.body
        assert "Funes" not in message.body
        assert "28999111" not in message.body.replace(".", "")


def test_bill_of_the_new_holder_is_mailed_to_nobody_who_adhered_before(tmp_path: Path) -> None:
    load(tmp_path)
    link = link_of(NUMBER, "ana@correo.example")
    digital(link)
    load(tmp_path, holder_document="27-28999111-4")

    plan_new_bills([InvoiceFactory.create(account=link.account).pk])

    assert not BillDelivery.objects.exists()


def test_bill_asked_for_before_is_not_mailed_after(tmp_path: Path) -> None:
    load(tmp_path)
    link = link_of(NUMBER, "ana@correo.example")
    request_bill(InvoiceFactory.create(account=link.account), by=link.user, now=NOON)
    load(tmp_path, holder_document="27-28999111-4")
    InvoiceFactory.create(account=link.account)
    mail.outbox.clear()

    run_jobs()

    assert BillDelivery.objects.get().state == DeliveryState.NOT_NEEDED
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("20304128763", "27289991114", True),
        ("30412876", "28999111", True),
        ("30412876", "30304128763", True),
        ("20304128763", "", False),
        ("", "27289991114", False),
        ("30412876", "20-30412876-3", False),
        ("20304128763", "30.412.876", False),
        ("6412876", "20064128763", False),
    ],
)
def test_another_person_is_another_holder(tmp_path: Path, before: str, after: str, *, changes: bool) -> None:
    load(tmp_path, holder_document=before)
    adhesion = digital(link_of(NUMBER, "ana@correo.example"))

    load(tmp_path, holder_name="Como sea", holder_document=after)

    adhesion.refresh_from_db()
    assert (adhesion.end_reason == AdhesionEnd.HOLDER_CHANGED) is changes


def test_document_left_out_between_two_holders_hides_no_change(tmp_path: Path) -> None:
    load(tmp_path)
    link = link_of(NUMBER, "ana@correo.example")
    digital(link)

    load(tmp_path, holder_document="")
    link.account.refresh_from_db()
    assert link.account.holder_document == "20304128763"
    load(tmp_path, holder_document="27289991114")

    assert not DigitalBilling.objects.live().exists()


def test_new_holder_adheres_and_the_same_file_changes_nothing(tmp_path: Path) -> None:
    load(tmp_path)
    bank_mandate(link_of(NUMBER, "ana@correo.example"))
    load(tmp_path, holder_document="27289991114")
    adhesion = bank_mandate(link_of(NUMBER, "berta@correo.example"))

    load(tmp_path, holder_document="27289991114")

    assert [*DirectDebit.objects.live()] == [adhesion]
