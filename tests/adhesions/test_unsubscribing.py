"""Stopping the mails with bills from the mail itself (RFC 8058)."""

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import AccountLink
from adhesions.digital.leaving import leave_digital_billing
from adhesions.digital.unsubscribing import unsubscribe_address
from adhesions.enums import AdhesionEnd
from adhesions.models import DigitalBilling
from tests.billing.views.page_text import words_of
from tests.factories.adhesions import digital
from tests.jobs import run_jobs


@pytest.fixture
def adhesion(link: AccountLink) -> DigitalBilling:
    """Ana has the bills of the account mailed."""
    return digital(link)


@pytest.fixture
def address(adhesion: DigitalBilling) -> str:
    """What her mails say."""
    return unsubscribe_address(adhesion).removeprefix(settings.BASE_URL)


def test_one_click_of_the_mail_program_ends_it(adhesion: DigitalBilling, address: str) -> None:
    program = Client(enforce_csrf_checks=True)
    run_jobs()
    mail.outbox.clear()

    answers = [program.post(address, {"List-Unsubscribe": "One-Click"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    adhesion.refresh_from_db()
    assert (adhesion.end_reason, adhesion.ended_by) == (AdhesionEnd.UNSUBSCRIBED, None)
    run_jobs()
    assert ["Constancia de baja" in message.body for message in mail.outbox] == [True]


def test_looking_changes_nothing_and_asks(anonymous: Client, adhesion: DigitalBilling, address: str) -> None:
    answer = anonymous.get(address)

    assert answer["X-Robots-Tag"] == "noindex"
    assert "¿Dejar de recibir las facturas?" in words_of(answer)
    assert "que llegan a ana@correo.example" in words_of(answer)
    assert adhesion.account.number not in answer.content.decode()
    adhesion.refresh_from_db()
    assert adhesion.ended_at is None


def test_the_button_says_what_happened(anonymous: Client, adhesion: DigitalBilling, address: str) -> None:
    page = words_of(anonymous.post(address))
    assert "Ya no mandamos las facturas" in page
    assert f"la constancia de la baja de la adhesión {adhesion}" in page
    assert "Ya no mandamos las facturas" in words_of(anonymous.get(address))


def test_an_old_mail_does_not_end_a_new_adhesion(anonymous: Client, link: AccountLink, address: str) -> None:
    leave_digital_billing(DigitalBilling.objects.get(), by=link.user, now=timezone.now())
    again = digital(link)
    anonymous.post(address)
    assert DigitalBilling.objects.live().get() == again


@pytest.mark.parametrize("change", [lambda path: path[:-9] + path[-8:], lambda path: path.replace(":", "x")])
def test_an_address_that_nobody_made_is_not_found(
    anonymous: Client, adhesion: DigitalBilling, address: str, change: object
) -> None:
    forged = change(address)  # type: ignore[operator]  # a function of the path
    assert forged != address
    assert anonymous.get(forged).status_code == 404
    assert anonymous.post(forged).status_code == 404
    assert DigitalBilling.objects.live().exists()


def test_the_reference_of_an_adhesion_alone_is_not_enough(anonymous: Client, adhesion: DigitalBilling) -> None:
    assert anonymous.post(f"/factura-digital/baja/{adhesion.public_id}/").status_code == 404


def test_other_methods_are_refused(anonymous: Client, address: str) -> None:
    assert anonymous.put(address).status_code == 405
