"""No recibí factura: the last bill, by mail now, and what became of its mails."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import Traveller

from accounts.models import AccountLink, User
from adhesions.digital.requesting import resend_bill
from adhesions.enums import DeliveryKind
from adhesions.models import BillDelivery
from billing.enums import InvoiceStatus
from billing.models import Invoice
from oficina.shared.dates import today
from tests.answers import said
from tests.billing.views.page_text import words_of
from tests.factories.adhesions import digital
from tests.factories.billing import InvoiceFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.usefixtures("at_noon")

SENT = "Te estamos mandando la factura a ana@correo.example. Llega en unos minutos."
ENOUGH = "Ya te mandamos varias facturas en la última hora. Fijate en el correo no deseado."


@pytest.fixture
def bill(link: AccountLink) -> Invoice:
    """The last bill of the account: there is an older one, and a newer one that was voided."""
    InvoiceFactory.create(account=link.account, issued_on=today() - timedelta(days=40))
    last = InvoiceFactory.create(account=link.account)
    InvoiceFactory.create(account=link.account, issued_on=today(), status=InvoiceStatus.VOID)
    return last


def screen(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/no-recibi-factura/"


def test_it_shows_the_last_bill_with_its_pdf(as_owner: Client, link: AccountLink, bill: Invoice) -> None:
    answer = as_owner.get(screen(link))

    page = words_of(answer)
    assert f"Septiembre y octubre 2026 Factura {bill} , emitida el 14/11/2026" in page
    assert "También te la podemos mandar a ana@correo.example ." in page
    assert "Adherirme a Factura digital" in page
    assert f'href="/cuenta/{link.public_id}/facturas/{bill.public_id}/pdf/"' in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_it_is_mailed_now_to_whoever_asks(
    as_owner: Client, link: AccountLink, bill: Invoice, headers: dict[str, str]
) -> None:
    answer = as_owner.post(screen(link), headers=headers)

    assert (answer.status_code, answer["Location"], said(answer)) == (303, screen(link), [SENT])
    assert "24/11/2026" not in words_of(as_owner.get(screen(link)))
    assert "hoy a las 12:00 A pedido En cola" in words_of(as_owner.get(screen(link)))
    run_jobs()
    (sent,) = mail.outbox
    assert (sent.to, "Te mandamos la factura que pediste." in sent.body) == (["ana@correo.example"], True)
    assert "List-Unsubscribe" not in sent.message()
    assert sent.attachments[0][0] == f"factura-B-{bill.invoice_number}.pdf"
    assert "hoy a las 12:00 A pedido Enviado" in words_of(as_owner.get(screen(link)))


def test_pressing_twice_sends_one(as_owner: Client, link: AccountLink, bill: Invoice) -> None:
    for _ in range(2):
        assert said(as_owner.post(screen(link)))[-1] == SENT
    assert BillDelivery.objects.count() == 1


def test_after_five_within_the_hour_it_is_enough(
    as_owner: Client, link: AccountLink, bill: Invoice, at_noon: Traveller
) -> None:
    for _ in range(5):
        as_owner.post(screen(link))
        run_jobs()
    assert said(as_owner.post(screen(link)))[-1] == ENOUGH
    assert len(mail.outbox) == 5
    at_noon.shift(timedelta(hours=1))
    as_owner.post(screen(link))
    run_jobs()
    assert len(mail.outbox) == 6


def test_who_adhered_sees_so_and_what_was_mailed(as_owner: Client, link: AccountLink, bill: Invoice) -> None:
    adhesion = digital(link)
    BillDelivery.objects.create(invoice=bill, email=adhesion.email, kind=DeliveryKind.NEW, adhesion=adhesion)
    page = words_of(as_owner.get(screen(link)))
    assert "hoy a las 12:00 Factura nueva En cola" in page
    assert "La cuenta está adherida a Factura digital" in page
    assert "Adherirme" not in page


def test_mails_of_others_are_not_shown(as_teammate: Client, teammate: User, link: AccountLink, bill: Invoice) -> None:
    adhesion = digital(link)
    BillDelivery.objects.create(invoice=bill, email=adhesion.email, kind=DeliveryKind.NEW, adhesion=adhesion)
    assert "Factura nueva" not in words_of(as_teammate.get(screen(teammate.links.get())))


def test_without_bills_it_says_so(as_owner: Client, link: AccountLink) -> None:
    assert "Todavía no hay facturas" in words_of(as_owner.get(screen(link)))
    assert as_owner.post(screen(link)).status_code == 404


def test_a_stranger_finds_nothing(as_stranger: Client, link: AccountLink, bill: Invoice) -> None:
    assert as_stranger.get(screen(link)).status_code == 404
    assert as_stranger.post(screen(link)).status_code == 404
    assert not BillDelivery.objects.exists()


def test_anonymous_is_sent_to_log_in(anonymous: Client, link: AccountLink) -> None:
    for answer in (anonymous.get(screen(link)), anonymous.post(screen(link))):
        assert (answer.status_code, answer["Location"]) == (302, f"/ingresar/?next={screen(link)}")


def test_other_methods_are_refused(as_owner: Client, link: AccountLink) -> None:
    assert as_owner.put(screen(link)).status_code == 405


def test_the_page_costs_the_same_with_many_bills_and_mails(as_owner: Client, link: AccountLink, bill: Invoice) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_owner.get(screen(link)).status_code == 200
        return len(captured)

    def another() -> None:
        BillDelivery.objects.create(
            invoice=bill, email=link.user.email, kind=DeliveryKind.ON_REQUEST, requested_by=link.user
        )

    another()
    queries()
    with_one = queries()
    for _ in range(10):
        another()
        InvoiceFactory.create(account=link.account, issued_on=today() - timedelta(days=90))
    assert queries() == with_one


def test_the_office_sends_it_again_as_another_delivery(link: AccountLink, bill: Invoice, staff: User) -> None:
    adhesion = digital(link)
    first = BillDelivery.objects.create(invoice=bill, email=adhesion.email, kind=DeliveryKind.NEW, adhesion=adhesion)
    again = resend_bill(first, by=staff, now=timezone.now())
    assert (again.invoice, again.email, again.requested_by) == (bill, "ana@correo.example", staff)
