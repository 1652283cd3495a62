"""What anybody sees."""

from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from accounts.enums import TermsPurpose
from accounts.models import AccountLink, TermsVersion, User
from adhesions.digital.unsubscribing import unsubscribe_address
from billing.charges.acts import invoice_charge
from billing.debt_certificates import issue_certificate
from billing.disputes import record_dispute
from billing.enums import InvoiceStatus
from billing.models import ChargeVoucher, Invoice
from billing.refunds import record_refund
from tests.factories import billing as bills
from tests.factories.accounts import AccountLinkFactory
from tests.factories.adhesions import digital
from tests.factories.charges import ChargeFactory
from tests.factories.places import payment_place
from tests.factories.returns import dispute_report, refund_report
from tests.live import journey
from tests.live.browsing import Visits
from tests.live.portal import Portal
from tests.live.screens.doing import leave_the_provider_alone, submit
from tests.live.screens.names import VISITORS
from tests.live.tour import Tour
from tramites.enums import PlaceKind
from tramites.help.first_help import publish_first_help
from tramites.procedures.first_procedures import publish_first_procedures


def test_screens_of_visitors(portal: Portal, tour: Tour, visits: Visits) -> None:
    house = journey.house()
    payer = journey.customer_of(house.account).user
    paid = bills.paid_checkout(house.current, payer=payer)
    waiting = bills.open_checkout(house.late, payer=payer)
    leave_the_provider_alone()
    TermsVersion.objects.create(
        purpose=TermsPurpose.REGISTRATION, version=2, title="Términos y condiciones", body="Nuevos."
    )

    for path, name in {
        "/": "home",
        "/terminos/": "terms_list",
        "/terminos/registro/": "terms",
        "/terminos/registro/1/": "terms_version",
        "/datos-personales/": "personal_data",
        "/accesibilidad/": "accessibility",
        "/verificar/": "verify",
        f"/pagos/{paid.public_id}/": "payment",
    }.items():
        tour.see(path, name)
    tour.see(f"/pagos/{waiting.public_id}/", "payment", "waiting")
    tour.see("/verificar/?codigo=", "verify", "with an error")
    tour.see(f"/verificar/{paid.receipt.verification_code}/", "verify_document", "genuine")
    record_refund(paid.pk, refund_report(paid, Decimal("1.00")))
    tour.see(f"/verificar/{paid.receipt.verification_code}/", "verify_document", "refunded in part")
    record_refund(paid.pk, refund_report(paid, paid.amount_asked - Decimal("1.00")))
    tour.see(f"/verificar/{paid.receipt.verification_code}/", "verify_document", "refunded")
    contested = bills.paid_checkout(house.next_one, payer=payer)
    record_dispute(contested.pk, dispute_report(contested, Decimal("333.33")))
    tour.see(f"/verificar/{contested.receipt.verification_code}/", "verify_document", "contested")
    certificate = issue_certificate(AccountLinkFactory.create(user=payer), payer)
    tour.see(f"/verificar/{certificate.verification_code}/", "verify_document", "certificate")
    charge = ChargeFactory.create(account=house.account)
    invoice_charge(charge, accepted=charge.amount, by=payer, now=timezone.now())
    voucher = ChargeVoucher.objects.get()
    tour.see(f"/verificar/{voucher.verification_code}/", "verify_document", "comprobante")
    Invoice.objects.filter(charge=charge).update(status=InvoiceStatus.VOID)
    tour.see(f"/verificar/{voucher.verification_code}/", "verify_document", "comprobante of a void bill")
    tour.see("/verificar/000000000000/", "verify_document", "unknown")
    adhesion = digital(AccountLink.objects.get(user=payer, account=house.account))
    stop = unsubscribe_address(adhesion).removeprefix(settings.BASE_URL)
    tour.see(stop, "unsubscribe", "asking")
    submit(tour.page, "Sí, no quiero recibirlas más")
    tour.look("unsubscribe", "done")
    _guidance(tour)
    _withdrawal(tour, portal, payer)
    tour.see("/no-existe/", "404")

    visits.complaints[:] = [told for told in visits.complaints if "404 (Not Found)" not in told]
    assert tour.faults == []
    assert tour.seen == VISITORS


def _guidance(tour: Tour) -> None:
    tour.see("/ayuda/", "help", "empty")
    publish_first_help(now=timezone.now())
    tour.see("/ayuda/", "help")
    tour.see("/ayuda/?q=no me llego la boleta", "help", "found")
    tour.see("/ayuda/?q=xyzzy", "help", "nothing found")
    tour.see("/ayuda/vincular-una-cuenta/", "help_topic")
    tour.see("/tramites/", "procedures", "empty")
    publish_first_procedures(now=timezone.now())
    tour.see("/tramites/", "procedures")
    tour.see("/tramites/?q=poner la boleta a mi nonbre", "procedures", "found")
    tour.see("/tramites/?q=xyzzy", "procedures", "nothing found")
    tour.see("/tramites/cambio-de-titularidad/", "procedure")
    tour.see("/tramites/cambio-de-titularidad/salir/", "leave_for_procedure")
    tour.see("/informacion-util/", "useful_information")
    tour.see("/informacion-util/cuota-fija/", "bill_explained")
    _look_at_places(tour)


def _look_at_places(tour: Tour) -> None:
    tour.see("/lugares-de-pago/", "payment_places", "empty")
    for name in ("Kiosco El Nogal", "Librería Olmos"):
        payment_place(name, phone="261 555 0142", website="https://nogal.example/", note="Llevá la factura.")
    payment_place("Banca por internet", kind=PlaceKind.ONLINE)
    tour.see("/lugares-de-pago/", "payment_places")
    tour.see("/lugares-de-pago/?departamento=lavalle&tipo=atm", "payment_places", "nothing found")


def _withdrawal(tour: Tour, portal: Portal, payer: User) -> None:
    tour.see("/baja/", "withdrawal")
    submit(tour.page, "Mandarme el código")
    tour.look("withdrawal", "with errors")
    tour.page.get_by_label("Mi usuario").check()
    tour.page.get_by_label("Tu mail").fill(payer.email)
    submit(tour.page, "Mandarme el código")
    tour.look("withdrawal_code")
    tour.page.locator("#id_code").fill(journey.code_mailed_to(portal, payer.email))
    submit(tour.page, "Seguir con la baja")
    tour.look("choose_withdrawal")
    submit(tour.page, "Seguir con la baja")
    tour.look("confirm_withdrawal")
    submit(tour.page, "Sí, dar de baja")
    tour.look("withdrawal_receipt")
