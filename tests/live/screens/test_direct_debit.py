"""Direct debit."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from adhesions.enums import DebitState
from adhesions.models import ScheduledDebit
from oficina.shared.dates import today
from tests.factories import billing as bills
from tests.factories.accounts import AccountLinkFactory, ServiceAccountFactory
from tests.factories.debits import announced, bank_mandate
from tests.live import journey
from tests.live.portal import Portal
from tests.live.screens.doing import base, submit
from tests.live.tour import Tour


def test_screens_of_direct_debit(portal: Portal, tour: Tour) -> None:
    page = tour.page
    link = journey.customer_of(ServiceAccountFactory.create())
    teammate = AccountLinkFactory.create(account=link.account, user__first_name="Tomás", user__last_name="Quiroga")
    journey.log_in(page, link.user)
    own = f"{base(link)}debito-automatico/"
    tour.see(own, "direct_debit", "to join")
    page.get_by_label("CBU").fill("0000003100010000000001")
    submit(page, "Confirmar adhesión")
    tour.look("direct_debit", "with errors")
    tour.see(f"{base(link)}inicio/", "account_home", "not adhered")
    page.get_by_role("main").get_by_role("link", name="Débito automático").click()
    page.get_by_role("dialog").wait_for()
    tour.look("account_home", "with the window to join")

    theirs = bank_mandate(teammate)
    tour.see(own, "direct_debit", "somebody else adhered")
    tour.see(f"{own}{theirs.public_id}/cancelar/", "cancel_direct_debit")
    submit(page, "Sí, cancelar")
    mandate = bank_mandate(link, cap=Decimal("80000.00"))
    tour.see(own, "direct_debit", "without debits")
    debit = announced(mandate, bills.InvoiceFactory.create(account=link.account))
    ScheduledDebit.objects.create(
        mandate=mandate,
        invoice=bills.InvoiceFactory.create(account=link.account),
        amount=Decimal("90000.00"),
        debit_on=today() + timedelta(days=12),
        state=DebitState.ABOVE_CAP,
        decided_at=timezone.now(),
    )
    tour.see(own, "direct_debit", "adhered")
    tour.see(f"{own}debitos/{debit.public_id}/frenar/", "stop_debit")
    submit(page, "Sí, no debitar")
    tour.look("direct_debit", "with a debit stopped")

    assert tour.faults == []
    assert tour.seen == {"direct_debit", "cancel_direct_debit", "stop_debit", "account_home"}
