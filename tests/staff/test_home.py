"""The office's first page: what waits, for whom, and that each number is that of its list."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccountLink, ServiceAccount, User
from adhesions.enums import DeliveryKind, DeliveryState
from adhesions.models import BankPresentation, BillDelivery, DebitTry
from billing.discrepancies import open_discrepancy
from billing.disputes import record_dispute
from billing.enums import DiscrepancyKind, OperationState, WebhookStatus
from billing.models import CollectionOperation, Payment, WebhookEvent
from billing.settlement import settle_payment
from oficina.shared.enums import ImportState
from oficina.shared.models import ImportRun
from oficina.staff.home.page import MAY_SEE_MONEY
from oficina.staff.home.queues import TO_ATTEND, UNDER_WAY
from oficina.staff.home.waiting import MOST, Waiting, what_waits
from tests.answers import text_of
from tests.conftest import NOON
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import InvoiceFactory, begin_checkout, on_its_way, open_checkout, paid_checkout
from tests.factories.channels import CollectionChannelFactory
from tests.factories.chat import waiting
from tests.factories.claims import claimed
from tests.factories.debits import announced, bank_mandate
from tests.factories.locations import LocationReportFactory
from tests.factories.payment_reports import reported
from tests.factories.plans import overdue_bill, waiting_plan
from tests.factories.plans import policy as plan_policy
from tests.factories.returns import asked_refund, dispute_report
from tests.staff.conftest import logged_in, may, received_event
from tramites.enums import LinkFault
from tramites.models import Conversation, LinkCheck

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

HOME = "/admin/"
QUEUES = (*TO_ATTEND, *UNDER_WAY)


def the_page(client: Client) -> str:
    """What is on the page itself, without the menu around it and the list of all sections."""
    answer = client.get(HOME)
    assert answer.status_code == 200
    page = text_of(answer).partition('<div class="office-home">')[2]
    return page.partition("Todas las secciones")[0]


def _in_process(account: ServiceAccount) -> Payment:
    begun = begin_checkout(InvoiceFactory.create(account=account))
    return settle_payment(begun.pk, on_its_way(begun), cause="test")


def _presented(link: AccountLink, by: User) -> None:
    """A debit that was presented to the bank, which has not answered."""
    debit = announced(bank_mandate(link), InvoiceFactory.create(account=link.account))
    presentation = BankPresentation.objects.create(
        number=debit.pk, debits_on=debit.debit_on, count=1, total=debit.amount, sha256="x", made_by=by
    )
    DebitTry.objects.create(debit=debit, payment=_in_process(link.account), number=1, presentation=presentation)


def _mailed(link: AccountLink, state: DeliveryState) -> None:
    delivery = BillDelivery.objects.create(
        invoice=InvoiceFactory.create(account=link.account), email="ana@correo.example", kind=DeliveryKind.ON_REQUEST,
        requested_by=link.user,
    )  # fmt: skip
    row = BillDelivery.objects.filter(pk=delivery.pk)
    if state != DeliveryState.FAILED:
        row.update(state=DeliveryState.SENT, sent_at=timezone.now())
    if state != DeliveryState.SENT:
        row.update(state=state, reason="El buzón no existe")


def one_of_each(by: User) -> None:
    """A row in every queue, and beside it one that does not wait where the portal itself makes one."""
    link = AccountLinkFactory.create()
    account, user = link.account, link.user
    waiting(user)
    claimed(link, InvoiceFactory.create(account=account))
    LocationReportFactory.create(account=account, made_by=user)
    reported(link, InvoiceFactory.create(account=account))
    event = received_event()
    WebhookEvent.objects.filter(pk=event.pk).update(status=WebhookStatus.FAILED, last_error="No existe")
    received_event()
    open_discrepancy(DiscrepancyKind.UNKNOWN_OBJECT, about=f"{event.pk}", event=event)
    paid = paid_checkout(InvoiceFactory.create(account=account))
    record_dispute(paid.pk, dispute_report(paid, Decimal("10.00"), dispute_id=f"du_{paid.pk}"))
    asked_refund(paid, Decimal("50.00"), by=by)
    CollectionOperation.objects.create(
        channel=CollectionChannelFactory.create(), operation_number=f"{event.pk}", state=OperationState.HELD,
        held_because="unknown_bill", amount=Decimal("5.00"), paid_at=timezone.now(), bills=[], event=event,
    )  # fmt: skip
    for state in (DeliveryState.FAILED, DeliveryState.BOUNCED, DeliveryState.SENT):
        _mailed(link, state)
    for refused in (ImportState.REFUSED, ImportState.FAILED, ImportState.FINISHED):
        ImportRun.objects.create(file_name="pagos.csv", state=refused, finished_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at)"
            " VALUES ('default', 'billing.poll', 'failed', %s)",
            [timezone.now()],
        )
    LinkCheck.objects.create(
        address=f"/ayuda/{event.pk}/", failures=2, fault=LinkFault.NO_SUCH_PAGE, broken_since=timezone.now()
    )
    _in_process(account)
    soon = open_checkout(InvoiceFactory.create(account=account))
    Payment.objects.filter(pk=soon.pk).update(expires_at=timezone.now() + timedelta(minutes=10))
    open_checkout(InvoiceFactory.create(account=account))
    _presented(link, by)
    plans = AccountLinkFactory.create()
    overdue_bill(plans)
    waiting_plan(plans)


def waits(person: User) -> dict[str, Waiting]:
    """Everything of which something waits, by its name."""
    return {
        each.name: each
        for queues in (TO_ATTEND, UNDER_WAY)
        for each in what_waits(queues, of=person, now=timezone.now()).some
    }


def test_each_number_is_that_of_its_list_and_each_query_is_one(
    administrator: User, as_administrator: Client, subtests: pytest.Subtests
) -> None:
    plan_policy()
    with CaptureQueriesContext(connection) as empty:
        the_page(as_administrator)
    for _ in range(2):
        one_of_each(administrator)

    found = waits(administrator)
    assert set(found) == {queue.name for queue in QUEUES}
    for name, queue in found.items():
        with subtests.test(queue=name):
            listed = as_administrator.get(queue.address)
            assert listed.status_code == 200
            assert str(listed.context["cl"].result_count) == queue.count
            expected = {"Importaciones que fallaron esta semana": "4", "Pagos en proceso": "4"}
            assert queue.count == expected.get(name, "2")
    with CaptureQueriesContext(connection) as full:
        page = the_page(as_administrator)
    assert len(full) == len(empty)
    assert "Nada pendiente" not in page


def test_what_waits_says_since_when_how_much_and_what_is_ones_own(
    administrator: User, at_noon: time_machine.Traveller, link: AccountLink
) -> None:
    mine, _ = waiting(), waiting(link.user)
    Conversation.objects.filter(pk=mine.pk).update(assigned_to=administrator)
    claimed(link, InvoiceFactory.create(account=link.account))
    _in_process(link.account)
    at_noon.shift(timedelta(days=40))

    found = waits(administrator)
    talks, claims = found["Conversaciones que esperan respuesta"], found["Reclamos de facturas"]
    assert (talks.count, talks.age, talks.part) == ("2", "40 días", "1 a tu nombre")
    assert talks.part_address == "/admin/tramites/conversation/?state__exact=waiting&atiende=mias"
    assert (claims.count, claims.part) == ("1", "1 con el plazo vencido")
    assert found["Pagos en proceso"].amount == "$\N{NO-BREAK SPACE}1.000,00"
    assert found["Pagos en proceso"].age == "40 días"


def test_the_office_without_permissions_is_told_so_and_asks_nothing(as_clerk: Client, staff: User) -> None:
    plan_policy()
    one_of_each(staff)
    with CaptureQueriesContext(connection) as asked:
        page = the_page(as_clerk)

    assert "Todavía no tenés permisos en la oficina." in page
    assert "Recaudación" not in page
    assert "Para atender" not in page
    tables = {"billing_payment", "tramites_conversation", "billing_webhookevent", "procrastinate_jobs"}
    assert [sql for sql in (each["sql"] for each in asked) if any(table in sql for table in tables)] == []


def test_whoever_sees_no_money_is_shown_and_asked_none(staff: User) -> None:
    plan_policy()
    one_of_each(staff)
    client = may(staff, "view_payment", "view_refund", "view_claim", "view_conversation")
    with CaptureQueriesContext(connection) as asked:
        page = the_page(client)

    assert "Reclamos de facturas" in page
    assert "Conversaciones que esperan respuesta" in page
    assert [words for words in ("Recaudación", "Pagos en proceso", "Devoluciones", "$") if words in page] == []
    assert [each["sql"] for each in asked if "settled_at" in each["sql"] or "billing_refund" in each["sql"]] == []


def test_a_first_day_is_calm(as_administrator: Client) -> None:
    page = the_page(as_administrator)

    assert "Nada pendiente. Está todo al día" in page
    assert "En noviembre de 2026 todavía no se recaudó nada." in page
    assert "Sin cobros el 24/11/2025 a esta hora: no hay con qué comparar." in page


def test_only_the_office_sees_it(as_owner: Client, anonymous: Client, staff: User) -> None:
    assert as_owner.get(HOME).status_code == 404
    sent = anonymous.get(anonymous.get(HOME).headers["Location"])
    assert (sent.status_code, sent.headers["Location"]) == (302, f"/ingresar/?next={HOME}")
    assert logged_in(staff).get(HOME).status_code == 200


def test_no_count_goes_beyond_a_bound(administrator: User, account: ServiceAccount) -> None:
    LinkCheck.objects.bulk_create(
        LinkCheck(address=f"/{number}/", failures=2, fault=LinkFault.NO_SUCH_PAGE, broken_since=NOON)
        for number in range(MOST + 1)
    )

    broken = waits(administrator)["Enlaces rotos"]
    assert (broken.count, broken.age) == ("más de 1.000", "")
    LinkCheck.objects.filter(address="/0/").delete()
    assert waits(administrator)["Enlaces rotos"].count == "1000"


def test_mails_and_imports_of_more_than_a_week_ago_are_history(
    administrator: User, at_noon: time_machine.Traveller, link: AccountLink
) -> None:
    _mailed(link, DeliveryState.FAILED)
    ImportRun.objects.create(file_name="pagos.csv", state=ImportState.REFUSED, finished_at=timezone.now())
    at_noon.shift(timedelta(days=7))
    assert len(waits(administrator)) == 2
    at_noon.shift(timedelta(hours=12))  # the next local day
    assert waits(administrator) == {}


def test_every_queue_is_named_once_and_money_needs_its_permission() -> None:
    names = [queue.name for queue in QUEUES]
    assert sorted(names) == sorted(set(names))
    assert all(MAY_SEE_MONEY in queue.permissions for queue in QUEUES if queue.amount)
