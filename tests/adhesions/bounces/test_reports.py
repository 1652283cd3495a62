"""What a report of a mail server does to the delivery and its adhesion, however often and whenever it comes."""

from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import Traveller

from accounts.models import AccountLink
from adhesions.bounces.inbox import ANOTHER_MAILBOX_NOTE, UNKNOWN_NOTE, finish_bounces
from adhesions.digital.bill_mail import message_id_of, reference_in
from adhesions.digital.bouncing import resume_digital_billing
from adhesions.models import BillDelivery, BounceReport, BounceSource, DigitalBilling
from adhesions.tasks import follow_bounces
from billing.models import WebhookEvent
from tests.adhesions.bounces.conftest import mailed, planned
from tests.adhesions.bounces.reporting import NO_SUCH, report, told
from tests.conftest import NOON
from tests.factories.bounces import give_bounce_secret
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("source")]

NOTED = (200, {"state": "noted"})
FULL = "452 4.2.2 Mailbox full"


def state_of(delivery: BillDelivery) -> tuple[str, str, bool]:
    """State and reason of a delivery, and whether its adhesion is on hold."""
    delivery = BillDelivery.objects.select_related("adhesion").get(pk=delivery.pk)
    return delivery.state, delivery.reason, bool(delivery.adhesion and delivery.adhesion.paused_at)


def test_a_mail_that_came_back_for_good_puts_its_adhesion_on_hold_at_once(sent: BillDelivery) -> None:
    assert report(told(sent)) == NOTED

    assert state_of(sent) == ("bounced", NO_SUCH, True)
    noted = BounceReport.objects.get()
    assert (noted.delivery, noted.kind, noted.reason) == (sent, "permanent", NO_SUCH)
    assert noted.bounced_at == NOON - timedelta(hours=1, minutes=30)
    event = WebhookEvent.objects.get()
    assert (event.source, event.event_type, event.status) == (
        "rebotes-correo-saliente",
        "bounce.permanent",
        "processed",
    )


def test_the_same_report_again_changes_nothing(sent: BillDelivery) -> None:
    assert report(told(sent)) == NOTED
    resume_digital_billing(DigitalBilling.objects.get(), now=timezone.now())

    assert report(told(sent)) == NOTED
    assert report(told(sent), message_id="msg_2") == NOTED
    assert state_of(sent) == ("bounced", NO_SUCH, False)
    assert (BounceReport.objects.count(), WebhookEvent.objects.count()) == (1, 2)


def test_one_id_for_two_reports_is_a_conflict(sent: BillDelivery) -> None:
    report(told(sent, kind="transient", reason=FULL))
    assert report(told(sent)) == (409, {"error": "webhook_id_used"})
    assert state_of(sent) == ("sent", "", False)


def test_the_third_that_came_back_for_now_within_thirty_days_puts_it_on_hold(
    source: BounceSource, adhesion: DigitalBilling, at_noon: Traveller
) -> None:
    at_noon.shift(timedelta(days=-30))
    give_bounce_secret(source)
    early = mailed(adhesion)
    at = (timezone.now() - timedelta(seconds=1)).isoformat()
    assert report(told(early, kind="transient", reason=FULL, at=at), message_id="early") == NOTED
    at_noon.move_to(NOON)
    for number in range(3):
        assert state_of(early) == ("sent", "", False), number
        delivery = mailed(adhesion)
        body = told(delivery, kind="transient", reason=FULL)
        assert report(body, message_id=f"msg_{number}") == NOTED
        assert report(body, message_id=f"msg_{number}_again") == NOTED
    assert state_of(delivery) == ("sent", "", True)
    assert BounceReport.objects.count() == 4


def test_what_came_back_before_its_maker_took_it_up_again_does_not_count(
    adhesion: DigitalBilling, at_noon: Traveller
) -> None:
    old = [mailed(adhesion) for _ in range(4)]
    for delivery in old[:3]:
        report(told(delivery, kind="transient", reason=FULL), message_id=delivery.public_id)
    at_noon.shift(timedelta(minutes=1))
    assert resume_digital_billing(DigitalBilling.objects.get(), now=timezone.now())

    report(told(old[3], kind="transient", reason=FULL), message_id="late")
    report(told(old[3]), message_id="late_for_good")
    assert state_of(old[3]) == ("bounced", NO_SUCH, False)
    new = [mailed(adhesion) for _ in range(3)]
    paused = []
    for delivery in new:
        report(told(delivery, kind="transient", reason=FULL), message_id=delivery.public_id)
        paused.append(state_of(delivery)[2])
    assert paused == [False, False, True]


def test_what_is_no_mail_of_ours_is_kept_and_ignored(sent: BillDelivery) -> None:
    ours = message_id_of(sent)
    strangers = ["<otro@correo.example>", ours.replace("@", "@otra."), ours.replace("factura.", ""), "x"]
    for number, message_id in enumerate(strangers):
        body = told(sent, message_id=message_id)
        assert report(body, message_id=f"msg_{number}") == (200, {"state": "ignored"}), message_id
    assert report(told(sent, recipient="reenvio@correo.example"), message_id="another") == (200, {"state": "ignored"})

    assert state_of(sent) == ("sent", "", False)
    notes = WebhookEvent.objects.order_by("pk").values_list("status", "last_error")
    assert list(notes) == [("ignored", UNKNOWN_NOTE)] * 4 + [("ignored", ANOTHER_MAILBOX_NOTE)]


def test_the_message_id_is_known_with_and_without_brackets_and_the_mailbox_in_any_case(sent: BillDelivery) -> None:
    ours = message_id_of(sent)
    assert (reference_in(ours), reference_in(ours.strip("<>"))) == (sent.public_id, sent.public_id)
    assert report(told(sent, message_id=ours.strip("<>"), recipient=sent.email.upper())) == NOTED
    assert state_of(sent)[0] == "bounced"


def test_a_long_answer_of_a_mail_server_is_one_line_and_cut(sent: BillDelivery) -> None:
    assert report(told(sent, reason="550-5.1.1\r\n550  " + "x" * 900)) == NOTED
    assert state_of(sent)[1] == "550-5.1.1 550 " + "x" * 286


def test_a_report_that_overtakes_the_note_that_its_mail_was_sent_waits_for_it(
    adhesion: DigitalBilling, at_noon: Traveller
) -> None:
    delivery = planned(adhesion)
    assert report(told(delivery)) == (200, {"state": "waiting"})
    assert state_of(delivery) == ("queued", "", False)
    event = WebhookEvent.objects.get()
    assert (event.status, event.last_error) == ("failed", "BillNotSentYetError: ")

    run_jobs()
    assert finish_bounces(now=timezone.now()) == 0
    at_noon.shift(timedelta(seconds=30))
    follow_bounces(timestamp=0)
    assert state_of(delivery) == ("bounced", NO_SUCH, True)
    assert report(told(delivery)) == NOTED


def test_a_mail_that_a_person_asked_for_bounces_without_an_adhesion(link: AccountLink, sent: BillDelivery) -> None:
    asked = BillDelivery.objects.create(
        invoice=sent.invoice, email="ana@correo.example", kind="on_request", requested_by=link.user
    )
    run_jobs()
    BillDelivery.objects.filter(pk=asked.pk).update(state="sent", sent_at=timezone.now())
    assert report(told(asked, kind="transient", reason=FULL), message_id="for_now") == NOTED
    assert report(told(asked)) == NOTED
    assert state_of(asked) == ("bounced", NO_SUCH, False)
    assert state_of(sent) == ("sent", "", False)


def test_another_source_does_not_use_up_the_ids_of_this_one(source: BounceSource, sent: BillDelivery) -> None:
    WebhookEvent.objects.create(source="cobranzas-correo-saliente", event_id="msg_1", event_type="x", body=b"{}")
    assert report(told(sent)) == NOTED
