from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AccountLink, ServiceAccount
from billing.debt_certificates import issue_certificate
from billing.disputes import record_dispute
from billing.enums import ChargeStatus, DisputeState
from billing.models import Charge, DebtCertificate, Invoice
from billing.settlement import settle_payment
from oficina.shared.dates import today
from tests.answers import said
from tests.billing.views.page_text import words_of
from tests.factories.billing import InvoiceFactory, on_its_way, open_checkout, paid_checkout
from tests.factories.returns import dispute_report
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def page_of(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/libre-deuda/"


def pdf_of(link: AccountLink, certificate: DebtCertificate) -> str:
    return f"/cuenta/{link.public_id}/libre-deuda/{certificate.verification_code}.pdf"


@pytest.fixture
def certificate(link: AccountLink) -> DebtCertificate:
    return issue_certificate(link, link.user)


def charge(account: ServiceAccount) -> Charge:
    return Charge.objects.create(
        account=account,
        charge_number="C-7",
        concept="Cambio de medidor",
        amount=1500,
        raised_on=today(),
        status=ChargeStatus.PENDING,
    )


def test_whoever_owes_nothing_asks_and_gets_it(as_owner: Client, link: AccountLink) -> None:
    assert "La cuenta no debe nada" in words_of(as_owner.get(page_of(link)))

    answer = as_owner.post(page_of(link), follow=True)

    certificate = DebtCertificate.objects.get()
    assert answer.redirect_chain == [(page_of(link), 302)]
    assert said(answer) == [f"Tu libre deuda {certificate.number} está listo. Descargalo acá abajo."]
    assert f"{certificate.number} hoy a las 12:00 Descargar" in words_of(answer)
    assert f'href="{pdf_of(link, certificate)}"' in answer.content.decode()
    assert certificate.requested_by == link.user
    assert run_jobs() == ["billing.draw_documents"]


def test_it_is_served_as_stored(as_owner: Client, link: AccountLink, certificate: DebtCertificate) -> None:
    first = as_owner.get(pdf_of(link, certificate))
    link.account.holder_name = "Otra titular"
    link.account.save()
    second = as_owner.get(pdf_of(link, certificate))

    certificate.refresh_from_db()
    assert first.content[:5] == b"%PDF-"
    assert first.content == second.content == bytes(certificate.pdf or b"")
    assert first["Content-Type"] == "application/pdf"
    assert first["Content-Disposition"] == f'attachment; filename="libre-deuda-{certificate.number}.pdf"'
    assert "no-store" in first["Cache-Control"]


def test_whoever_owes_reads_what_and_gets_none(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    charge(link.account)
    page = words_of(as_owner.get(page_of(link)))
    assert "La cuenta tiene facturas y cargos sin pagar." in page
    assert f"Septiembre y octubre 2026 Factura de servicio {invoice} Vence en 10 días $ 1.000,00" in page
    assert "Cambio de medidor C-7 24/11/2026 $ 1.500,00" in page
    assert "Pagar las facturas" in page
    assert "Pedir libre deuda" not in page

    answer = as_owner.post(page_of(link), follow=True)

    assert said(answer) == ["No emitimos el libre deuda. Abajo te decimos por qué."]
    assert not DebtCertificate.objects.exists()


def test_a_payment_in_process_is_waited_for(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    payment = open_checkout(invoice, payer=link.user)
    settle_payment(payment.pk, on_its_way(payment), cause="webhook")
    page = words_of(as_owner.get(page_of(link)))
    assert "Un pago en proceso cuenta cuando se acredita: te avisamos por mail." in page
    assert "Pagar las facturas" not in page


def test_a_payment_contested_before_the_bank_is_waited_for(
    as_owner: Client, link: AccountLink, invoice: Invoice
) -> None:
    payment = paid_checkout(invoice, payer=link.user)
    record_dispute(payment.pk, dispute_report(payment, Decimal("1000.00"), DisputeState.INQUIRY))
    page = words_of(as_owner.get(page_of(link)))
    assert "Un pago de la cuenta está reclamado ante el banco." in page
    assert "sin pagar" not in page
    assert "Pedir libre deuda" not in page

    answer = as_owner.post(page_of(link), follow=True)

    assert said(answer) == ["No emitimos el libre deuda. Abajo te decimos por qué."]
    assert not DebtCertificate.objects.exists()


def test_all_who_have_the_account_see_its_certificates(
    as_owner: Client, as_teammate: Client, as_stranger: Client, link: AccountLink, certificate: DebtCertificate
) -> None:
    theirs = AccountLink.objects.get(user__email="tomas@correo.example")
    strangers = AccountLink.objects.get(user__email="sofia@correo.example")
    assert certificate.number in words_of(as_teammate.get(page_of(theirs)))
    assert as_teammate.get(pdf_of(theirs, certificate)).status_code == 200
    assert certificate.number not in words_of(as_stranger.get(page_of(strangers)))
    assert as_stranger.get(pdf_of(strangers, certificate)).status_code == 404
    for client in (as_teammate, as_stranger):
        assert client.get(page_of(link)).status_code == 404
        assert client.post(page_of(link)).status_code == 404
        assert client.get(pdf_of(link, certificate)).status_code == 404


def test_anonymous_logs_in(anonymous: Client, link: AccountLink, certificate: DebtCertificate) -> None:
    for address in (page_of(link), pdf_of(link, certificate)):
        assert anonymous.get(address)["Location"] == f"/ingresar/?next={address}"
    assert anonymous.post(page_of(link))["Location"].startswith("/ingresar/")


def test_it_rejects_other_methods(as_owner: Client, link: AccountLink, certificate: DebtCertificate) -> None:
    assert as_owner.put(page_of(link)).status_code == 405
    assert as_owner.post(pdf_of(link, certificate)).status_code == 405


def test_an_unknown_code_is_not_found(as_owner: Client, link: AccountLink, certificate: DebtCertificate) -> None:
    assert as_owner.get(f"{page_of(link)}AAAABBBBCCCC.pdf").status_code == 404


def test_it_asks_no_more_for_more_of_anything(
    as_owner: Client, link: AccountLink, at_noon: time_machine.Traveller
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_owner.get(page_of(link))
        return len(captured)

    issue_certificate(link, link.user)
    InvoiceFactory.create(account=link.account)
    queries()
    one = queries()
    for _ in range(3):
        at_noon.shift(timedelta(minutes=10))
        paid_checkout(Invoice.objects.payable().get())
        at_noon.shift(timedelta(minutes=10))
        issue_certificate(link, link.user)
        InvoiceFactory.create(account=link.account)
    for _ in range(3):
        InvoiceFactory.create(account=link.account)
    assert DebtCertificate.objects.count() == 4
    assert queries() == one


def test_the_short_path_leads_to_the_account_in_hand(as_owner: Client, link: AccountLink) -> None:
    assert as_owner.get("/libre-deuda/")["Location"] == page_of(link)


def test_whoever_is_up_to_date_finds_it_on_inicio(as_owner: Client, link: AccountLink) -> None:
    home = f"/cuenta/{link.public_id}/inicio/"
    assert f'href="{page_of(link)}"' in as_owner.get(home).content.decode()
    InvoiceFactory.create(account=link.account)
    assert f'href="{page_of(link)}"' not in as_owner.get(home).content.decode()
