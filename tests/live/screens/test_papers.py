"""Histories, certificates and charges: what is printed."""

from decimal import Decimal

from django.utils import timezone

from billing.charges.acts import cancel_charge, invoice_charge
from billing.disputes import record_dispute
from billing.enums import DisputeState, ListingKind
from billing.external_payments import record_external_payment
from billing.listings.history_filter import HistoryFilter
from billing.listings.requests import draw_listing, give_listing_up, request_listing
from billing.settlement import settle_payment
from tests.factories import billing as bills
from tests.factories.accounts import AccountLinkFactory, ServiceAccountFactory, UserFactory
from tests.factories.charges import ChargeFactory
from tests.factories.returns import dispute_report
from tests.live import journey
from tests.live.portal import Portal
from tests.live.screens.doing import base, leave_the_provider_alone, submit
from tests.live.tour import Tour


def test_screens_of_histories(portal: Portal, tour: Tour) -> None:
    house = journey.house()
    link = journey.customer_of(house.account)
    journey.log_in(tour.page, link.user)
    paid = bills.operation(house.account, (house.current, house.current.amount))
    record_external_payment(paid, cause="test")
    tour.see(f"{base(link)}mis-pagos/?desde=2026-11-22&hasta=2026-11-20", "my_payments", "with a wrong filter")
    tour.see(f"{base(link)}mis-pagos/facturas-pagadas/", "paid_bills")
    tour.see(f"{base(link)}mis-pagos/facturas-pagadas/?hasta=2001-01-01", "paid_bills", "none found")
    listing = request_listing(link, ListingKind.PAYMENTS, HistoryFilter(), now=timezone.now())
    draw_listing(listing.pk, now=timezone.now())
    given_up = request_listing(link, ListingKind.PAID_BILLS, HistoryFilter(), now=timezone.now())
    give_listing_up(given_up.pk)
    tour.see(f"{base(link)}mis-pagos/listados/{listing.public_id}/", "listing", "ready")
    tour.see(f"{base(link)}mis-pagos/listados/{given_up.public_id}/", "listing", "given up")
    tour.see(f"{base(link)}mis-pagos/", "my_payments", "with a listing")

    assert tour.faults == []
    assert tour.seen == {"my_payments", "paid_bills", "listing"}


def test_screens_of_debt_certificates(portal: Portal, tour: Tour) -> None:
    house = journey.house()
    link = journey.customer_of(house.account)
    journey.log_in(tour.page, link.user)
    under_way = bills.open_checkout(house.late, payer=link.user)
    settle_payment(under_way.pk, bills.on_its_way(under_way), cause="test")
    leave_the_provider_alone()
    tour.see(f"{base(link)}libre-deuda/", "debt_certificates", "with debts")

    up_to_date = AccountLinkFactory.create(user=link.user, account=ServiceAccountFactory.create(), alias="Negocio")
    tour.see(f"{base(up_to_date)}libre-deuda/", "debt_certificates", "without debts")
    submit(tour.page, "Pedir libre deuda")
    tour.look("debt_certificates", "issued")
    ChargeFactory.create(account=up_to_date.account)
    tour.see(f"{base(up_to_date)}libre-deuda/", "debt_certificates", "with a charge, and one issued before")

    contested = AccountLinkFactory.create(user=link.user, account=ServiceAccountFactory.create(), alias="Local")
    payment = bills.paid_checkout(bills.InvoiceFactory.create(account=contested.account), payer=link.user)
    record_dispute(payment.pk, dispute_report(payment, Decimal("1000.00"), DisputeState.INQUIRY))
    tour.see(f"{base(contested)}libre-deuda/", "debt_certificates", "with a contested payment")

    assert tour.faults == []
    assert tour.seen == {"debt_certificates"}


def test_screens_of_charges(portal: Portal, tour: Tour) -> None:
    link = journey.customer_of(ServiceAccountFactory.create())
    journey.log_in(tour.page, link.user)
    own = f"{base(link)}cargos/"
    tour.see(own, "charges", "empty")
    tour.see(f"{own}?ver=facturados", "charges", "none invoiced")
    states = ("pending", "to pay", "in process", "paid", "cancelled")
    charges = {state: ChargeFactory.create(account=link.account, concept=f"Obra {state}") for state in states}
    for _ in range(30):
        ChargeFactory.create(account=link.account, concept="Conexión de agua y cloaca con rotura de vereda y calzada")
    cancel_charge(charges["cancelled"], "Error", by=UserFactory.create(is_staff=True), now=timezone.now())
    to_pay, in_process, paid = (
        invoice_charge(charges[state], accepted=charges[state].amount, by=link.user, now=timezone.now())
        for state in ("to pay", "in process", "paid")
    )
    bills.paid_checkout(paid, payer=link.user)
    under_way = bills.open_checkout(in_process, payer=link.user)
    settle_payment(under_way.pk, bills.on_its_way(under_way), cause="test")
    leave_the_provider_alone()

    tour.see(own, "charges", "with pages")
    tour.see(f"{own}?ver=facturados", "charges", "invoiced")
    for state, charge in charges.items():
        tour.see(f"{own}{charge.public_id}/", "charge", state)
    tour.see(f"{own}{charges['pending'].public_id}/facturar/", "invoice_charge")
    tour.see(f"{own}{charges['pending'].public_id}/", "charge", "pending")
    tour.page.get_by_role("link", name="Aceptar y facturar").click()
    tour.page.get_by_role("dialog").wait_for()
    tour.look("charge", "with the question in its window")
    tour.see(f"{base(link)}facturas/{to_pay.public_id}/", "invoice", "of a charge")

    assert tour.faults == []
    assert tour.seen == {"charges", "charge", "invoice_charge", "invoice"}
