"""Mails that came back: the adhesion waits, its maker sees why and takes it up again."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AccountLink
from adhesions.digital.bouncing import note_bounce, resume_digital_billing
from adhesions.digital.leaving import leave_digital_billing
from adhesions.digital.planning import plan_new_bills
from adhesions.models import BillDelivery, DigitalBilling
from tests.answers import said
from tests.billing.views.page_text import words_of
from tests.conftest import NOON
from tests.factories.adhesions import digital
from tests.factories.billing import InvoiceFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.usefixtures("at_noon")

NO_SUCH = "550 5.1.1 No such user"


@pytest.fixture
def adhesion(link: AccountLink) -> DigitalBilling:
    """Ana has the bills of the account mailed."""
    return digital(link)


@pytest.fixture
def sent(adhesion: DigitalBilling) -> BillDelivery:
    """A bill that was mailed to her."""
    plan_new_bills([InvoiceFactory.create(account=adhesion.account).pk])
    run_jobs()
    return BillDelivery.objects.get()


def test_what_came_back_is_noted_once_and_nothing_more_is_mailed(adhesion: DigitalBilling, sent: BillDelivery) -> None:
    told = [note_bounce(sent, reason, now=timezone.now()) for reason in (NO_SUCH, "another")]

    assert told == [True, False]
    sent.refresh_from_db()
    adhesion.refresh_from_db()
    assert (sent.state, sent.reason, sent.sent_at, adhesion.paused_at) == ("bounced", NO_SUCH, NOON, NOON)
    plan_new_bills([InvoiceFactory.create(account=adhesion.account).pk])
    assert BillDelivery.objects.count() == 1


def test_what_was_not_sent_cannot_come_back(adhesion: DigitalBilling) -> None:
    plan_new_bills([InvoiceFactory.create(account=adhesion.account).pk])
    assert not note_bounce(BillDelivery.objects.get(), NO_SUCH, now=timezone.now())
    adhesion.refresh_from_db()
    assert adhesion.paused_at is None


def test_an_adhesion_that_ended_stays_as_it_ended(link: AccountLink, sent: BillDelivery) -> None:
    leave_digital_billing(DigitalBilling.objects.get(), by=link.user, now=timezone.now())
    assert note_bounce(sent, NO_SUCH, now=timezone.now())
    assert not resume_digital_billing(DigitalBilling.objects.get(), now=timezone.now())
    assert DigitalBilling.objects.get().paused_at is None


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_its_maker_sees_it_and_takes_it_up_again(
    as_owner: Client, as_teammate: Client, link: AccountLink, sent: BillDelivery, headers: dict[str, str]
) -> None:
    note_bounce(sent, NO_SUCH, now=timezone.now())
    window = f"/cuenta/{link.public_id}/factura-digital/"
    again = f"{window}{DigitalBilling.objects.get().public_id}/reactivar/"

    page = words_of(as_owner.get(window))
    inicio = words_of(as_owner.get(f"/cuenta/{link.public_id}/inicio/"))

    assert "En pausa Los mails a ana@correo.example volvieron: la casilla no los recibe." in page
    assert "Tus facturas no llegan por mail Si ana@correo.example ya funciona, reactivala." in page
    assert "Factura digital En pausa: el mail no la recibe" in inicio
    assert (as_owner.get(again).status_code, as_teammate.post(again).status_code) == (405, 404)
    answer = as_owner.post(again, headers=headers)
    assert (answer.status_code, answer["Location"]) == (303, window)
    assert said(answer) == ["Listo: las facturas nuevas llegan otra vez a ana@correo.example."]
    as_owner.get(window)
    assert said(as_owner.post(again)) == []
    assert DigitalBilling.objects.receiving().exists()
    assert "Tus facturas no llegan" not in words_of(as_owner.get(window))
