"""Bills that were claimed about, or reported as paid elsewhere."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from billing.claims.acts import answer_claim
from billing.enums import ClaimState
from billing.payment_reports.acts import accept_report, reject_report, withdraw_report
from tests.factories import billing as bills
from tests.factories.accounts import UserFactory
from tests.factories.claims import claimed, photographed_meter
from tests.factories.payment_reports import paid_elsewhere, photograph, reported
from tests.live import journey
from tests.live.portal import Portal
from tests.live.screens.doing import base, submit, with_history
from tests.live.tour import Tour


def test_screens_of_claims(portal: Portal, tour: Tour) -> None:
    link = journey.customer_of(with_history())
    journey.log_in(tour.page, link.user)
    own = f"{base(link)}reclamos/"
    tour.see(own, "claims", "empty")
    unusual, measured, flat, answered = (
        bills.InvoiceFactory.create(account=link.account, period=date(2026, 11, 1), service_kind=kind, **more)
        for kind, more in (
            ("metered", {"consumption_m3": Decimal(200)}), ("metered", {}), ("flat_rate", {}), ("metered", {}),
        )
    )  # fmt: skip
    tour.see(f"{base(link)}facturas/{unusual.public_id}/reclamo/", "claim_bill", "of an unusual consumption")
    tour.see(f"{base(link)}facturas/{flat.public_id}/reclamo/", "claim_bill", "without a meter")
    tour.see(f"{base(link)}facturas/{measured.public_id}/reclamo/", "claim_bill", "of a meter")
    submit(tour.page, "Enviar el reclamo")
    tour.look("claim_bill", "with mistakes")

    waiting = claimed(link, unusual, attachment=photographed_meter())
    ended = claimed(link, answered)
    office = UserFactory.create(is_staff=True)
    answer_claim(ended, ClaimState.PARTLY_UPHELD, "Leímos de nuevo.\n\nSon 41 m³.", by=office, now=timezone.now())
    tour.see(own, "claims")
    tour.see(f"{own}{waiting.public_id}/", "claim", "open")
    tour.page.get_by_role("link", name="Retirar el reclamo").click()
    tour.page.get_by_role("dialog").wait_for()
    tour.look("claim", "with the question in its window")
    tour.see(f"{own}{waiting.public_id}/retirar/", "withdraw_claim")
    tour.see(f"{own}{ended.public_id}/", "claim", "answered")
    tour.see(f"{base(link)}facturas/{unusual.public_id}/", "invoice", "under review")
    tour.see(f"{base(link)}inicio/", "account_home", "with a bill under review")

    assert tour.faults == []
    assert tour.seen == {"claims", "claim", "claim_bill", "withdraw_claim", "invoice", "account_home"}


def test_screens_of_reported_payments(portal: Portal, tour: Tour) -> None:
    house = journey.house()
    link = journey.customer_of(house.account)
    journey.log_in(tour.page, link.user)
    form = f"{base(link)}facturas/{house.late.public_id}/ya-pague/"
    tour.see(form, "report_payment")
    submit(tour.page, "Avisar el pago")
    tour.look("report_payment", "with mistakes")
    office = UserFactory.create(is_staff=True)
    accepted, rejected, withdrawn, waiting = (
        reported(link, bill, paid=paid_elsewhere(operation_number=f"{place}"), proof=photograph(f"ticket {place}.png"))
        for place, bill in enumerate(
            [house.current, house.next_one, bills.InvoiceFactory.create(account=house.account), house.late]
        )
    )
    accept_report(accepted, paid_elsewhere(), by=office, now=timezone.now())
    reject_report(rejected, "El comprobante es de otra factura. " * 5, by=office, now=timezone.now())
    withdraw_report(withdrawn, now=timezone.now())
    reports = {"accepted": accepted, "rejected": rejected, "withdrawn": withdrawn, "under review": waiting}
    for state, report in reports.items():
        tour.see(f"{base(link)}avisos-de-pago/{report.public_id}/", "payment_report", state)
    tour.see(f"{base(link)}avisos-de-pago/{waiting.public_id}/retirar/", "withdraw_payment_report")
    tour.see(f"{base(link)}facturas/{house.late.public_id}/", "invoice", "reported as paid")
    tour.see(f"{base(link)}inicio/", "account_home", "with a bill reported as paid")
    tour.see(f"{base(link)}pagar/?factura={house.late.public_id}", "pay", "of a bill reported as paid")

    assert tour.faults == []
    assert tour.seen == {
        "report_payment", "payment_report", "withdraw_payment_report", "invoice", "account_home", "pay",
    }  # fmt: skip
