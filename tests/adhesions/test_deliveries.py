"""Bills by mail: which go where, that each goes once, what becomes of those that do not go out."""

from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccountLink
from adhesions.digital.leaving import leave_digital_billing
from adhesions.digital.planning import plan_new_bills
from adhesions.digital.sending import DeliveriesWaitError, deliver_bill, deliver_bills, give_up
from adhesions.enums import DeliveryKind
from adhesions.models import BillDelivery, DigitalBilling
from billing.enums import InvoiceStatus
from billing.hooks import InvoiceChange, tell_invoices
from billing.models import Invoice
from tests.factories.accounts import AccountLinkFactory
from tests.factories.adhesions import digital
from tests.factories.billing import InvoiceFactory
from tests.jobs import run_jobs

ANA = "ana@correo.example"

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def adhesion(link: AccountLink) -> DigitalBilling:
    """Ana has the bills of the account mailed; the mail that says so is out of the way."""
    made = digital(link)
    run_jobs()
    mail.outbox.clear()
    return made


@pytest.fixture
def bill(link: AccountLink) -> Invoice:
    """A bill of 1,000 pesos that falls due in ten days."""
    return InvoiceFactory.create(account=link.account)


@pytest.fixture
def delivery(adhesion: DigitalBilling, bill: Invoice) -> BillDelivery:
    """The bill on its way to Ana, no job about it."""
    return BillDelivery.objects.create(invoice=bill, email=adhesion.email, kind=DeliveryKind.NEW, adhesion=adhesion)


def imported(*bills: Invoice) -> None:
    """What an import tells in its transaction."""
    tell_invoices(InvoiceChange.IMPORTED, [bill.pk for bill in bills])


def outcome(delivery: BillDelivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.state, delivery.reason


def test_a_new_bill_is_mailed_with_its_pdf(adhesion: DigitalBilling, bill: Invoice) -> None:
    imported(bill)
    assert mail.outbox == []
    assert run_jobs() == ["adhesions.deliver_bills"]

    (sent,) = mail.outbox
    assert sent.to == [ANA]
    assert str(sent.subject).startswith("Tu factura de septiembre y octubre 2026, cuenta terminada en ")
    assert "Llegó la factura nueva de la cuenta. Está adjunta, en PDF." in sent.body
    assert "Vence el 04/12/2026: $\N{NO-BREAK SPACE}1.000,00" in sent.body
    (name, content, kind) = sent.attachments[0]
    assert (name, kind) == (f"factura-B-{bill.invoice_number}.pdf", "application/pdf")
    assert isinstance(content, bytes)
    assert content.startswith(b"%PDF-")
    delivery = BillDelivery.objects.get()
    assert (delivery.kind, delivery.state, delivery.sent_at) == ("new", "sent", timezone.now())


def test_the_mail_leads_to_the_bill_of_its_reader(adhesion: DigitalBilling, link: AccountLink, bill: Invoice) -> None:
    imported(bill)
    run_jobs()
    assert f"Ver y pagar: http://testserver/cuenta/{link.public_id}/facturas/{bill.public_id}/" in mail.outbox[0].body


def test_mail_programs_are_told_how_to_stop_it(delivery: BillDelivery) -> None:
    deliver_bill(delivery.pk)

    headers = mail.outbox[0].message()
    assert headers["Message-ID"] == f"<factura.{delivery.public_id}@testserver>"
    assert headers["List-Unsubscribe"].startswith("<http://testserver/factura-digital/baja/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Unsubscribe"][1:-1] in mail.outbox[0].body


def test_however_often_a_bill_is_told_of_it_is_mailed_once(adhesion: DigitalBilling, bill: Invoice) -> None:
    for _ in range(2):
        imported(bill)
        run_jobs()
    plan_new_bills([bill.pk])
    deliver_bills([BillDelivery.objects.get().pk] * 2)
    assert len(mail.outbox) == 1


def test_each_adhered_mail_gets_it(adhesion: DigitalBilling, bill: Invoice) -> None:
    other = digital(AccountLinkFactory.create(account=bill.account), email="estudio@correo.example")
    imported(bill)
    sent = {(each.email, each.adhesion) for each in BillDelivery.objects.all()}
    assert sent == {(ANA, adhesion), ("estudio@correo.example", other)}


def test_who_left_and_joined_again_gets_no_second_copy(
    adhesion: DigitalBilling, link: AccountLink, bill: Invoice
) -> None:
    imported(bill)
    run_jobs()
    leave_digital_billing(adhesion, by=link.user, now=timezone.now())
    digital(link)
    imported(bill)
    assert BillDelivery.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"status": InvoiceStatus.VOID},
        {"issued_on": "2026-09-24", "due_on": "2026-10-10"},
    ],
    ids=["void", "issued 61 days ago"],
)
def test_what_is_no_news_is_not_mailed(adhesion: DigitalBilling, change: dict[str, object]) -> None:
    imported(InvoiceFactory.create(account=adhesion.account, **change))
    assert not BillDelivery.objects.exists()


def test_nobody_else_gets_it(link: AccountLink, adhesion: DigitalBilling) -> None:
    imported(InvoiceFactory.create())
    leave_digital_billing(adhesion, by=link.user, now=timezone.now())
    imported(InvoiceFactory.create(account=link.account))
    assert not BillDelivery.objects.exists()


def test_on_hold_nothing_is_mailed(adhesion: DigitalBilling, bill: Invoice, delivery: BillDelivery) -> None:
    DigitalBilling.objects.update(paused_at=timezone.now())
    imported(InvoiceFactory.create(account=bill.account))
    deliver_bill(delivery.pk)
    assert outcome(delivery) == ("not_needed", "")
    assert BillDelivery.objects.count() == 1


def test_many_bills_are_planned_by_as_many_queries_and_jobs_as_batches(adhesion: DigitalBilling) -> None:
    bills = InvoiceFactory.create_batch(41, account=adhesion.account)
    with CaptureQueriesContext(connection) as captured:
        imported(*bills)
    statements = [query["sql"] for query in captured]
    assert sum("adhesions_billdelivery" in each for each in statements) == 2
    assert sum("procrastinate_defer" in each for each in statements) == 3


def test_a_bill_voided_before_it_went_out_is_not_sent(delivery: BillDelivery, bill: Invoice) -> None:
    Invoice.objects.filter(pk=bill.pk).update(status=InvoiceStatus.VOID)
    deliver_bill(delivery.pk)
    assert (outcome(delivery), mail.outbox) == (("not_needed", ""), [])


def test_an_adhesion_that_ended_before_it_went_out_is_not_sent(delivery: BillDelivery, link: AccountLink) -> None:
    assert delivery.adhesion is not None
    leave_digital_billing(delivery.adhesion, by=link.user, now=timezone.now())
    deliver_bill(delivery.pk)
    assert outcome(delivery) == ("not_needed", "")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> list[Exception | None]:
    """What the mail server answers to each mail in turn: an error, or None to take it. Then it takes everything."""
    answers: list[Exception | None] = []
    take = EmailBackend.send_messages

    def send(self: EmailBackend, messages: list[EmailMessage]) -> int:
        answer = answers.pop(0) if answers else None
        if answer is not None:
            raise answer
        return take(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    return answers


def test_a_mail_that_is_refused_for_good_fails_with_the_reason(
    delivery: BillDelivery, server: list[Exception | None]
) -> None:
    server.append(SMTPRecipientsRefused({ANA: (550, b"5.1.1 No such user")}))
    deliver_bills([delivery.pk])
    assert outcome(delivery) == ("failed", "550 5.1.1 No such user")


@pytest.mark.parametrize(
    "answer",
    [
        SMTPRecipientsRefused({ANA: (450, b"4.2.1 Try later")}),
        SMTPDataError(452, b"4.3.1 Full"),
        SMTPServerDisconnected("Connection unexpectedly closed"),
        ConnectionRefusedError(111, "Connection refused"),
    ],
)
def test_a_server_that_may_take_it_later_is_asked_again(
    delivery: BillDelivery, server: list[Exception | None], answer: Exception
) -> None:
    server.append(answer)
    with pytest.raises(DeliveriesWaitError):
        deliver_bills([delivery.pk])
    assert outcome(delivery) == ("queued", "")
    deliver_bills([delivery.pk])
    assert outcome(delivery) == ("sent", "")
    assert mail.outbox[0].message()["Message-ID"] == f"<factura.{delivery.public_id}@testserver>"


def test_one_that_waits_holds_no_other_up(
    delivery: BillDelivery, adhesion: DigitalBilling, server: list[Exception | None]
) -> None:
    other = BillDelivery.objects.create(
        invoice=InvoiceFactory.create(account=adhesion.account), email=adhesion.email, kind=DeliveryKind.NEW,
        adhesion=adhesion,
    )  # fmt: skip
    server.append(SMTPDataError(452, b"4.3.1 Full"))
    with pytest.raises(DeliveriesWaitError):
        deliver_bills([delivery.pk, other.pk])
    assert (outcome(delivery)[0], outcome(other)[0]) == ("queued", "sent")


def test_after_the_last_try_it_is_kept_as_failed(delivery: BillDelivery) -> None:
    give_up([delivery.pk])
    assert outcome(delivery) == ("failed", "El servidor de mail no lo tomó en un día de intentos")
    deliver_bill(delivery.pk)
    assert mail.outbox == []
