"""The digital bill."""

from django.utils import timezone

from adhesions.enums import DeliveryKind
from adhesions.models import BillDelivery, DigitalBilling
from tests.factories import billing as bills
from tests.factories.accounts import AccountLinkFactory, ServiceAccountFactory
from tests.factories.adhesions import digital, mail_proof
from tests.live import journey
from tests.live.portal import Portal
from tests.live.screens.doing import base, submit
from tests.live.tour import Tour


def test_screens_of_the_digital_bill(portal: Portal, tour: Tour) -> None:
    page = tour.page
    link = journey.customer_of(ServiceAccountFactory.create())
    teammate = AccountLinkFactory.create(account=link.account, user__first_name="Tomás", user__last_name="Quiroga")
    journey.log_in(page, link.user)
    own = f"{base(link)}factura-digital/"
    not_received = f"{base(link)}no-recibi-factura/"
    tour.see(not_received, "bill_not_received", "without bills")
    tour.see(own, "digital_billing", "to join")
    submit(page, "Confirmar adhesión")
    tour.look("digital_billing", "with an error")
    tour.see(f"{base(link)}inicio/", "account_home", "not adhered")
    page.get_by_role("main").get_by_role("link", name="Factura digital").click()
    page.get_by_role("dialog").wait_for()
    tour.look("account_home", "with the window to join")

    theirs = digital(teammate)
    tour.see(own, "digital_billing", "somebody else adhered")
    tour.see(f"{own}{theirs.public_id}/cancelar/", "cancel_digital_billing")
    proof = mail_proof(link, email="estudio@correo.example")
    tour.see(own, "digital_billing", "with a mail to confirm")
    code_page = f"{own}codigo/{proof.public_id}/"
    tour.see(code_page, "prove_bill_mail")
    page.get_by_label("Código").fill("0000-0000")
    submit(page, "Confirmar el mail")
    tour.look("prove_bill_mail", "with a wrong code")
    mine = digital(link)
    tour.see(own, "digital_billing", "adhered")
    tour.see(f"{own}{mine.public_id}/mail/", "change_bill_mail")
    submit(page, "Cambiar el mail")
    tour.look("change_bill_mail", "with an error")
    DigitalBilling.objects.filter(pk=mine.pk).update(paused_at=timezone.now())
    tour.see(own, "digital_billing", "on hold")
    DigitalBilling.objects.filter(pk=mine.pk).update(paused_at=None)
    bill = bills.InvoiceFactory.create(account=link.account)
    tour.see(not_received, "bill_not_received", "not mailed")
    BillDelivery.objects.create(invoice=bill, email=mine.email, kind=DeliveryKind.NEW, adhesion=mine)
    submit(page, "Enviámela ahora por mail")
    tour.look("bill_not_received", "mailed")

    assert tour.faults == []
    assert tour.seen == {
        "digital_billing",
        "cancel_digital_billing",
        "change_bill_mail",
        "prove_bill_mail",
        "bill_not_received",
        "account_home",
    }
