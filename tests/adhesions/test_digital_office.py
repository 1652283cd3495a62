"""What the office does about the digital bill: it reads, ends an adhesion, and sends a bill again."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client

from accounts.models import AccountLink, User
from adhesions.digital.sending import deliver_bill
from adhesions.enums import AdhesionEnd, DeliveryKind
from adhesions.models import BillDelivery, DigitalBilling
from tests.answers import said
from tests.factories.adhesions import digital
from tests.factories.billing import InvoiceFactory
from tests.jobs import run_jobs

ADHESIONS = "/admin/adhesions/digitalbilling/"
DELIVERIES = "/admin/adhesions/billdelivery/"


@pytest.fixture
def adhesion(link: AccountLink) -> DigitalBilling:
    """Ana has the bills of the account mailed."""
    return digital(link)


@pytest.fixture
def delivery(adhesion: DigitalBilling) -> BillDelivery:
    """A bill on its way to her."""
    bill = InvoiceFactory.create(account=adhesion.account)
    return BillDelivery.objects.create(invoice=bill, email=adhesion.email, kind=DeliveryKind.NEW, adhesion=adhesion)


def clerk(user: User, *codenames: str) -> Client:
    """A browser of Olga, who has these permissions and no other."""
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_office_ends_an_adhesion_and_its_maker_is_told(staff: User, adhesion: DigitalBilling) -> None:
    olga = clerk(staff, "view_digitalbilling", "change_digitalbilling")
    run_jobs()
    mail.outbox.clear()
    chosen = {"action": "end", "_selected_action": [adhesion.pk]}

    assert said(olga.post(ADHESIONS, chosen))[-1].startswith("Adhesiones canceladas: 1.")
    assert said(olga.post(ADHESIONS, chosen))[-1] == "Las que elegiste ya estaban canceladas."

    adhesion.refresh_from_db()
    assert (adhesion.ended_by, adhesion.end_reason) == (staff, AdhesionEnd.OFFICE)
    assert LogEntry.objects.get().change_message == "Cancelada por la oficina"
    run_jobs()
    assert ["Motivo: La canceló la oficina" in message.body for message in mail.outbox] == [True]


def test_the_office_sends_a_bill_again(staff: User, delivery: BillDelivery) -> None:
    olga = clerk(staff, "view_billdelivery", "change_billdelivery")

    answer = olga.post(DELIVERIES, {"action": "resend", "_selected_action": [delivery.pk]})

    assert said(answer)[-1] == "Facturas en camino: 1. Abajo se ve si salieron."
    again = BillDelivery.objects.exclude(pk=delivery.pk).get()
    assert (again.kind, again.email, again.requested_by) == ("on_request", "ana@correo.example", staff)


def test_the_office_notes_what_came_back_to_its_own_mailbox(staff: User, delivery: BillDelivery) -> None:
    olga = clerk(staff, "view_billdelivery", "change_billdelivery")
    chosen = {"action": "bounced", "_selected_action": [delivery.pk]}

    assert said(olga.post(DELIVERIES, chosen))[-1] == "Solo rebota lo que ya se envió: no cambió ninguna."
    deliver_bill(delivery.pk)
    assert said(olga.post(DELIVERIES, chosen))[-1].startswith("Marcadas como rebotadas: 1.")

    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == ("bounced", "Volvió a la casilla de la oficina")
    assert DigitalBilling.objects.get().paused_at is not None
    assert LogEntry.objects.get().change_message == "Marcada como rebotada por la oficina"


def test_who_may_only_read_changes_nothing(staff: User, adhesion: DigitalBilling, delivery: BillDelivery) -> None:
    olga = clerk(staff, "view_billdelivery", "view_digitalbilling")
    olga.post(ADHESIONS, {"action": "end", "_selected_action": [adhesion.pk]})
    olga.post(DELIVERIES, {"action": "resend", "_selected_action": [delivery.pk]})
    assert (DigitalBilling.objects.live().count(), BillDelivery.objects.count()) == (1, 1)


@pytest.mark.parametrize("typed", ["ana@correo.example", "0142-", "{account}"])
def test_both_are_found_by_what_the_office_has_at_hand(
    staff: User, adhesion: DigitalBilling, delivery: BillDelivery, typed: str
) -> None:
    olga = clerk(staff, "view_billdelivery", "view_digitalbilling")
    words = {"{account}": adhesion.account.number, "0142-": delivery.invoice.invoice_number}.get(typed, typed)
    assert "ana@correo.example" in olga.get(DELIVERIES, {"q": words}).content.decode().replace(f'value="{words}"', "")
