"""A report that comes while a worker has its mail in hand: nobody waits for a mail server, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import AccountLink
from adhesions.digital.bouncing import note_bounce
from adhesions.models import BillDelivery, BounceReport, DigitalBilling
from billing.models import WebhookEvent
from billing.reprocessing import process_again
from tests.adhesions.bounces.conftest import planned
from tests.adhesions.bounces.reporting import NO_SUCH, report, told
from tests.adhesions.test_at_once import until_they_wait
from tests.billing.channels.signing import Json
from tests.factories.adhesions import digital
from tests.factories.bounces import BounceSourceFactory, give_bounce_secret

pytestmark = [pytest.mark.usefixtures("at_noon"), pytest.mark.django_db(transaction=True)]


def test_a_report_of_a_mail_that_is_being_sent_is_kept_and_noted_after(link: AccountLink) -> None:
    give_bounce_secret(BounceSourceFactory.create())
    delivery = planned(digital(link))

    def reported() -> tuple[int, Json]:
        try:
            return report(told(delivery))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as another, transaction.atomic():
        sending = BillDelivery.objects.select_for_update(no_key=True).get()
        assert another.submit(reported).result(timeout=60) == (200, {"state": "waiting"})
        sending.state, sending.sent_at = "sent", timezone.now()
        sending.save()

    assert process_again(WebhookEvent.objects.get()).status == "processed"
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason, BounceReport.objects.count()) == ("bounced", NO_SUCH, 1)
    assert DigitalBilling.objects.get().paused_at is not None


def test_what_the_office_notes_meanwhile_waits_for_the_worker(link: AccountLink) -> None:
    delivery = planned(digital(link))

    def noted() -> bool:
        try:
            return note_bounce(delivery, NO_SUCH, now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as another:
        with transaction.atomic():
            sending = BillDelivery.objects.select_for_update(no_key=True).get()
            answer = another.submit(noted)
            until_they_wait(1)
            sending.state, sending.sent_at = "sent", timezone.now()
            sending.save()
        assert answer.result(timeout=60)
    assert BillDelivery.objects.get().state == "bounced"
